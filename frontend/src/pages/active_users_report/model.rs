//! Which people are listed, and the address that says so, both ways. Plain Rust.

use chrono::NaiveDate;
use shared::vocab::{Compare, Range};

use crate::chart::model::{PEOPLE, between};
use crate::chart::view::{ChartView, Scope, Stretch, read as read_days, with_query};
use crate::format::words::{DateForm, Texts};

/// Which people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeopleView {
    /// Active on which days.
    pub stretch: Stretch,
    /// Of what.
    pub scope: Scope,
}

/// The people a query asks for, and whether all of it was understood.
pub fn read(value: &dyn Fn(&str) -> Option<String>, today: NaiveDate) -> (PeopleView, bool) {
    let (days, mut is_understood) =
        read_days(&|key| value(key).filter(|_| !matches!(key, "compare" | "bucket")), today);
    let mut scope = Scope::Everybody;
    let mut take = |key: &str, parse: &dyn Fn(&str) -> Option<Scope>| {
        if let Some(text) = value(key) {
            match parse(&text) {
                // One of them at a time.
                Some(found) if scope == Scope::Everybody => scope = found,
                _ => is_understood = false,
            }
        }
    };
    take("product", &|text| text.parse().ok().map(Scope::Product));
    take("client", &|text| text.parse().ok().map(Scope::Client));
    take("activation", &|text| text.parse().ok().map(Scope::Activation));
    (PeopleView { stretch: days.stretch, scope }, is_understood)
}

impl PeopleView {
    /// The page's address, without defaults.
    pub fn page_path(self) -> String {
        let days = ChartView { stretch: self.stretch, compare: Compare::Prev, bucket: None };
        let address = days.page_path(PEOPLE);
        with_query(&address, &[self.scope.query()])
    }

    /// Whether the server has to say which days these are.
    pub fn needs_days(self) -> bool {
        matches!(self.stretch, Stretch::Range(Range::SevenDays | Range::SixMonths))
    }

    /// The query of the API; `days` are those of the range, where they are needed.
    pub fn query(self, days: Option<(NaiveDate, NaiveDate)>) -> Option<String> {
        let days = match self.stretch {
            Stretch::Dates { from, to } => Some((from, to)),
            Stretch::Range(_) => days,
        };
        let dates = match days {
            Some((from, to)) => format!("active_from={from}&active_to={to}"),
            None if self.needs_days() => return None,
            // The window of the key figure, so that the list has exactly as many rows.
            None => String::new(),
        };
        Some(with_query("", &[dates, self.scope.query()]).trim_start_matches('?').to_owned())
    }

    /// "in the last 30 days, today included", "on Thursday 5 Nov 2026", "from 1 Oct to 5 Nov 2026"
    pub fn days(self, texts: Texts<'_>) -> String {
        match self.stretch {
            Stretch::Range(Range::SevenDays) => "in the last 7 days, today included".to_owned(),
            Stretch::Range(Range::ThirtyDays) => "in the last 30 days, today included".to_owned(),
            Stretch::Range(Range::SixMonths) => "this week or in the 25 weeks before".to_owned(),
            Stretch::Dates { from, to } if from == to => format!("on {}", (texts.date)(from, DateForm::WeekdayMedium)),
            Stretch::Dates { from, to } => format!("from {}", between(from, to, texts).replace(" – ", " to ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::words::PLAIN;

    const CLIENT: &str = "cli_00000000000000000000000001";
    const PRODUCT: &str = "prd_00000000000000000000000001";

    fn asked(query: &str) -> (PeopleView, bool) {
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let value = |key: &str| pairs.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned());
        read(&value, "2026-11-22".parse().unwrap())
    }

    #[test]
    fn every_list_survives_its_own_address() {
        for query in [
            String::new(),
            "range=7d".to_owned(),
            format!("range=6m&client={CLIENT}"),
            format!("from=2026-11-05&to=2026-11-05&product={PRODUCT}"),
        ] {
            let (view, is_understood) = asked(&query);
            assert!(is_understood, "{query}");
            let expected = if query.is_empty() { PEOPLE.to_owned() } else { format!("{PEOPLE}?{query}") };
            assert_eq!(view.page_path(), expected);
        }
        assert!(asked("compare=nonsense&bucket=month").1, "that is for charts");
    }

    #[test]
    fn what_is_not_understood_is_noted() {
        for query in [
            format!("client={PRODUCT}"),
            format!("client={CLIENT}&product={PRODUCT}"),
            "from=2026-11-05".to_owned(),
            "range=soon".to_owned(),
        ] {
            assert!(!asked(&query).1, "{query}");
        }
    }

    #[test]
    fn the_usual_window_is_left_to_the_server_and_other_ranges_wait_for_its_days() {
        let days = Some(("2026-11-16".parse().unwrap(), "2026-11-22".parse().unwrap()));
        assert_eq!(asked("").0.query(None).as_deref(), Some(""));
        assert_eq!(asked("range=7d").0.query(None), None);
        assert_eq!(asked("range=7d").0.query(days).as_deref(), Some("active_from=2026-11-16&active_to=2026-11-22"));
        let one_day = asked(&format!("from=2026-11-05&to=2026-11-05&client={CLIENT}")).0;
        let expected = format!("active_from=2026-11-05&active_to=2026-11-05&client={CLIENT}");
        assert_eq!(one_day.query(None), Some(expected));
    }

    #[test]
    fn the_days_are_told_in_words() {
        for (query, text) in [
            ("", "in the last 30 days, today included"),
            ("from=2026-11-05&to=2026-11-05", "on 2026-11-05 WeekdayMedium"),
            ("from=2026-10-01&to=2026-11-05", "from 2026-10-01 Short to 2026-11-05 Medium"),
        ] {
            assert_eq!(asked(query).0.days(PLAIN), text);
        }
    }
}
