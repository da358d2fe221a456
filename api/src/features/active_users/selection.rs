//! Which days are asked for, alike for the series, its CSV and its markers.

use chrono::NaiveDate;
use domain::active_users::{LocalDay, Selection, View, WindowError};
use shared::vocab::{Bucket, Compare, Measure, Range};

use crate::error::Error;

/// The selection of the parameters: a range, or two dates; 30 days without either.
pub fn of(range: Option<Range>, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Selection, Error> {
    match (range, from, to) {
        (range, None, None) => Ok(Selection::Range(range.unwrap_or(Range::ThirtyDays))),
        (Some(_), ..) => Err(Error::field("?range", "invalid", "cannot be combined with from and to")),
        (None, Some(from), Some(to)) => {
            Ok(Selection::Custom { from: LocalDay::from_date(from), to: LocalDay::from_date(to) })
        }
        (None, Some(_), None) => Err(Error::field("?to", "required", "belongs to from")),
        (None, None, Some(_)) => Err(Error::field("?from", "required", "belongs to to")),
    }
}

/// What is shown of it: compared with the period before, counting everybody of a bucket, unless asked otherwise.
pub fn view(bucket: Option<Bucket>, compare: Option<Compare>, measure: Option<Measure>) -> View {
    View { bucket, compare: compare.unwrap_or(Compare::Prev), measure: measure.unwrap_or(Measure::Distinct) }
}

/// Why a selection has no window.
pub fn refusal(error: WindowError) -> Error {
    let pointer = match error {
        WindowError::BucketNotOffered(_) | WindowError::TrailingByDay => "?bucket",
        WindowError::Reversed | WindowError::TooLong => "?to",
        WindowError::InFuture | WindowError::TooEarly => "?from",
    };
    Error::field(pointer, "invalid", error.to_string())
}
