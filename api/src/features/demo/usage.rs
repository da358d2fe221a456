//! Six months of people using what is activated.

use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretString;
use shared::vocab::ActivationId;

use super::business::moment;
use super::dice::Dice;
use super::figures::{DAYS, curve};
use super::plan::{Fate, Planned, Story, before};
use crate::auth::Reseller;
use crate::db::Db;
use crate::error::Error;
use crate::features::usage::service::{NewUsageEvent, ingest};

const SEED: u64 = 104_729;
/// One in so many comes often, and then so many times as often as the others.
const REGULAR_ONE_IN: usize = 4;
const REGULAR_TICKETS: usize = 6;
/// Events of one transaction.
const BATCH: usize = 20_000;

/// Somebody who uses an activation.
struct Person {
    activation: usize,
    number: usize,
    joined_on: NaiveDate,
    tickets: usize,
}

/// Makes the events and takes them in; returns how many there are.
pub async fn run(
    db: &Db,
    reseller: &Reseller,
    now: DateTime<Utc>,
    story: &Story,
    ids: &[ActivationId],
    secret: &SecretString,
) -> Result<usize, Error> {
    let events = events(reseller, now, story, ids);
    for batch in events.chunks(BATCH) {
        db.write(reseller.id, async |tx| ingest(tx, reseller, batch, None, now, secret).await).await?;
    }
    Ok(events.len())
}

fn events(reseller: &Reseller, now: DateTime<Utc>, story: &Story, ids: &[ActivationId]) -> Vec<NewUsageEvent> {
    let mut dice = Dice::new(SEED);
    let people = people(story, &mut dice);
    let mut events = Vec::new();
    for (day, wanted) in curve(story.today, &mut dice) {
        let mut tickets: Vec<usize> = Vec::new();
        for (position, person) in people.iter().enumerate() {
            if person.joined_on <= day && is_on_all_day(&story.activations[person.activation], story.today, day) {
                tickets.extend(std::iter::repeat_n(position, person.tickets));
            }
        }
        dice.shuffle(&mut tickets);
        let mut seen = std::collections::HashSet::new();
        let drawn = tickets.into_iter().filter(|position| seen.insert(*position)).take(wanted);
        for position in drawn {
            let person = &people[position];
            let planned = &story.activations[person.activation];
            for _ in 0..dice.between(1, 3) {
                let occurred_at = moment(day, dice.between(7 * 60, 21 * 60), reseller.time_zone);
                if occurred_at <= now {
                    events.push(NewUsageEvent {
                        id: format!("demo-{}", events.len()),
                        activation_id: ids[person.activation],
                        end_user_key: format!("person{}-{}-{}", planned.client, planned.product, person.number),
                        occurred_at,
                        label: None,
                    });
                }
            }
        }
    }
    events
}

fn people(story: &Story, dice: &mut Dice) -> Vec<Person> {
    let window_start = before(story.today, DAYS);
    let mut people = Vec::new();
    for (activation, planned) in story.activations.iter().enumerate() {
        for number in 0..planned.people {
            // Half of them from the start, the others come in over time.
            let after = if dice.between(0, 9) < 5 { 0 } else { dice.between(1, i64::try_from(DAYS).unwrap_or(0)) };
            let from = planned.on.max(window_start) + chrono::TimeDelta::days(after);
            let is_regular = dice.index(REGULAR_ONE_IN) == 0;
            people.push(Person {
                activation,
                number,
                joined_on: from.min(story.today),
                tickets: if is_regular { REGULAR_TICKETS } else { 1 },
            });
        }
    }
    people
}

/// Whether the plan has it on from morning to night: days on which something happens to it are left out.
fn is_on_all_day(planned: &Planned, today: NaiveDate, day: NaiveDate) -> bool {
    let ago = |days: u64| before(today, days);
    if day <= planned.on {
        return false;
    }
    match planned.fate {
        Fate::Stays | Fate::InGrace | Fate::EndScheduled(_) => true,
        Fate::Pending => false,
        // Nobody plans on it any more, even where it is still on.
        Fate::AutoRenewOff(days) | Fate::Paused(days) | Fate::Deactivated(days) | Fate::Ended(days) => day < ago(days),
        Fate::PausedAndResumed(from, to) => day < ago(from) || day > ago(to),
    }
}
