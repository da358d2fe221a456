//! What stands out in a series: its average, its peak, its drops and its quiet stretches.
//!
//! Running buckets and gaps take no part. Drops and quiet stretches are measured against the median of the same weekday
//! in the four weeks before. It reports what is seen, never a cause.

use shared::vocab::Bucket;

use crate::overview::Delta;

/// At most so many drops are marked, the largest ones.
pub const MAX_DROPS: usize = 2;
/// Weeks whose same weekday makes the median.
const MEDIAN_WEEKS: usize = 4;
/// A median of fewer values is no measure: at least 14 days of history.
const LEAST_MEDIAN_VALUES: usize = 2;
/// The smallest fall that is marked, in end users.
const SMALLEST_FALL: u64 = 5;
/// Buckets in a row that make a quiet stretch.
const SHORTEST_QUIET: usize = 3;

/// One bucket of a series with its counterpart of the previous period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Distinct end users, or `None` before the first event.
    pub value: Option<u64>,
    /// The same of the previous period.
    pub previous: Option<u64>,
    /// Whether the bucket still counts.
    pub is_running: bool,
}

/// The highest full bucket; of equal ones the earliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeakMark {
    /// Position in the series.
    pub index: usize,
    /// Its value.
    pub value: u64,
}

/// A fall of at least 20 % and 5 end users below the median.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropMark {
    /// Position in the series.
    pub index: usize,
    /// Its value.
    pub value: u64,
    /// The median it is measured against, rounded half-up.
    pub median: u64,
    /// The fall in whole percent of the median, rounded half-up; positive.
    pub fall_percent: u64,
}

/// Three or more full buckets in a row under 80 % of their median.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietMark {
    /// Position of the first bucket.
    pub first_index: usize,
    /// Position of the last bucket.
    pub last_index: usize,
}

/// What stands out in a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Mean of the full buckets, rounded half-up; `None` without any.
    pub average: Option<u64>,
    /// Mean of their counterparts, if each of them has one.
    pub previous_average: Option<u64>,
    /// The average against the previous one.
    pub change: Option<Delta>,
    /// The highest full bucket, unless all are zero.
    pub peak: Option<PeakMark>,
    /// The largest drops, in the order of the series.
    pub drops: Vec<DropMark>,
    /// Quiet stretches, in the order of the series.
    pub quiet: Vec<QuietMark>,
}

/// How many buckets before the series [`summarise`] wants to see, so that its first bucket has a median.
pub const fn history_buckets(bucket: Bucket) -> usize {
    stride(bucket) * MEDIAN_WEEKS
}

/// Finds what stands out in `points`.
///
/// `history` holds the values of the buckets right before the series, oldest first; [`history_buckets`] of them, or
/// fewer. A series by month has no drops and no quiet stretches.
pub fn summarise(bucket: Bucket, history: &[Option<u64>], points: &[Point]) -> Summary {
    let full = || points.iter().filter(|point| !point.is_running && point.value.is_some());
    let average = mean(full().filter_map(|point| point.value));
    let has_every_previous = full().all(|point| point.previous.is_some());
    let previous_average = mean(full().filter_map(|point| point.previous)).filter(|_| has_every_previous);
    let falls = falls(bucket, history, points);
    Summary {
        average,
        previous_average,
        change: average.zip(previous_average).map(|(current, previous)| Delta::between(current, previous)),
        peak: peak(points),
        drops: drops(&falls),
        quiet: quiet(&falls),
    }
}

/// Buckets between one and its counterpart a week earlier; by month there is none.
const fn stride(bucket: Bucket) -> usize {
    match bucket {
        Bucket::Day => 7,
        Bucket::Week => 1,
        Bucket::Month => 0,
    }
}

fn mean(values: impl Iterator<Item = u64>) -> Option<u64> {
    let (mut sum, mut count) = (0_u128, 0_u128);
    for value in values {
        sum += u128::from(value);
        count += 1;
    }
    let rounded = (sum * 2 + count).checked_div(count * 2)?;
    u64::try_from(rounded).ok()
}

