//! What new presences change in the counters, worked out in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::active_users::{Counter, LocalDay, contributions};
use shared::vocab::{ActivationId, Bucket, ClientId, ProductId};

use crate::features::active_users::scope::Scope;

/// Presences further apart than this do not touch each other's figures: 30 days, and the length of a month.
pub const REACH_DAYS: i32 = 31;

/// A counted use: who, of what, on which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use {
    /// The end user's number.
    pub end_user_no: i64,
    /// What was used.
    pub activation_id: ActivationId,
    /// The product of that activation.
    pub product_id: ProductId,
    /// The client of that activation, and of the end user.
    pub client_id: ClientId,
    /// When.
    pub day: LocalDay,
}

/// An end user used something of a scope on a day. Ordered as the primary key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Presence {
    /// The end user's number.
    pub end_user_no: i64,
    /// The scope.
    pub scope: Scope,
    /// The day.
    pub day: LocalDay,
}

/// The nearest presences of the same end user in the same scope, within [`REACH_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<LocalDay>,
    /// The one after.
    pub next: Option<LocalDay>,
}

/// The presences of these uses by activation. Where one of them is known, those by product and in total are known too.
pub fn by_activation<'a>(uses: impl Iterator<Item = &'a Use>) -> Vec<Presence> {
    let presence =
        |of: &Use| Presence { end_user_no: of.end_user_no, scope: Scope::activation(of.activation_id), day: of.day };
    uses.map(presence).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The presences by product and in total.
pub fn by_product_and_total<'a>(uses: impl Iterator<Item = &'a Use>) -> Vec<Presence> {
    let presences = uses.flat_map(|of| {
        let Use { end_user_no, product_id, day, .. } = *of;
        [Scope::TOTAL, Scope::product(product_id)].map(|scope| Presence { end_user_no, scope, day })
    });
    presences.collect::<BTreeSet<_>>().into_iter().collect()
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

/// What new presences change.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Day counters.
    pub days: BTreeMap<(Scope, LocalDay), DayChange>,
    /// Week and month counters.
    pub buckets: BTreeMap<(Scope, Bucket, LocalDay), i64>,
}

impl Changes {
    /// What all of these change together, given the client of each end user. Their neighbours may be among themselves: they
    /// were written first.
    ///
    /// Counted as if they had come one after the other in order of days: then those before are known, those after are not.
    /// An end user belongs to one client, so whoever is new in the total on a day is new in the client's on it.
    pub fn of(new: Vec<(Presence, Neighbours)>, clients: &HashMap<i64, ClientId>) -> Self {
        let mut lines: HashMap<(i64, Scope), BTreeMap<LocalDay, Neighbours>> = HashMap::new();
        for (presence, neighbours) in new {
            let line = lines.entry((presence.end_user_no, presence.scope)).or_default();
            line.insert(presence.day, neighbours);
        }
        let mut changes = Self::default();
        for ((end_user_no, scope), line) in lines {
            let client = clients.get(&end_user_no).filter(|_| scope == Scope::TOTAL);
            let scopes = [Some(scope), client.copied().map(Scope::client)];
            // What comes next to a day and is not new: if its own neighbour is new, that of the neighbour.
            let mut next_known: Option<LocalDay> = None;
            for (day, neighbours) in line.iter().rev() {
                next_known = match neighbours.next {
                    Some(next) if line.contains_key(&next) => next_known,
                    next => next,
                };
                for scope in scopes.iter().flatten() {
                    changes.count(*scope, *day, neighbours.previous, next_known);
                }
            }
        }
        changes
    }

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
