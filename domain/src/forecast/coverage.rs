//! Which renewals a wallet pays that is not topped up: the renewal run, played in advance.
//!
//! Works on whole groups as long as all of one is paid or none of it. Only where the money ends within what is due at one
//! moment does the order of single activations decide, and only then are they asked for.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shared::vocab::ActivationId;

use super::{ForecastError, Group};

/// An activation of a group, as the run orders them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Position of its group.
    pub group: usize,
    /// Its priority, 1 first.
    pub priority: i16,
    /// Its id.
    pub id: ActivationId,
}

/// What the play in advance needs to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Done,
    /// The activations of these groups, for [`Coverage::supply`].
    Ask(Vec<usize>),
}

/// Renewals of a group that are not paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// When they are due.
    pub at: DateTime<Utc>,
    /// Position of the group.
    pub group: usize,
    /// How many fail.
    pub count: u64,
    /// Which, in the order of charging; `None` if all of the group that renewed until then.
    pub ids: Option<Vec<ActivationId>>,
}

/// Whether the next renewal of a group's activations is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Not reached yet, or paid but for those that are listed.
    Paid,
    /// None of them.
    Unpaid,
}

/// What is due at one moment and waits for an answer.
#[derive(Debug, Clone)]
struct Asked {
    at: DateTime<Utc>,
    charges: Vec<(usize, u32, i64)>,
}

/// The play in advance.
#[derive(Debug, Clone)]
pub struct Coverage {
    groups: Arc<[Group]>,
    left_minor: i64,
    due: BinaryHeap<Reverse<(DateTime<Utc>, usize, u32)>>,
    alive: Vec<u64>,
    fates: Vec<Fate>,
    /// Activations that dropped out while others of their group were paid.
    dropped: HashSet<ActivationId>,
    /// Those of them whose very next renewal is not paid.
    uncovered: HashSet<ActivationId>,
    failing: Vec<Failing>,
    asked: Option<Asked>,
}

impl Coverage {
    /// Starts with what is available.
    pub fn new(groups: Arc<[Group]>, available_minor: i64) -> Self {
        let due = groups.iter().enumerate().filter(|(_, group)| group.count > 0);
        Self {
            left_minor: available_minor,
            due: due.map(|(index, group)| Reverse((group.renews_at, index, 0))).collect(),
            alive: groups.iter().map(|group| group.count).collect(),
            fates: vec![Fate::Paid; groups.len()],
            dropped: HashSet::new(),
            uncovered: HashSet::new(),
            failing: Vec::new(),
            asked: None,
            groups,
        }
    }

    /// Plays on up to `until`, included.
    pub fn play(&mut self, until: DateTime<Utc>) -> Result<Step, ForecastError> {
        if let Some(asked) = &self.asked {
            return Ok(Step::Ask(asked.charges.iter().map(|(group, ..)| *group).collect()));
        }
        while let Some(Reverse((at, ..))) = self.due.peek().copied().filter(|Reverse((at, ..))| *at <= until) {
            let mut charges = Vec::new();
            while let Some(Reverse((_, group, n))) = self.due.peek().copied().filter(|Reverse((due, ..))| *due == at) {
                self.due.pop();
                let price_minor = self.groups[group].charge(n)?.price_minor;
                charges.push((group, n, price_minor));
            }
            // What costs more than is left fails wherever it stands in the order.
            let left_minor = self.left_minor;
            let (possible, too_dear): (Vec<_>, Vec<_>) =
                charges.into_iter().partition(|(_, _, price_minor)| *price_minor <= left_minor);
            for (group, n, _) in too_dear {
                self.fail_all(at, group, n);
            }
            if possible.is_empty() {
                continue;
            }
            if self.total(&possible) <= i128::from(left_minor) {
                for charge in possible {
                    self.pay(charge, self.alive[charge.0])?;
                }
                continue;
            }
            let ask = possible.iter().map(|(group, ..)| *group).collect();
            self.asked = Some(Asked { at, charges: possible });
            return Ok(Step::Ask(ask));
        }
        Ok(Step::Done)
    }

