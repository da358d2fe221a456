//! `simulate-usage`: a stream of usage for a server under development, sent as an integrator would send it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};
use rand::RngExt;
use shared::dto::activation::ActivationRow;
use shared::dto::page::Page;
use shared::dto::usage_event::{NewUsageEvent, RecordUsageEventsRequest, RecordedUsageEvents, UsageEventTotals};
use shared::paths;
use shared::problem::Problem;
use shared::vocab::{ActivationId, UsageEventOutcome};

use super::arguments::SimulateUsageArguments;
use super::{Failure, output};
use crate::clock::Clock;

const TIMEOUT: Duration = Duration::from_secs(30);
/// How busy an hour of a working day is, midnight first.
const HOURS: [u32; 24] = [2, 1, 1, 1, 1, 2, 5, 12, 30, 45, 50, 48, 35, 40, 48, 45, 38, 28, 18, 14, 12, 9, 6, 4];
/// A Saturday or Sunday is so many times quieter.
const QUIETER: u32 = 4;
/// In a hundred: sent once more, and come late.
const REPEATED: u32 = 5;
const LATE: u32 = 5;
/// The last ids, of which some are sent again.
const REMEMBERED: usize = 1_000;
const MOST_IN_BATCH: usize = 1_000;

/// `simulate-usage …`.
pub fn run(arguments: &SimulateUsageArguments) -> Result<(), Failure> {
    let server = Server::new(&arguments.url, &arguments.api_key)?;
    let activations = server.activations()?;
    if activations.is_empty() {
        return Err(Failure::Wrong("the reseller has no activation that is on: nobody can use anything".to_owned()));
    }
    let mut stream = Stream::new(activations, arguments.days);
    let (clock, started) = (Clock::system(), Instant::now());
    let (mut sent, mut batches, mut totals) = (0_usize, 0_u32, UsageEventTotals::default());
    let is_over = |sent: usize| match arguments.count {
        Some(count) => sent >= count,
        None => started.elapsed() >= Duration::from_secs(arguments.seconds),
    };
    while !is_over(sent) {
        let left = arguments.count.map_or(usize::MAX, |count| count - sent);
        let count = arguments.rate.clamp(1, MOST_IN_BATCH).min(left);
        let events = (0..count).map(|_| stream.next(clock.system_now())).collect();
        let recorded = server.send(&RecordUsageEventsRequest { events })?;
        recorded.items.iter().for_each(|item| totals.add(item.outcome));
        sent += count;
        batches += 1;
        // In time with the rate, however long the server took.
        let due = Duration::from_secs_f64(sent_seconds(sent, arguments.rate));
        std::thread::sleep(due.saturating_sub(started.elapsed()));
    }
    let seconds = started.elapsed().as_secs_f64().max(f64::EPSILON);
    output::line(&format!("{sent} events in {batches} batches and {seconds:.1} s were sent."));
    for (outcome, count) in [
        (UsageEventOutcome::Counted, totals.counted),
        (UsageEventOutcome::NotCounted, totals.not_counted),
        (UsageEventOutcome::Duplicate, totals.duplicate),
        (UsageEventOutcome::TooOld, totals.too_old),
        (UsageEventOutcome::InFuture, totals.in_future),
        (UsageEventOutcome::UnknownActivation, totals.unknown_activation),
    ] {
        if count > 0 {
            output::line(&format!("{count:>8} {outcome}"));
        }
    }
    Ok(())
}

/// When so many events are due at so many a second.
fn sent_seconds(sent: usize, rate: usize) -> f64 {
    let [sent, rate] = [sent, rate.max(1)].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    f64::from(sent) / f64::from(rate)
}

/// People who use what is activated, some often and most of them now and then.
struct Stream {
    activations: Vec<(ActivationId, u32)>,
    days: u32,
    run: String,
    number: u64,
    last: Vec<NewUsageEvent>,
}

impl Stream {
    fn new(activations: BTreeSet<ActivationId>, days: u32) -> Self {
        let mut dice = rand::rng();
        let activations = activations.into_iter().map(|id| (id, dice.random_range(10..80))).collect();
        let run = uuid::Uuid::now_v7().simple().to_string();
        Self { activations, days, run, number: 0, last: Vec::new() }
    }

    fn next(&mut self, now: DateTime<Utc>) -> NewUsageEvent {
        let mut dice = rand::rng();
        if dice.random_range(0..100) < REPEATED && !self.last.is_empty() {
            return self.last[dice.random_range(0..self.last.len())].clone();
        }
        let (activation_id, people) = self.activations[dice.random_range(0..self.activations.len())];
        // The smaller of two throws: the first people come most often.
        let person = dice.random_range(0..people).min(dice.random_range(0..people));
        let reach = if dice.random_range(0..100) < LATE { 29 } else { self.days };
        self.number += 1;
        let event = NewUsageEvent {
            id: format!("sim-{}-{}", self.run, self.number),
            activation_id,
            end_user_key: format!("person{person}@simulated.example"),
            occurred_at: moment(now, reach),
            label: None,
        };
        if self.last.len() < REMEMBERED {
            self.last.push(event.clone());
        } else {
            let place = dice.random_range(0..REMEMBERED);
            self.last[place] = event.clone();
        }
        event
    }
}

