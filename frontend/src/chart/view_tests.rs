use super::*;

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    on("2026-11-22")
}

/// The view of a query as written, and whether it was understood.
fn asked(query: &str) -> (ChartView, bool) {
    let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let value = |key: &str| pairs.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned());
    read(&value, today())
}

#[test]
fn a_link_without_anything_shows_thirty_days_against_the_period_before() {
    assert_eq!(asked(""), (ChartView::default(), true));
    assert_eq!(asked("utm=x&cursor=y"), (ChartView::default(), true), "unknown keys are nobody's business");
    assert_eq!(ChartView::default().page_path("/dashboard"), "/dashboard");
}

#[test]
fn every_view_survives_its_own_address() {
    let stretches = [
        Stretch::Range(Range::SevenDays),
        Stretch::Range(Range::ThirtyDays),
        Stretch::Range(Range::SixMonths),
        Stretch::Dates { from: on("2026-01-05"), to: on("2026-02-01") },
        Stretch::Dates { from: on("2024-11-23"), to: on("2026-11-22") },
    ];
    for stretch in stretches {
        for compare in Compare::ALL {
            for bucket in stretch.buckets() {
                let view = ChartView { stretch, compare: *compare, bucket: None }.by(*bucket);
                let address = view.page_path("/dashboard");
                let query = address.split_once('?').map_or("", |(_, query)| query);
                assert_eq!(asked(query), (view, true), "{address}");
                assert_eq!(view.bucket(), *bucket, "{address}");
            }
        }
    }
}

#[test]
fn defaults_are_left_out_so_that_equal_views_have_equal_addresses() {
    for (query, address) in [
        ("range=30d&compare=prev&bucket=day", "/dashboard"),
        ("range=7d&bucket=day", "/dashboard?range=7d"),
        ("range=6m&bucket=week&compare=none", "/dashboard?range=6m&compare=none"),
        ("bucket=week", "/dashboard?bucket=week"),
        ("range=7d&from=2026-11-01&to=2026-11-14&bucket=day", "/dashboard?from=2026-11-01&to=2026-11-14"),
    ] {
        let (view, is_understood) = asked(query);
        assert!(is_understood, "{query}");
        assert_eq!(view.page_path("/dashboard"), address);
    }
}

#[test]
fn what_is_not_understood_falls_back_and_says_so() {
    for (query, address) in [
        ("range=1y", "/dashboard"),
        ("range=7d&compare=yesterday", "/dashboard?range=7d"),
        ("range=7d&bucket=month", "/dashboard?range=7d"),
        ("from=2026-11-01", "/dashboard"),
        ("range=6m&from=2026-11-20&to=2026-11-01", "/dashboard?range=6m"),
        ("from=2026-02-30&to=2026-03-01", "/dashboard"),
        ("from=2024-11-22&to=2026-11-22", "/dashboard"),
        ("from=2026-11-23&to=2026-11-24", "/dashboard"),
    ] {
        let (view, is_understood) = asked(query);
        assert!(!is_understood, "{query}");
        assert_eq!(view.page_path("/dashboard"), address, "{query}");
    }
}

#[test]
fn two_dates_say_what_is_wrong_with_them() {
    for (from, to, outcome) in [
        ("", "2026-11-01", Err(DatesError::From)),
        ("2026-11-01", "soon", Err(DatesError::To)),
        ("2026-11-02", "2026-11-01", Err(DatesError::Reversed)),
        ("2026-11-23", "2026-11-24", Err(DatesError::InFuture)),
        ("2024-11-22", "2026-11-22", Err(DatesError::TooLong)),
        ("2024-11-23", "2026-11-22", Ok(())),
        ("2026-11-22", "2026-12-31", Ok(())),
        ("2026-11-22", "2026-11-22", Ok(())),
        ("9999-12-31", "9999-12-31", Err(DatesError::InFuture)),
    ] {
        assert_eq!(dates(from, to, today()).map(drop), outcome, "{from} to {to}");
    }
}

#[test]
fn the_usual_bucket_follows_the_length() {
    for (days, bucket) in
        [(1, Bucket::Day), (31, Bucket::Day), (32, Bucket::Week), (200, Bucket::Week), (201, Bucket::Month)]
    {
        let from = on("2026-01-01");
        let stretch = Stretch::Dates { from, to: from + chrono::Days::new(days - 1) };
        assert_eq!(stretch.usual_bucket(), bucket, "{days} days");
        assert_eq!(stretch.days().unsigned_abs(), days);
    }
}

#[test]
fn other_days_drop_a_bucket_they_are_not_shown_by() {
    let months = ChartView::default().over(Stretch::Range(Range::SixMonths)).by(Bucket::Month);
    assert_eq!(months.bucket, Some(Bucket::Month));
    assert_eq!(months.over(Stretch::Range(Range::SevenDays)).bucket, None);
    let weeks = ChartView::default().by(Bucket::Week);
    assert_eq!(weeks.over(Stretch::Range(Range::SixMonths)).bucket, None, "it is the usual one there");
}

#[test]
fn the_data_is_asked_for_with_its_days_and_whose_it_is() {
    let view = ChartView::default();
    assert_eq!(view.data_path("/x", Scope::Everybody), "/x?range=30d");
    let id: ProductId = "prd_00000000000000000000000001".parse().unwrap();
    assert_eq!(
        view.by(Bucket::Week).data_path("/x", Scope::Product(id)),
        format!("/x?product={id}&range=30d&bucket=week")
    );
}