    /// Answers [`Step::Ask`] with all activations of these groups, in any order.
    pub fn supply(&mut self, mut candidates: Vec<Candidate>) -> Result<(), ForecastError> {
        let Some(Asked { at, charges }) = self.asked.take() else { return Ok(()) };
        candidates.sort_by_key(|candidate| (candidate.priority, candidate.id));
        let mut paid = vec![0_u64; charges.len()];
        let mut unpaid: Vec<Vec<ActivationId>> = vec![Vec::new(); charges.len()];
        let mut left_minor = self.left_minor;
        for candidate in candidates.into_iter().filter(|candidate| !self.dropped.contains(&candidate.id)) {
            let Some(place) = charges.iter().position(|(group, ..)| *group == candidate.group) else { continue };
            let price_minor = charges[place].2;
            if price_minor <= left_minor {
                left_minor -= price_minor;
                paid[place] += 1;
            } else {
                unpaid[place].push(candidate.id);
            }
        }
        for (place, charge) in charges.into_iter().enumerate() {
            let (group, n, _) = charge;
            let ids = std::mem::take(&mut unpaid[place]);
            if paid[place] == 0 {
                self.fail_all(at, group, n);
                continue;
            }
            self.pay(charge, paid[place])?;
            if ids.is_empty() {
                continue;
            }
            self.dropped.extend(&ids);
            if n == 0 {
                self.uncovered.extend(&ids);
            }
            let count = u64::try_from(ids.len()).map_err(|_| ForecastError::OutOfRange)?;
            self.alive[group] = paid[place];
            self.failing.push(Failing { at, group, count, ids: Some(ids) });
        }
        Ok(())
    }

    /// Whether the next renewal of an activation of a group is paid. [`Self::play`] must have come as far as it is due.
    pub fn is_covered(&self, group: usize, id: ActivationId) -> bool {
        self.fates.get(group) != Some(&Fate::Unpaid) && !self.uncovered.contains(&id)
    }

    /// Whether the next renewal of some activation of a group is not paid, as far as it was played.
    pub fn has_uncovered(&self, group: usize) -> bool {
        self.fates.get(group) == Some(&Fate::Unpaid)
            || self.failing.iter().any(|failing| failing.group == group && failing.at == self.groups[group].renews_at)
    }

    /// Everything that is not paid, in the order of time, as far as it was played.
    pub fn failing(&self) -> &[Failing] {
        &self.failing
    }

    /// Whether an activation dropped out of its group before.
    pub fn has_dropped(&self, id: ActivationId) -> bool {
        self.dropped.contains(&id)
    }

    fn total(&self, charges: &[(usize, u32, i64)]) -> i128 {
        charges.iter().map(|(group, _, price_minor)| i128::from(*price_minor) * i128::from(self.alive[*group])).sum()
    }

    fn pay(&mut self, (group, n, price_minor): (usize, u32, i64), count: u64) -> Result<(), ForecastError> {
        let count = i64::try_from(count).map_err(|_| ForecastError::OutOfRange)?;
        let cost = price_minor.checked_mul(count).ok_or(ForecastError::OutOfRange)?;
        self.left_minor = self.left_minor.checked_sub(cost).ok_or(ForecastError::OutOfRange)?;
        let next = n.checked_add(1).ok_or(ForecastError::OutOfRange)?;
        self.due.push(Reverse((self.groups[group].charge(next)?.at, group, next)));
        Ok(())
    }

    fn fail_all(&mut self, at: DateTime<Utc>, group: usize, n: u32) {
        if n == 0 {
            self.fates[group] = Fate::Unpaid;
        }
        let count = std::mem::take(&mut self.alive[group]);
        self.failing.push(Failing { at, group, count, ids: None });
    }
}
