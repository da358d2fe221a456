use super::*;
use crate::components::warning;
use crate::format::words::PLAIN;
use shared::dto::activation::{ActivationClient, ActivationProduct};
use shared::dto::forecast::{ProjectedBalance, Shortfall};
use shared::dto::recurring_costs::Due;
use shared::vocab::{BalanceLevel, BillingInterval, Currency};

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse::<Currency>().unwrap())
}

fn renewal(covered: bool) -> UpcomingRenewal {
    UpcomingRenewal {
        activation_id: "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap(),
        product: ActivationProduct {
            id: "prd_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap(),
            name: "AI Writer".to_owned(),
        },
        client: ActivationClient {
            id: "cli_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap(),
            name: "Ana".to_owned(),
            email: None,
        },
        billing_interval: BillingInterval::Monthly,
        renews_at: "2026-12-03T23:00:00Z".parse().unwrap(),
        renews_on: on("2026-12-04"),
        renews_in_days: 12,
        amount: euros(2900),
        balance_after: euros(-100),
        left_over: None,
        covered,
    }
}

fn runway() -> Runway {
    Runway {
        state: RunwayState::Short,
        available: euros(49_610),
        covered_until_on: Some(on("2026-12-03")),
        first_shortfall: Some(Shortfall {
            on: on("2026-12-04"),
            amount: euros(4190),
            failing: vec![renewal(false)],
            failing_count: 3,
        }),
        level: BalanceLevel::Watch,
        failed_count: 0,
        needed: euros(101_690),
        needed_until_on: Some(on("2026-12-22")),
    }
}

#[test]
fn the_reach_is_a_day_or_words() {
    assert_eq!(reach(&runway(), PLAIN), "2026-12-03 Medium");
    assert_eq!(needed(&runway(), PLAIN).as_deref(), Some("1016.90 EUR more needed by 2026-12-22 Short"));
    let fine = Runway { state: RunwayState::BeyondHorizon, needed: euros(0), ..runway() };
    assert_eq!((reach(&fine, PLAIN).as_str(), needed(&fine, PLAIN)), ("More than 2 years", None));
}

#[test]
fn the_banner_names_what_will_not_renew_and_what_failed() {
    let (strong, text) = warning(&runway(), PLAIN);
    assert_eq!(strong, "Low balance.");
    assert_eq!(text, "AI Writer for Ana (29.00 EUR) will not renew on 2026-12-04 Short, nor 2 more.");
    let failed = Runway { failed_count: 2, needed: euros(5800), level: BalanceLevel::Blocked, ..runway() };
    assert_eq!(
        warning(&failed, PLAIN),
        ("2 renewals failed.".to_owned(), "Top up 58.00 EUR to restore them.".to_owned())
    );
}

#[test]
fn days_without_renewals_keep_the_balance() {
    let due = |count, minor| Due { count, amount: euros(minor) };
    let forecast = Forecast {
        as_of: "2026-11-22T13:02:00Z".parse().unwrap(),
        today_on: on("2026-11-22"),
        runway: runway(),
        recommended_top_ups: vec![],
        series: vec![
            ProjectedBalance { on: on("2026-11-22"), due: due(0, 0), balance: euros(49_610) },
            ProjectedBalance { on: on("2026-11-24"), due: due(1, 10_200), balance: euros(39_410) },
        ],
    };
    let days = days(&forecast, 3);
    let shown: Vec<_> = days.iter().map(|day| (day.on.to_string(), day.count, day.balance.minor)).collect();
    assert_eq!(
        shown,
        [
            ("2026-11-22".to_owned(), 0, 49_610),
            ("2026-11-23".to_owned(), 0, 49_610),
            ("2026-11-24".to_owned(), 1, 39_410),
            ("2026-11-25".to_owned(), 0, 39_410),
        ]
    );
}

#[test]
fn the_end_of_cover_is_marked_once() {
    let rows = |covered: &[bool]| covered.iter().map(|covered| renewal(*covered)).collect::<Vec<_>>();
    assert_eq!(end_of_cover(&rows(&[true, true, false, false]), true), Some(2));
    assert_eq!(end_of_cover(&rows(&[false, false]), true), Some(0));
    assert_eq!(end_of_cover(&rows(&[false, false]), false), None, "an earlier page marks it");
    assert_eq!(end_of_cover(&rows(&[true]), true), None);
}

#[test]
fn as_many_days_of_renewals_are_listed_as_the_address_asks_for() {
    for (asked, days) in
        [(None, 30), (Some("90"), 90), (Some("1"), 1), (Some("0"), 30), (Some("91"), 30), (Some("x"), 30)]
    {
        assert_eq!(upcoming_days(asked), days, "{asked:?}");
    }
    assert_eq!(upcoming_path(47, "abc"), "/api/v1/upcoming-renewals?days=47&limit=25&include_total=true&cursor=abc");
    assert_eq!((upcoming_page(30), upcoming_page(47)), ("/wallet?".to_owned(), "/wallet?days=47&".to_owned()));
}

#[test]
fn equal_ledger_views_have_equal_addresses() {
    let view = LedgerView { kind: Some(LedgerEntryKind::TopUp), cursor: "abc".to_owned(), ..LedgerView::default() };
    assert_eq!(view.page_path(), "/wallet/ledger?kind=top_up&cursor=abc");
    assert_eq!(view.data_path(), "/api/v1/ledger-entries?kind=top_up&cursor=abc&limit=25&include_total=true");
    assert_eq!(view.totals_path(), "/api/v1/ledger-entries/totals?kind=top_up", "sums are of all pages");
    assert_eq!(LedgerView::default().page_path(), "/wallet/ledger");
}

#[test]
fn a_top_up_remembers_what_it_interrupted() {
    let id = "top_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
    assert_eq!(top_up_path(id, None), "/wallet/top-ups/top_01k4kneba5pr8v6j2c0d3f7g9h");
    assert_eq!(
        top_up_path(id, Some("/activations/act_1?do=renew")),
        "/wallet/top-ups/top_01k4kneba5pr8v6j2c0d3f7g9h?next=/activations/act_1%3Fdo%3Drenew"
    );
}

#[test]
fn a_notice_says_how_many_and_what() {
    assert_eq!(notice_title(NoticeKind::Failed, 1, PLAIN), ("bad", "warn", "1 renewal failed".to_owned()));
    assert_eq!(
        notice_title(NoticeKind::NotCovered, 3, PLAIN),
        ("warn", "warn", "3 renewals are not covered".to_owned())
    );
}
