//! What becomes of a usage event.

use super::word_enum;

word_enum! {
    /// What was done with a usage event. `counted`, `not_counted` and `duplicate` are final; the others were not kept, so the
    /// same id may be sent again.
    UsageEventOutcome {
        /// Kept and counted.
        Counted = "counted",
        /// Kept, but not counted: the activation was off at that moment.
        NotCounted = "not_counted",
        /// An event with this id is known; what came first stands, and nothing was done.
        Duplicate = "duplicate",
        /// Older than 30 times 24 hours.
        TooOld = "too_old",
        /// More than 5 minutes ahead of the server's clock.
        InFuture = "in_future",
        /// There is no such activation, or it is somebody else's.
        UnknownActivation = "unknown_activation",
        /// The id is empty, longer than 64 characters, or not printable ASCII without spaces.
        InvalidId = "invalid_id",
        /// The end-user key is blank, longer than 254 characters, or has control characters.
        InvalidEndUserKey = "invalid_end_user_key",
    }
}
