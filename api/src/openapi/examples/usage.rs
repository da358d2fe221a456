//! Examples of sending usage.

use serde_json::Value;
use shared::dto::usage_event::{
    NewUsageEvent, RecordUsageEventsRequest, RecordedUsageEvent, RecordedUsageEvents, UsageEventTotals,
};
use shared::vocab::{ActivationId, UsageEventOutcome};

use super::{id, json, moment};

const EVENTS: [(&str, UsageEventOutcome); 2] = [
    ("login-2026-11-22-000017", UsageEventOutcome::Counted),
    ("login-2026-11-22-000016", UsageEventOutcome::Duplicate),
];

/// The answer of an operation, by its id.
pub fn of(operation_id: &str) -> Option<Value> {
    let mut totals = UsageEventTotals::default();
    for (_, outcome) in EVENTS {
        totals.add(outcome);
    }
    let item = |(id, outcome): (&str, UsageEventOutcome)| RecordedUsageEvent { id: id.to_owned(), outcome };
    match operation_id {
        "record_usage_events" => {
            json(&RecordedUsageEvents { as_of: moment(0, 14), items: EVENTS.into_iter().map(item).collect(), totals })
        }
        _ => None,
    }
}

/// What an operation is sent.
pub fn sent_to(operation_id: &str) -> Option<Value> {
    let event = |(name, _): (&str, UsageEventOutcome)| NewUsageEvent {
        id: name.to_owned(),
        activation_id: ActivationId(id(2)),
        end_user_key: "ana@ferreira-studio.example".to_owned(),
        occurred_at: moment(0, 13),
        label: None,
    };
    match operation_id {
        "record_usage_events" => json(&RecordUsageEventsRequest { events: EVENTS.into_iter().map(event).collect() }),
        _ => None,
    }
}
