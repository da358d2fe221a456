//! The stretches of time a chart can show.

use super::word_enum;

word_enum! {
    /// A range of local days that ends today, today included as the running bucket.
    Range {
        /// Six full days and today.
        SevenDays = "7d",
        /// 29 full days and today.
        ThirtyDays = "30d",
        /// This week and the 25 before, Monday first; by month, this month and the five before.
        SixMonths = "6m",
    }
}

word_enum! {
    /// What one point of a series counts over.
    Bucket {
        /// One local day.
        Day = "day",
        /// Monday to Sunday.
        Week = "week",
        /// A calendar month.
        Month = "month",
    }
}

word_enum! {
    /// What a series is compared with.
    Compare {
        /// The same stretch earlier, shifted by whole weeks.
        Prev = "prev",
        /// The same stretch a year earlier: 364 days, so that weekdays meet; by month the same months of the year before.
        Year = "year",
        /// Nothing.
        None = "none",
    }
}

word_enum! {
    /// Whom a point of a series counts.
    Measure {
        /// Everybody with a use in the bucket.
        Distinct = "distinct",
        /// Everybody with a use in the seven days that end with the point's day (WAU).
        Trailing7 = "trailing_7",
        /// Everybody with a use in the thirty days that end with the point's day (MAU).
        Trailing30 = "trailing_30",
    }
}

impl Measure {
    /// The days that end with the point's day; none where a point counts its bucket.
    pub const fn trailing_days(self) -> Option<i32> {
        match self {
            Self::Distinct => None,
            Self::Trailing7 => Some(7),
            Self::Trailing30 => Some(30),
        }
    }
}
