//! Counting distinct end users over days, weeks, months and trailing windows (docs/domain.md §8).
//!
//! Exact at any size: each new presence of an end user on a local day changes a handful of counters, and a figure is a
//! counter or a prefix sum of them. Knows neither where the counters are stored nor when an activation was on.

mod counting;
mod end_user_key;
mod local_day;
mod marks;
mod window;

pub use counting::{Contribution, Counter, Step, contributions, trailing};
pub use end_user_key::{EndUserKey, InvalidEndUserKey, MAX_KEY_CHARS};
pub use local_day::LocalDay;
pub use marks::{DropMark, MAX_DROPS, PeakMark, Point, QuietMark, Summary, history_buckets, summarise};
pub use window::{
    EARLIEST_DAY, MAX_CUSTOM_MONTHS, Selection, Shift, Span, View, Window, WindowError, default_bucket,
    offered_buckets, value_or_gap, window,
};

#[cfg(test)]
mod tests;
