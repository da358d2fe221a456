//! What a batch changes in presences and counters, worked out in memory before a row is written.

use std::collections::{BTreeSet, HashMap};

use domain::active_users::{Counter, LocalDay, contributions};
use shared::vocab::Bucket;
use uuid::Uuid;

/// Presences further apart than this do not touch each other's figures: 30 days, and the length of a month.
const REACH_DAYS: i32 = 31;

/// What distinct end users are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// 0 total, 1 product, 2 activation.
    pub kind: i16,
    /// The product or activation; nil for the total.
    pub id: Uuid,
}

impl Scope {
    /// All of a reseller's activations.
    pub const TOTAL: Self = Self { kind: 0, id: Uuid::nil() };

    /// One product.
    pub fn product(id: Uuid) -> Self {
        Self { kind: 1, id }
    }

    /// One activation.
    pub fn activation(id: Uuid) -> Self {
        Self { kind: 2, id }
    }
}

/// An end user in a scope.
pub type Line = (i64, Scope);

/// The days of a line that may matter to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Whose.
    pub line: Line,
    /// First day.
    pub from: LocalDay,
    /// Last day.
    pub to: LocalDay,
}

/// Change of a day's counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayChange {
    /// Distinct end users of the day.
    pub active: i64,
    /// Of the trailing 7-day figure.
    pub change_7: i64,
    /// Of the trailing 30-day figure.
    pub change_30: i64,
}

/// Everything to be written.
#[derive(Debug, Default)]
pub struct Changes {
    /// Presences that are new.
    pub presences: Vec<(Line, LocalDay)>,
    /// Day counters.
    pub days: HashMap<(Scope, LocalDay), DayChange>,
    /// Week and month counters.
    pub buckets: HashMap<(Scope, Bucket, LocalDay), i64>,
}

/// The uses of a batch by line and day.
#[derive(Debug, Default)]
pub struct Uses(HashMap<Line, BTreeSet<LocalDay>>);

impl Uses {
    /// Notes a use; the same twice is one.
    pub fn add(&mut self, line: Line, day: LocalDay) {
        self.0.entry(line).or_default().insert(day);
    }

    /// Which known presences are needed to count these uses.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch> {
        self.0.iter().filter_map(|(line, days)| {
            let (first, last) = (days.first()?, days.last()?);
            Some(Stretch { line: *line, from: first.plus(-REACH_DAYS), to: last.plus(REACH_DAYS) })
        })
    }

    /// What is new beside the `known` presences, and what that changes.
    pub fn changes(self, mut known: HashMap<Line, BTreeSet<LocalDay>>) -> Changes {
        let mut changes = Changes::default();
        for (line, days) in self.0 {
            let present = known.entry(line).or_default();
            for day in days {
                if !present.insert(day) {
                    continue;
                }
                let previous = present.range(..day).next_back().copied();
                let next = present.range(day.plus(1)..).next().copied();
                changes.presences.push((line, day));
                changes.count(line.1, day, previous, next);
            }
        }
        changes
    }
}

impl Changes {
    fn count(&mut self, scope: Scope, day: LocalDay, previous: Option<LocalDay>, next: Option<LocalDay>) {
        for (counter, day, change) in contributions(day, previous, next).changes() {
            match counter {
                Counter::Day => self.days.entry((scope, day)).or_default().active += change,
                Counter::Change7 => self.days.entry((scope, day)).or_default().change_7 += change,
                Counter::Change30 => self.days.entry((scope, day)).or_default().change_30 += change,
                Counter::Week => *self.buckets.entry((scope, Bucket::Week, day)).or_default() += change,
                Counter::Month => *self.buckets.entry((scope, Bucket::Month, day)).or_default() += change,
            }
        }
    }
}
