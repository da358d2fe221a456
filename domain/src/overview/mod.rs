//! The change of a figure against an earlier one, in the form in which it may be shown.
//!
//! A percentage of little is noise, and of nothing is nonsense: the rules say when only the difference is told. Knows
//! nothing of words or colours.

/// Below this previous value only the difference is told.
pub const SMALLEST_BASE: u64 = 10;
/// The largest rise that is told in numbers, in per mille of the previous value: 999 %.
pub const MAX_PER_MILLE: u64 = 9_990;

/// How much a figure changed, in per mille of the previous value, rounded half-up away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ratio {
    /// From -1,000 (all gone) to [`MAX_PER_MILLE`].
    PerMille(i32),
    /// More than 999 %: shown as ">999%".
    Above999Percent,
}

/// The change of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta {
    /// Both are equal, zero included.
    NoChange,
    /// There was nothing before.
    New {
        /// The current value.
        difference: i64,
    },
    /// The previous value is below [`SMALLEST_BASE`]: only the difference means something.
    Difference {
        /// Current less previous; never zero.
        difference: i64,
    },
    /// Difference and share.
    Change {
        /// Current less previous; never zero.
        difference: i64,
        /// The difference in relation to the previous value.
        ratio: Ratio,
    },
}

impl Delta {
    /// The change from `previous` to `current`.
    pub fn between(current: u64, previous: u64) -> Self {
        let difference = difference(current, previous);
        if current == previous {
            Self::NoChange
        } else if previous == 0 {
            Self::New { difference }
        } else if previous < SMALLEST_BASE {
            Self::Difference { difference }
        } else {
            Self::Change { difference, ratio: Ratio::between(current, previous) }
        }
    }

    /// Current less previous.
    pub fn difference(self) -> i64 {
        match self {
            Self::NoChange => 0,
            Self::New { difference } | Self::Difference { difference } | Self::Change { difference, .. } => difference,
        }
    }
}

impl Ratio {
    /// The change from `previous`, which must not be zero, to `current`.
    fn between(current: u64, previous: u64) -> Self {
        let (distance, base) = (u128::from(current.abs_diff(previous)), u128::from(previous));
        // Compared before rounding: 999.04 % is already more than 999 %.
        if current > previous && distance * 1_000 > base * u128::from(MAX_PER_MILLE) {
            return Self::Above999Percent;
        }
        let per_mille = i32::try_from((distance * 2_000 + base) / (base * 2)).unwrap_or(i32::MAX);
        Self::PerMille(if current < previous { -per_mille } else { per_mille })
    }
}

fn difference(current: u64, previous: u64) -> i64 {
    let distance = i64::try_from(current.abs_diff(previous)).unwrap_or(i64::MAX);
    if current < previous { -distance } else { distance }
}

/// `per_mille` as whole percent, rounded half-up away from zero: for figures of 10 % and more.
pub fn whole_percent(per_mille: i32) -> i32 {
    let percent = (per_mille.unsigned_abs() + 5) / 10;
    let percent = i32::try_from(percent).unwrap_or(i32::MAX);
    if per_mille < 0 { -percent } else { percent }
}

#[cfg(test)]
mod tests;
