//! What the dashboard asks for and says. Plain Rust.

use chrono::{DateTime, NaiveDate};
use shared::dto::activation::ActivationRow;
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::forecast::Runway;
use shared::dto::overview::Overview;
use shared::dto::recurring_costs::RecurringCosts;
use shared::paths;
use shared::vocab::{Range, RunwayState};

use crate::api::ApiError;
use crate::format::words::{DateForm, Texts};

/// A section on its way to the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<T> {
    /// Nothing was read yet.
    Waiting,
    /// Its data.
    Ready(T),
    /// Why there is none.
    Failed(ApiError),
}

impl<T> Part<T> {
    /// The data, where there is any.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(data) => Some(data),
            Self::Waiting | Self::Failed(_) => None,
        }
    }
}

/// One section of an answer.
pub fn part<T: Clone>(dashboard: Option<&Dashboard>, section: impl Fn(&Dashboard) -> &Section<T>) -> Part<T> {
    match dashboard.map(section) {
        None => Part::Waiting,
        Some(Section::Data(data)) => Part::Ready(data.clone()),
        Some(Section::Problem(problem)) => Part::Failed(ApiError::Problem(Box::new(problem.clone()))),
    }
}

/// The answer without the moments its figures are of, which change with every reading: what is equal without them looks the
/// same and is not drawn again.
pub fn without_moments(mut dashboard: Dashboard) -> Dashboard {
    if let Section::Data(Overview { as_of, .. }) = &mut dashboard.overview {
        *as_of = DateTime::UNIX_EPOCH;
    }
    if let Section::Data(RecurringCosts { as_of, .. }) = &mut dashboard.recurring_costs {
        *as_of = DateTime::UNIX_EPOCH;
    }
    if let Section::Data(series) = &mut dashboard.active_users {
        series.as_of = DateTime::UNIX_EPOCH;
    }
    dashboard
}

/// The address of the dashboard's data.
pub fn data_path(range: Range) -> String {
    format!("{}?range={range}", paths::DASHBOARD)
}

/// The next renewals of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct RenewalDay {
    /// The day.
    pub on: NaiveDate,
    /// Days until then; negative when overdue.
    pub in_days: i64,
    /// What renews.
    pub rows: Vec<ActivationRow>,
}

/// Renewals grouped by day, in the order given.
pub fn by_day(rows: &[ActivationRow]) -> Vec<RenewalDay> {
    let mut days: Vec<RenewalDay> = Vec::new();
    for row in rows {
        let Some(on) = row.renews_on else { continue };
        match days.last_mut().filter(|day| day.on == on) {
            Some(day) => day.rows.push(row.clone()),
            None => days.push(RenewalDay { on, in_days: row.renews_in_days.unwrap_or(0), rows: vec![row.clone()] }),
        }
    }
    days
}

/// A small line of a figure's last 30 days: the points of a polyline 104 × 36, and where it ends.
pub fn sparkline(trend: &[Option<i64>]) -> Option<(String, String)> {
    let known: Vec<(usize, i64)> =
        trend.iter().enumerate().filter_map(|(index, value)| value.map(|value| (index, value))).collect();
    if known.len() < 2 {
        return None;
    }
    let lowest = known.iter().map(|(_, value)| *value).min().unwrap_or(0);
    let highest = known.iter().map(|(_, value)| *value).max().unwrap_or(0);
    let span = (highest - lowest).max(1);
    let steps = i64::try_from(trend.len() - 1).unwrap_or(1).max(1);
    // In tenths of a pixel, between 2 and 100 across and 3 and 33 down.
    let tenths = |value: i64| format!("{}.{}", value / 10, value % 10);
    let place = |(index, value): &(usize, i64)| {
        let across = 20 + 980 * i64::try_from(*index).unwrap_or(0) / steps;
        // A level line runs through the middle.
        let down = if highest == lowest { 180 } else { 330 - 300 * (value - lowest) / span };
        (tenths(across), tenths(down))
    };
    let places: Vec<(String, String)> = known.iter().map(place).collect();
    let points: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let (first_x, (last_x, last_y)) = (&places.first()?.0, places.last()?);
    let line = points.join(" ");
    let area = format!("M{first_x},36 L{} L{last_x},36Z", points.join(" L"));
    let dot = format!(r#"<circle cx="{last_x}" cy="{last_y}" r="2.5"/>"#);
    Some((format!(r#"<path d="{area}"/><polyline points="{line}"/>{dot}"#), line))
}

/// Whether the account is so new that nothing can be shown.
pub fn is_first_use(dashboard: &Dashboard) -> bool {
    let Section::Data(counts) = &dashboard.activation_counts else { return false };
    counts.by_status.iter().all(|status| status.count == 0)
}

/// "Covers renewals until 3 Dec 2026".
pub fn reach(runway: &Runway, texts: Texts<'_>) -> String {
    match (runway.state, runway.covered_until_on) {
        (RunwayState::ShortNow, _) => "What is due today is not covered".to_owned(),
        (RunwayState::Short, Some(on)) => format!("Covers renewals until {}", (texts.date)(on, DateForm::Medium)),
        (RunwayState::NothingRenews, _) => "Nothing renews".to_owned(),
        _ => "Covers more than 2 years".to_owned(),
    }
}

/// The same without its first words: "3 Dec 2026", "More than 2 years".
pub fn reach_alone(state: RunwayState, until: Option<NaiveDate>, texts: Texts<'_>) -> String {
    match (state, until) {
        (RunwayState::ShortNow, _) => "Not today".to_owned(),
        (RunwayState::Short, Some(on)) => (texts.date)(on, DateForm::Medium),
        (RunwayState::NothingRenews, _) => "Nothing renews".to_owned(),
        _ => "More than 2 years".to_owned(),
    }
}

/// "€1,016.90 more needed by 22 Dec"; none where nothing is missing.
pub fn needed(runway: &Runway, texts: Texts<'_>) -> Option<String> {
    let by = runway.needed_until_on.map(|on| format!(" by {}", (texts.date)(on, DateForm::Short))).unwrap_or_default();
    (runway.needed.minor > 0).then(|| format!("{} more needed{by}", (texts.money)(runway.needed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparklines_stay_inside_their_box() {
        for trend in [vec![Some(3), None, Some(900)], vec![Some(5), Some(5)], (0..30).map(Some).collect()] {
            let (_, line) = sparkline(&trend).unwrap();
            for point in line.split(' ') {
                let (x, y) = point.split_once(',').unwrap();
                let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                assert!((2.0..=100.0).contains(&x) && (3.0..=33.0).contains(&y), "{point}");
            }
        }
        assert_eq!(sparkline(&[Some(1)]), None);
        assert_eq!(sparkline(&[None, None]), None);
    }
}
