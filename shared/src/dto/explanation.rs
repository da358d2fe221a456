//! What a figure means and which rows it counts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::report::ReportWindow;
use crate::vocab::{Figure, Money, RowsKind};

/// A figure, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// Which figure.
    pub figure: Figure,
    /// The moment it is of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone of its days.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// Its name as shown.
    #[cfg_attr(feature = "openapi", schema(example = "Total active users", max_length = 60))]
    pub title: String,
    /// What is counted and how, in sentences.
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    pub definition: String,
    /// The days it looks at; null for what is as it is now.
    pub window: Option<ReportWindow>,
    /// The figure itself.
    pub value: FigureValue,
    /// The rows behind it.
    pub rows: FigureRows,
}

/// A figure's value: one of the three, or none where there is nothing to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FigureValue {
    /// A number of people or activations.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1284))]
    pub count: Option<i64>,
    /// An amount.
    pub amount: Option<Money>,
    /// A day.
    pub on: Option<NaiveDate>,
}

/// The rows behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FigureRows {
    /// What they are.
    pub kind: RowsKind,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1284))]
    pub count: i64,
    /// The list that has exactly these rows: its `total` is `count`.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "/api/v1/end-users?active_from=2026-10-24&active_to=2026-11-22", max_length = 500)
    )]
    pub url: String,
}
