//! From the batch as it is sent to events, and from outcomes to the answer.

use chrono::{DateTime, Utc};
use shared::dto::usage_event::{RecordUsageEventsRequest, RecordedUsageEvent, RecordedUsageEvents, UsageEventTotals};
use shared::vocab::UsageEventOutcome;

use super::service::{NewUsageEvent, Outcome};
use crate::error::Error;

const MAX_EVENTS: usize = 1_000;
/// Beyond these a batch is refused whole; below them a value that cannot be used is told with its event.
const LIMITS: [(&str, usize); 3] = [("id", 256), ("end_user_key", 1_000), ("label", 1_000)];

/// The events of a batch.
pub fn batch(body: RecordUsageEventsRequest) -> Result<Vec<NewUsageEvent>, Error> {
    if body.events.is_empty() || body.events.len() > MAX_EVENTS {
        return Err(Error::field("/events", "out_of_range", format!("must have 1 to {MAX_EVENTS} events")));
    }
    for (index, event) in body.events.iter().enumerate() {
        let texts = [event.id.as_str(), event.end_user_key.as_str(), event.label.as_deref().unwrap_or_default()];
        for ((field, most), text) in LIMITS.into_iter().zip(texts) {
            // Most texts have fewer bytes than they may have characters.
            if text.len() > most && text.chars().count() > most {
                let message = format!("must have at most {most} characters");
                return Err(Error::field(format!("/events/{index}/{field}"), "too_long", message));
            }
        }
    }
    let event = |event: shared::dto::usage_event::NewUsageEvent| NewUsageEvent {
        id: event.id,
        activation_id: event.activation_id,
        end_user_key: event.end_user_key,
        occurred_at: event.occurred_at,
        label: event.label,
    };
    Ok(body.events.into_iter().map(event).collect())
}

/// What was done with each.
pub fn recorded(as_of: DateTime<Utc>, batch: Vec<NewUsageEvent>, outcomes: &[Outcome]) -> RecordedUsageEvents {
    let mut totals = UsageEventTotals::default();
    let items = batch.into_iter().zip(outcomes).map(|(event, outcome)| {
        let outcome = word(*outcome);
        totals.add(outcome);
        RecordedUsageEvent { id: event.id, outcome }
    });
    RecordedUsageEvents { as_of, items: items.collect(), totals }
}

fn word(outcome: Outcome) -> UsageEventOutcome {
    match outcome {
        Outcome::Counted => UsageEventOutcome::Counted,
        Outcome::NotCounted => UsageEventOutcome::NotCounted,
        Outcome::Duplicate => UsageEventOutcome::Duplicate,
        Outcome::TooOld => UsageEventOutcome::TooOld,
        Outcome::InFuture => UsageEventOutcome::InFuture,
        Outcome::UnknownActivation => UsageEventOutcome::UnknownActivation,
        Outcome::InvalidId => UsageEventOutcome::InvalidId,
        Outcome::InvalidKey(_) => UsageEventOutcome::InvalidEndUserKey,
    }
}