/// A moment of the last days, as likely as its hour and weekday are busy.
fn moment(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    let mut dice = rand::rng();
    loop {
        let at = now - TimeDelta::seconds(dice.random_range(0..=i64::from(days) * 24 * 60 * 60));
        let busy = usize::try_from(at.hour()).ok().and_then(|hour| HOURS.get(hour)).copied().unwrap_or(1);
        let is_weekend = matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
        let chance = if is_weekend { busy } else { busy * QUIETER };
        if dice.random_range(0..50 * QUIETER) < chance.max(1) {
            return at;
        }
    }
}

struct Server {
    host: String,
    key: String,
}

impl Server {
    fn new(url: &str, key: &str) -> Result<Self, Failure> {
        let host = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let host = host.filter(|host| !host.is_empty() && !host.contains('/'));
        let host = host.ok_or_else(|| Failure::Wrong(format!("--url: {url:?} is not like http://127.0.0.1:8080")))?;
        Ok(Self { host: host.to_owned(), key: key.to_owned() })
    }

    fn activations(&self) -> Result<BTreeSet<ActivationId>, Failure> {
        let page: Page<ActivationRow> =
            self.ask("GET", &format!("{}?status=active&limit=200", paths::ACTIVATIONS), "")?;
        Ok(page.items.into_iter().map(|row| row.id).collect())
    }

    fn send(&self, batch: &RecordUsageEventsRequest) -> Result<RecordedUsageEvents, Failure> {
        let body = serde_json::to_string(batch).map_err(|error| Failure::Failed(error.to_string()))?;
        self.ask("POST", paths::USAGE_EVENTS, &body)
    }

    /// Asks until there is an answer that is none of trouble: what was sent may be sent again.
    fn ask<T: serde::de::DeserializeOwned>(&self, method: &str, path: &str, body: &str) -> Result<T, Failure> {
        let mut tries = 0;
        loop {
            let failed = match self.exchange(method, path, body) {
                Ok((200, text)) => {
                    return serde_json::from_str(&text).map_err(|error| Failure::Failed(format!("{path}: {error}")));
                }
                Ok((429 | 503, _)) => format!("{} has too much to do", self.host),
                Ok((status, text)) => {
                    let problem: Option<Problem> = serde_json::from_str(&text).ok();
                    let detail = problem.map_or(text, |problem| problem.detail);
                    return Err(Failure::Failed(format!("{method} {path}: {status} {detail}")));
                }
                Err(error) => format!("no answer from {}: {error}", self.host),
            };
            tries += 1;
            if tries > 10 {
                return Err(Failure::Failed(failed));
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        let Self { host, key } = self;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let text = answer.split_once("\r\n\r\n").map(|(_, text)| text.to_owned());
        status.zip(text).ok_or_else(|| std::io::Error::other("not an HTTP answer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_follow_the_working_day() {
        let now: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
        let (mut by_day, mut by_night, mut on_sunday, mut on_friday) = (0, 0, 0, 0);
        for _ in 0..4_000 {
            let at = moment(now, 7);
            assert!(at <= now && at >= now - TimeDelta::days(7));
            by_day += i32::from((9..17).contains(&at.hour()));
            by_night += i32::from(at.hour() < 6);
            on_sunday += i32::from(at.weekday() == Weekday::Sun);
            on_friday += i32::from(at.weekday() == Weekday::Fri);
        }
        assert!(by_day > 10 * by_night, "{by_day}, {by_night}");
        assert!(on_friday > 2 * on_sunday, "{on_friday}, {on_sunday}");
    }

    #[test]
    fn people_return_and_some_events_are_sent_again() {
        let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let ids = BTreeSet::from([ActivationId(uuid::Uuid::from_u128(1)), ActivationId(uuid::Uuid::from_u128(2))]);
        let mut stream = Stream::new(ids, 1);
        let events: Vec<NewUsageEvent> = (0..2_000).map(|_| stream.next(now)).collect();
        let ids: BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
        let people: BTreeSet<&str> = events.iter().map(|event| event.end_user_key.as_str()).collect();
        assert!(ids.len() < events.len() && ids.len() > 1_700, "{}", ids.len());
        assert!(people.len() < 80, "{}", people.len());
        let late = events.iter().filter(|event| event.occurred_at < now - TimeDelta::days(2)).count();
        assert!((40..250).contains(&late), "{late}");
    }
}
