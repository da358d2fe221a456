//! The same figures from presences alone, where no counters are kept: those of a client.

use std::collections::HashMap;

use super::{Counter, LocalDay, contributions};

/// How many end users were present on a day and, next after it, on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresenceCount {
    /// The day.
    pub day: LocalDay,
    /// Their next day after it among the presences at hand; none if it was the last.
    pub next: Option<LocalDay>,
    /// How many.
    pub count: i64,
}

/// Counters as ingestion would have kept them for these presences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presences(HashMap<(Counter, LocalDay), i64>);

impl Presences {
    /// Counts presences, each once.
    ///
    /// Each is taken as if the later ones were known and none of the earlier: what it adds then is final, since those that
    /// come before it never change what it added.
    pub fn count(counts: impl IntoIterator<Item = PresenceCount>) -> Self {
        let mut counters = HashMap::new();
        for PresenceCount { day, next, count } in counts {
            for (counter, on, change) in contributions(day, None, next).changes() {
                *counters.entry((counter, on)).or_insert(0) += change * count;
            }
        }
        Self(counters)
    }

    /// A counter on a day, or of the week or month that starts on it.
    pub fn get(&self, counter: Counter, day: LocalDay) -> i64 {
        self.0.get(&(counter, day)).copied().unwrap_or_default()
    }

    /// The days with a value of a counter, in any order.
    pub fn days(&self, counter: Counter) -> impl Iterator<Item = (LocalDay, i64)> {
        self.0.iter().filter(move |((kind, _), _)| *kind == counter).map(|((_, day), value)| (*day, *value))
    }
}
