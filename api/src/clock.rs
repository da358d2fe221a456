//! The only place that asks the time.
//!
//! A reseller's clock may be moved (a sandbox), so business code asks [`Clock::now`] with the reseller; sessions, links
//! and logs use [`Clock::system_now`]. Instants are whole microseconds, which is what both databases keep.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::auth::Reseller;

/// Where the time comes from.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    /// Microseconds since 1970: stands still until it is moved.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::set`]: for tests and pictures.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    /// Moves a fixed clock; the machine's clock stays as it is.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Source::Fixed(micros) = &self.0 {
            micros.store(at.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// The instance's time.
    pub fn system_now(&self) -> DateTime<Utc> {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Fixed(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default(),
        }
    }

    /// The time in which this reseller lives.
    pub fn now(&self, reseller: &Reseller) -> DateTime<Utc> {
        self.system_now() + TimeDelta::seconds(reseller.clock_offset_seconds)
    }
}

/// A moment as both databases keep it, in whole microseconds. A leap second is the first second of the next minute, as it is for
/// whoever counts seconds from 1970.
pub fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