fn peak(points: &[Point]) -> Option<PeakMark> {
    let mut highest: Option<PeakMark> = None;
    for (index, point) in points.iter().enumerate().filter(|(_, point)| !point.is_running) {
        let value = point.value.unwrap_or(0);
        if value > highest.map_or(0, |mark| mark.value) {
            highest = Some(PeakMark { index, value });
        }
    }
    highest
}

/// A full bucket against its median. Both are doubled, since the median of two values may lie halfway between them.
struct Measured {
    index: usize,
    value: u64,
    doubled_value: u64,
    doubled_median: u64,
}

impl Measured {
    fn doubled_fall(&self) -> u64 {
        self.doubled_median.saturating_sub(self.doubled_value)
    }

    /// The value is under 80 % of the median.
    fn is_quiet(&self) -> bool {
        u128::from(self.doubled_value) * 5 < u128::from(self.doubled_median) * 4
    }

    fn is_drop(&self) -> bool {
        let is_fifth = u128::from(self.doubled_fall()) * 5 >= u128::from(self.doubled_median);
        is_fifth && self.doubled_fall() >= SMALLEST_FALL * 2
    }

    fn mark(&self) -> DropMark {
        let (fall, median) = (u128::from(self.doubled_fall()), u128::from(self.doubled_median));
        let percent = (fall * 200 + median).checked_div(median * 2).unwrap_or(0);
        DropMark {
            index: self.index,
            value: self.value,
            median: self.doubled_median.div_ceil(2),
            fall_percent: u64::try_from(percent).unwrap_or(u64::MAX),
        }
    }
}

fn falls(bucket: Bucket, history: &[Option<u64>], points: &[Point]) -> Vec<Measured> {
    let stride = stride(bucket);
    if stride == 0 {
        return Vec::new();
    }
    let known: Vec<Option<u64>> = history.iter().copied().chain(points.iter().map(|point| point.value)).collect();
    let mut falls = Vec::new();
    for (index, point) in points.iter().enumerate().filter(|(_, point)| !point.is_running) {
        let position = history.len() + index;
        let earlier = (1..=MEDIAN_WEEKS).filter_map(|week| position.checked_sub(week * stride));
        let mut comparable: Vec<u64> = earlier.filter_map(|place| known.get(place).copied().flatten()).collect();
        if let (Some(value), Some(doubled_median)) = (point.value, doubled_median(&mut comparable)) {
            falls.push(Measured { index, value, doubled_value: value.saturating_mul(2), doubled_median });
        }
    }
    falls
}

fn doubled_median(values: &mut [u64]) -> Option<u64> {
    if values.len() < LEAST_MEDIAN_VALUES {
        return None;
    }
    values.sort_unstable();
    let upper = values.get(values.len() / 2)?;
    let lower = values.get((values.len() - 1) / 2)?;
    Some(upper.saturating_add(*lower))
}

fn drops(falls: &[Measured]) -> Vec<DropMark> {
    let mut found: Vec<&Measured> = falls.iter().filter(|measured| measured.is_drop()).collect();
    found.sort_by_key(|measured| (std::cmp::Reverse(measured.doubled_fall()), measured.index));
    found.truncate(MAX_DROPS);
    found.sort_by_key(|measured| measured.index);
    found.into_iter().map(Measured::mark).collect()
}

fn quiet(falls: &[Measured]) -> Vec<QuietMark> {
    let mut stretches: Vec<QuietMark> = Vec::new();
    for measured in falls.iter().filter(|measured| measured.is_quiet()) {
        match stretches.last_mut() {
            Some(stretch) if stretch.last_index + 1 == measured.index => stretch.last_index = measured.index,
            _ => stretches.push(QuietMark { first_index: measured.index, last_index: measured.index }),
        }
    }
    stretches.retain(|stretch| stretch.last_index + 1 - stretch.first_index >= SHORTEST_QUIET);
    stretches
}
