//! Named places in a write at which a proof ends the process, to see what a crash there leaves behind.
//!
//! `CRASH_AT=<name>:<n>` ends it, as a power cut would, the n-th time it comes by; `CRASH_TRACE=<file>` notes every place
//! it comes by; `COMMIT_TAKES=<milliseconds>` makes each commit of `SQLite` last that much longer, as on a slower disk. Only
//! debug builds and builds with the feature `crash-points` know these variables.

/// Declares the places, so that none can be missing from the list.
macro_rules! crash_points {
    ($($(#[$meta:meta])* $point:ident = $name:literal,)*) => {
        /// A place.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum CrashPoint {
            $($(#[$meta])* $point,)*
        }

        impl CrashPoint {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$point,)*];

            /// What it is called outside.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)*
                }
            }
        }
    };
}

crash_points! {
    /// The transaction is open.
    Begun = "begun",
    /// The wallet was debited or credited, without the entry that explains it.
    WalletChanged = "wallet-changed",
    /// The entries are there.
    EntriesWritten = "entries-written",
    /// A new activation is there, unpaid.
    ActivationWritten = "activation-written",
    /// An activation was changed.
    StateWritten = "state-written",
    /// A term was opened.
    TermWritten = "term-written",
    /// The periods that were paid are there.
    PeriodsWritten = "periods-written",
    /// The timeline is there.
    HistoryWritten = "history-written",
    /// A top-up was decided.
    TopUpDecided = "top-up-decided",
    /// A savepoint within the transaction was released.
    SavepointReleased = "savepoint-released",
    /// The reseller's version was raised.
    VersionRaised = "version-raised",
    /// The events are there.
    EventsWritten = "events-written",
    /// The answer was kept under its key.
    AnswerKept = "answer-kept",
    /// Everything is written, nothing is committed.
    BeforeCommit = "before-commit",
    /// What several requests wrote is about to be committed together.
    BeforeSharedCommit = "before-shared-commit",
    /// It is committed, and nobody knows.
    Committed = "committed",
}

/// Comes by a place.
#[cfg(any(debug_assertions, feature = "crash-points"))]
pub fn reach(point: CrashPoint) {
    armed::reach(point);
}

/// Whether the process is to end at a place, so that places have to lie apart.
#[cfg(any(debug_assertions, feature = "crash-points"))]
pub fn is_armed() -> bool {
    armed::is_armed()
}

/// Waits as a slower disk would.
#[cfg(any(debug_assertions, feature = "crash-points"))]
pub async fn wait_for_disk() {
    if let Some(longer) = armed::commit_takes() {
        tokio::time::sleep(longer).await;
    }
}

/// A disk is as slow as it is in a build for use.
#[cfg(not(any(debug_assertions, feature = "crash-points")))]
#[inline]
pub async fn wait_for_disk() {}

/// Never in a build for use.
#[cfg(not(any(debug_assertions, feature = "crash-points")))]
#[inline]
pub fn is_armed() -> bool {
    false
}

/// Comes by a place: nothing happens in a build for use.
#[cfg(not(any(debug_assertions, feature = "crash-points")))]
#[inline]
pub fn reach(_: CrashPoint) {}

#[cfg(any(debug_assertions, feature = "crash-points"))]
mod armed {
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::CrashPoint;

    struct Orders {
        crash_at: Option<(String, u32)>,
        trace: Option<String>,
        commit_takes: Option<Duration>,
    }

    static ORDERS: OnceLock<Orders> = OnceLock::new();

    fn read_orders() -> Orders {
        #[expect(clippy::disallowed_methods, reason = "no setting of the server: builds for use do not know it")]
        let told = |name: &str| std::env::var(name).ok();
        let crash_at = told("CRASH_AT").and_then(|text| {
            let (name, count) = text.split_once(':')?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        let commit_takes = told("COMMIT_TAKES").and_then(|text| text.parse().ok()).map(Duration::from_millis);
        Orders { crash_at, trace: told("CRASH_TRACE"), commit_takes }
    }

    pub(super) fn commit_takes() -> Option<Duration> {
        ORDERS.get_or_init(read_orders).commit_takes
    }

    pub(super) fn is_armed() -> bool {
        ORDERS.get_or_init(read_orders).crash_at.is_some()
    }

    pub(super) fn reach(point: CrashPoint) {
        static PASSED: AtomicU32 = AtomicU32::new(0);
        let Orders { crash_at, trace, .. } = ORDERS.get_or_init(read_orders);
        if let Some(path) = trace {
            let file = std::fs::File::options().append(true).create(true).open(path);
            // A trace that lacks a place is found by the proof.
            let _ = file.and_then(|mut file| writeln!(file, "{}", point.name()));
        }
        if let Some((name, count)) = crash_at
            && name == point.name()
            && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count
        {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_a_name_of_its_own() {
        let mut names: Vec<_> = CrashPoint::ALL.iter().map(|point| point.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CrashPoint::ALL.len());
    }
}
