//! What a chart shows and the address that says so, both ways. Plain Rust.
//!
//! The address is the only state: reload, back and a pasted link give the same view. Defaults are left out, so equal views
//! have equal addresses; keys the chart does not know are dropped, wrong values noted.

use chrono::{Months, NaiveDate};
use shared::vocab::{ActivationId, Bucket, ClientId, Compare, ProductId, Range};

/// The longest stretch, in months.
pub const MOST_MONTHS: u32 = 24;

/// The days a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// A range that ends today.
    Range(Range),
    /// From a day to a day, both included.
    Dates {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
}

/// Whose use it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Everybody,
    /// That of one product.
    Product(ProductId),
    /// That of one client's people.
    Client(ClientId),
    /// That of one activation.
    Activation(ActivationId),
}

impl Scope {
    /// The pair of a query; empty where nothing is left out.
    pub fn query(self) -> String {
        match self {
            Self::Everybody => String::new(),
            Self::Product(id) => format!("product={id}"),
            Self::Client(id) => format!("client={id}"),
            Self::Activation(id) => format!("activation={id}"),
        }
    }
}

/// What a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartView {
    /// Which days.
    pub stretch: Stretch,
    /// Compared with what.
    pub compare: Compare,
    /// What a point counts over, where it is not the usual of the stretch.
    pub bucket: Option<Bucket>,
}

impl Default for ChartView {
    fn default() -> Self {
        Self { stretch: Stretch::Range(Range::ThirtyDays), compare: Compare::Prev, bucket: None }
    }
}

/// Why two dates are no stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatesError {
    /// The first is no date.
    From,
    /// The last is no date.
    To,
    /// The last lies before the first.
    Reversed,
    /// More than [`MOST_MONTHS`].
    TooLong,
    /// It begins after today.
    InFuture,
}

impl DatesError {
    /// Whether it is wrong with the first date, and what.
    pub const fn said(self) -> (bool, &'static str) {
        match self {
            Self::From => (true, "Enter the first day as a date."),
            Self::To => (false, "Enter the last day as a date."),
            Self::Reversed => (false, "The last day lies before the first."),
            Self::TooLong => (false, "At most 24 months can be shown at once."),
            Self::InFuture => (true, "The first day has not come yet."),
        }
    }
}

/// Two typed dates, as seen on `today`.
pub fn dates(from: &str, to: &str, today: NaiveDate) -> Result<Stretch, DatesError> {
    let from: NaiveDate = from.trim().parse().map_err(|_| DatesError::From)?;
    let to: NaiveDate = to.trim().parse().map_err(|_| DatesError::To)?;
    if to < from {
        return Err(DatesError::Reversed);
    }
    if from > today {
        return Err(DatesError::InFuture);
    }
    let is_short = from.checked_add_months(Months::new(MOST_MONTHS)).is_some_and(|end| to < end);
    if is_short { Ok(Stretch::Dates { from, to }) } else { Err(DatesError::TooLong) }
}

/// The view a query asks for, and whether all of it was understood.
pub fn read(value: &dyn Fn(&str) -> Option<String>, today: NaiveDate) -> (ChartView, bool) {
    let mut is_understood = true;
    let mut view = ChartView::default();
    if let Some(range) = value("range") {
        match range.parse() {
            Ok(range) => view.stretch = Stretch::Range(range),
            Err(_) => is_understood = false,
        }
    }
    let (from, to) = (value("from"), value("to"));
    if from.is_some() || to.is_some() {
        match dates(&from.unwrap_or_default(), &to.unwrap_or_default(), today) {
            Ok(stretch) => view.stretch = stretch,
            Err(_) => is_understood = false,
        }
    }
    if let Some(compare) = value("compare") {
        match compare.parse() {
            Ok(compare) => view.compare = compare,
            Err(_) => is_understood = false,
        }
    }
    if let Some(bucket) = value("bucket") {
        match bucket.parse() {
            Ok(bucket) if view.stretch.buckets().contains(&bucket) => view = view.by(bucket),
            _ => is_understood = false,
        }
    }
    (view, is_understood)
}

impl Stretch {
    /// Days between the first and the last, both counted.
    pub fn days(self) -> i64 {
        match self {
            Self::Range(Range::SevenDays) => 7,
            Self::Range(Range::ThirtyDays) => 30,
            Self::Range(Range::SixMonths) => 26 * 7,
            Self::Dates { from, to } => (to - from).num_days() + 1,
        }
    }

    /// What a point counts over unless something else is asked for.
    pub fn usual_bucket(self) -> Bucket {
        match (self, self.days()) {
            (Self::Range(Range::SixMonths), _) | (Self::Dates { .. }, 32..=200) => Bucket::Week,
            (Self::Range(_), _) | (Self::Dates { .. }, ..=31) => Bucket::Day,
            (Self::Dates { .. }, _) => Bucket::Month,
        }
    }

    /// What a point can count over.
    pub const fn buckets(self) -> &'static [Bucket] {
        match self {
            Self::Range(Range::SevenDays) => &[Bucket::Day],
            Self::Range(Range::ThirtyDays) => &[Bucket::Day, Bucket::Week],
            Self::Range(Range::SixMonths) | Self::Dates { .. } => &[Bucket::Day, Bucket::Week, Bucket::Month],
        }
    }
}

impl ChartView {
    /// The range, where it is shown in the usual way: what comes with the dashboard.
    pub fn plain(self) -> Option<Range> {
        match self {
            Self { stretch: Stretch::Range(range), compare: Compare::Prev, bucket: None } => Some(range),
            _ => None,
        }
    }

    /// The same over other days; a bucket they are not shown by is dropped.
    pub fn over(self, stretch: Stretch) -> Self {
        let bucket =
            self.bucket.filter(|bucket| stretch.buckets().contains(bucket) && *bucket != stretch.usual_bucket());
        Self { stretch, bucket, ..self }
    }

    /// The same counted over something else.
    pub fn by(self, bucket: Bucket) -> Self {
        Self { bucket: Some(bucket).filter(|bucket| *bucket != self.stretch.usual_bucket()), ..self }
    }

    /// What a point counts over.
    pub fn bucket(self) -> Bucket {
        self.bucket.unwrap_or_else(|| self.stretch.usual_bucket())
    }

    /// The address of a page that shows it, without defaults.
    pub fn page_path(self, page: &str) -> String {
        with_query(page, &[self.query(self.stretch == Self::default().stretch)])
    }

    /// An address of the API for it.
    pub fn data_path(self, path: &str, scope: Scope) -> String {
        with_query(path, &[scope.query(), self.query(false)])
    }

    fn query(self, without_stretch: bool) -> String {
        let mut query = match self.stretch {
            _ if without_stretch => String::new(),
            Stretch::Range(range) => format!("&range={range}"),
            Stretch::Dates { from, to } => format!("&from={from}&to={to}"),
        };
        if self.compare != Compare::Prev {
            query = format!("{query}&compare={}", self.compare);
        }
        if let Some(bucket) = self.bucket {
            query = format!("{query}&bucket={bucket}");
        }
        query.trim_start_matches('&').to_owned()
    }
}

/// An address with the parts of a query that say something.
pub fn with_query(path: &str, parts: &[String]) -> String {
    let mut address = path.to_owned();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(part);
    }
    address
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
