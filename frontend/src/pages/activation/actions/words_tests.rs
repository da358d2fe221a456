use super::*;
use crate::format::words::PLAIN;
use shared::dto::activation::{ActivationClient, ActivationProduct, Actor, Period};
use shared::vocab::{ActivationId, ActorKind, ClientId, Currency, Money, ProductId};

fn on(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse::<Currency>().unwrap())
}

fn activation() -> Activation {
    let row = ActivationRow {
        id: "act_01k4kneba5pr8v6j2c0d3f7g9h".parse::<ActivationId>().unwrap(),
        product: ActivationProduct {
            id: "prd_01k4kneba5pr8v6j2c0d3f7g9h".parse::<ProductId>().unwrap(),
            name: "AI Writer".to_owned(),
        },
        client: ActivationClient {
            id: "cli_01k4kneba5pr8v6j2c0d3f7g9h".parse::<ClientId>().unwrap(),
            name: "Zentrum".to_owned(),
            email: None,
        },
        status: ActivationStatus::Active,
        billing_state: Some(BillingState::Current),
        billing_interval: BillingInterval::Monthly,
        price: euros(2900),
        auto_renew: true,
        activated_at: "2026-03-21T09:00:00Z".parse().unwrap(),
        activated_on: on("2026-03-21"),
        paid_until_on: Some(on("2026-12-21")),
        renews_at: None,
        renews_on: Some(on("2026-12-21")),
        renews_in_days: Some(29),
        grace_until_on: None,
        ends_on: None,
        external_reference: None,
        covered: None,
    };
    Activation {
        row,
        activated_by: Actor { kind: ActorKind::System, name: None },
        current_period: None,
        anchor_on: on("2026-03-21"),
        anchor_day: 21,
        time_zone: "Europe/Berlin".to_owned(),
        priority: 5,
        pending_change: None,
        paused_at: None,
        resume_at: None,
        resume_on: None,
        paid_so_far: None,
        charge_count: 9,
        refundable_now: None,
        refundable_until_on: None,
        access_url: None,
        access_note: None,
        notes: None,
        active_users_30_days: 9,
        allowed_actions: vec![],
    }
}

fn quote() -> Quote {
    Quote {
        as_of: "2026-11-22T13:02:00Z".parse().unwrap(),
        amount: euros(2900),
        price: Some(euros(2900)),
        credit: euros(0),
        period: Some(Period { start_on: on("2026-12-21"), end_on: on("2027-01-21") }),
        due_first: euros(0),
        status_before: Some(ActivationStatus::Active),
        status: ActivationStatus::Active,
        effective_on: on("2026-11-22"),
        paid_until_before_on: Some(on("2026-12-21")),
        paid_until_on: Some(on("2027-01-21")),
        next_renewal: Some(NextRenewal {
            renews_on: on("2027-01-21"),
            amount: euros(2900),
            billing_interval: BillingInterval::Monthly,
        }),
        ends_on: None,
        balance_before: Some(euros(49610)),
        balance_after: Some(euros(46710)),
        shortfall: None,
        runway: None,
    }
}

fn choice(action: ActivationAction) -> Choice {
    Choice { action, takes_effect: TakesEffect::PeriodEnd, billing_interval: None }
}

fn fact(facts: &[Fact], name: &str) -> Option<(Option<String>, String)> {
    facts.iter().find(|fact| fact.name == name).map(|fact| (fact.before.clone(), fact.after.clone()))
}

#[test]
fn renewing_says_sum_period_and_what_changes() {
    let (choice, data, quote) = (choice(ActivationAction::Renew), activation(), quote());
    assert_eq!(question(choice.action, &data.row), "Renew AI Writer for Zentrum?");
    let sum = sum(choice, &data, &quote, PLAIN).unwrap();
    assert_eq!(
        (sum.value.as_str(), sum.sub.as_str()),
        ("29.00 EUR", "One month, 2026-12-21 Medium – 2027-01-21 Medium")
    );
    let facts = facts(choice, &data, &quote, PLAIN);
    assert_eq!(
        fact(&facts, "Balance"),
        Some((Some("496.10 EUR".to_owned()), "467.10 EUR".to_owned())),
        "the sums are those of the quote"
    );
    assert_eq!(
        fact(&facts, "Paid until"),
        Some((Some("2026-12-21 Medium".to_owned()), "2027-01-21 Medium".to_owned()))
    );
    assert_eq!(confirm(choice, &data.row, &quote, PLAIN), "Renew for 29.00 EUR");
    assert!(consequence(choice, &data, &quote, PLAIN).contains("instead of on 2026-12-21"));
}

#[test]
fn what_is_due_already_is_named_apart_from_the_sum() {
    let quote = Quote { due_first: euros(1200), ..quote() };
    let facts = facts(choice(ActivationAction::Renew), &activation(), &quote, PLAIN);
    assert_eq!(fact(&facts, "Due already, charged first"), Some((None, "12.00 EUR".to_owned())));
}

#[test]
fn deactivating_now_says_what_comes_back_in_words() {
    let choice = Choice { takes_effect: TakesEffect::Now, ..choice(ActivationAction::Deactivate) };
    let quote = Quote { amount: euros(-2706), price: None, credit: euros(2706), period: None, ..quote() };
    let sum = sum(choice, &activation(), &quote, PLAIN).unwrap();
    assert_eq!((sum.label, sum.value.as_str()), ("You get back", "27.06 EUR"));
    assert_eq!(confirm(choice, &activation().row, &quote, PLAIN), "Deactivate now");
    let nothing = Quote { amount: euros(0), credit: euros(0), ..quote };
    assert_eq!(fact(&facts(choice, &activation(), &nothing, PLAIN), "Refund"), Some((None, "No refund".to_owned())));
}

#[test]
fn a_pause_or_a_scheduled_end_has_no_sum() {
    let quote = Quote { amount: euros(0), price: None, period: None, ends_on: Some(on("2026-12-21")), ..quote() };
    for action in [ActivationAction::Pause, ActivationAction::Deactivate, ActivationAction::Resume] {
        assert_eq!(sum(choice(action), &activation(), &quote, PLAIN), None, "{action}");
    }
    let row = activation().row;
    assert_eq!(confirm(choice(ActivationAction::Pause), &row, &quote, PLAIN), "Pause AI Writer");
    assert_eq!(confirm(choice(ActivationAction::Deactivate), &row, &quote, PLAIN), "Deactivate on 2026-12-21 Short");
    assert_eq!(confirm(choice(ActivationAction::Resume), &row, &quote, PLAIN), "Resume");
}

#[test]
fn in_grace_the_end_cannot_be_waited_for() {
    let mut row = activation().row;
    assert!(may_wait(&row));
    row.billing_state = Some(BillingState::Grace);
    assert!(!may_wait(&row));
    row.billing_state = None;
    row.status = ActivationStatus::Expired;
    assert!(!may_wait(&row));
}

#[test]
fn a_changed_quote_is_told_with_both_sums() {
    let new = Quote { amount: euros(3100), ..quote() };
    assert_eq!(
        difference(&quote(), &new, PLAIN),
        "It was 29.00 EUR from 2026-12-21 Medium, and is 31.00 EUR from 2026-12-21 Medium now."
    );
}
