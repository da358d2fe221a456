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
        /// Nothing.
        None = "none",
    }
}
