//! What a renewal run did, and what of it has to be told.

use chrono::{DateTime, Utc};
use shared::vocab::{ActivationId, ActivationStatus, NoticeKind};

use super::super::store::Stored;

/// A renewal that has to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// What about it.
    pub kind: NoticeKind,
    /// The activation.
    pub activation_id: ActivationId,
    /// When the renewal was due.
    pub renews_at: DateTime<Utc>,
    /// What it costs, in minor units.
    pub amount_minor: i64,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Periods that were charged.
    pub charged: u64,
    /// All of them together, in minor units.
    pub charged_minor: i64,
    /// Renewals that could not be paid.
    pub short: u64,
    /// Activations that a fault of ours kept from being dealt with.
    pub failed: u64,
    /// Activations that were held.
    pub held: u64,
    /// Activations that left service.
    pub ended: u64,
    /// Pauses that ended.
    pub resumed: u64,
    /// What to tell.
    pub told: Vec<Told>,
}

impl Tally {
    /// Adds what another part did.
    pub fn add(&mut self, other: Self) {
        self.charged += other.charged;
        self.charged_minor = self.charged_minor.saturating_add(other.charged_minor);
        self.short += other.short;
        self.failed += other.failed;
        self.held += other.held;
        self.ended += other.ended;
        self.resumed += other.resumed;
        self.told.extend(other.told);
    }

    /// Periods that were due.
    pub fn due(&self) -> u64 {
        self.charged + self.short + self.held + self.failed
    }

    /// How much happened.
    pub fn size(&self) -> u64 {
        self.due() + self.ended + self.resumed
    }

    pub(super) fn note(&mut self, before: &Stored, after: &Stored) {
        let (was, is) = (&before.state, &after.state);
        let mut tell = |kind| {
            let renews_at = was.paid_until_at.unwrap_or_default();
            let amount_minor = before.pending_price.map_or(before.price_minor, |(_, minor)| minor);
            self.told.push(Told { kind, activation_id: before.id, renews_at, amount_minor });
        };
        match (was.status, is.status) {
            (ActivationStatus::Paused, ActivationStatus::Active) => {
                self.resumed += 1;
                if was.paid_until_at != is.paid_until_at {
                    self.charged += 1;
                    self.charged_minor = self.charged_minor.saturating_add(after.price_minor);
                }
            }
            (_, ActivationStatus::Expired) if was.status != ActivationStatus::Expired => {
                self.ended += 1;
                if is.skips_grace && was.status == ActivationStatus::Active {
                    tell(NoticeKind::Expired);
                }
            }
            (_, ActivationStatus::Deactivated) => self.ended += 1,
            _ if was.paid_until_at != is.paid_until_at => {
                self.charged += 1;
                self.charged_minor = self.charged_minor.saturating_add(after.price_minor);
            }
            _ if is.held_at.is_some() => {
                self.held += u64::from(was.held_at.is_none());
                if was.held_at.is_none() {
                    tell(NoticeKind::Held);
                }
            }
            _ if is.grace_until_at.is_some() => {
                self.short += 1;
                if was.grace_until_at.is_none() {
                    tell(NoticeKind::Failed);
                }
            }
            _ => {}
        }
    }
}
