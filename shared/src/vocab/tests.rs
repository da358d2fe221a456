use super::*;
use uuid::Uuid;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

#[test]
fn money_is_written_with_exactly_the_digits_of_its_currency() {
    for (minor, code, text) in [
        (5400, "USD", "54.00"),
        (5400, "JPY", "5400"),
        (54000, "KWD", "54.000"),
        (-7, "EUR", "-0.07"),
        (0, "EUR", "0.00"),
    ] {
        assert_eq!(Money::new(minor, currency(code)).amount(), text);
    }
}

#[test]
fn money_is_read_with_up_to_the_digits_of_its_currency() {
    for (text, code, minor) in [
        ("54", "USD", 5400),
        ("54.5", "USD", 5450),
        ("0.07", "USD", 7),
        ("-1.20", "EUR", -120),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("10000000000.00", "EUR", MAX_MINOR),
    ] {
        assert_eq!(Money::parse(text, currency(code)).map(|money| money.minor), Ok(minor), "{text}");
    }
}

#[test]
fn money_is_refused_never_rounded() {
    for (text, code) in [
        ("", "EUR"),
        ("+1", "EUR"),
        ("1e3", "EUR"),
        (" 1", "EUR"),
        ("1 ", "EUR"),
        ("01", "EUR"),
        ("00.10", "EUR"),
        (".5", "EUR"),
        ("5.", "EUR"),
        ("1,00", "EUR"),
        ("1_000", "EUR"),
        ("-", "EUR"),
        ("--1", "EUR"),
        ("-0.00", "EUR"),
        ("1.005", "EUR"),
        ("1.0", "JPY"),
        ("1.2345", "KWD"),
        ("NaN", "EUR"),
        ("0x10", "EUR"),
        ("10000000000.01", "EUR"),
        ("99999999999999999999999999999999999999", "EUR"),
        ("١", "EUR"),
    ] {
        assert!(Money::parse(text, currency(code)).is_err(), "{text:?} was read");
    }
}

#[test]
fn money_travels_as_amount_and_currency() {
    let money = Money::new(5400, currency("USD"));
    let json = serde_json::to_string(&money).unwrap();
    assert_eq!(json, r#"{"amount":"54.00","currency":"USD"}"#);
    assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    assert!(serde_json::from_str::<Money>(r#"{"amount":54.0,"currency":"USD"}"#).is_err());
    assert!(serde_json::from_str::<Money>(r#"{"amount":"54.00","currency":"usd"}"#).is_err());
    assert!(serde_json::from_str::<Money>(r#"{"amount":"54.00","currency":"USD","cents":1}"#).is_err());
}

#[test]
fn ids_are_prefixed_and_round_trip() {
    let id = ActivationId(Uuid::parse_str("0198f2a4-1c6e-7b3a-9d2f-5e8c7a6b4d3e").unwrap());
    let text = id.to_string();
    assert!(text.starts_with("act_"));
    assert_eq!(text.len(), 30);
    assert_eq!(text.parse::<ActivationId>(), Ok(id));
    assert!(text.parse::<ClientId>().is_err());
    assert_eq!(ActivationId(Uuid::max()).to_string().parse::<ActivationId>(), Ok(ActivationId(Uuid::max())));
}

#[test]
fn ids_that_are_not_canonical_are_refused() {
    for text in [
        "",
        "act",
        "act_",
        "act_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "act_01K4KNEBA5PR8V6J2C0D3F7G9H",
        "act_01k4kneba5pr8v6j2c0d3f7g9",
        "act_01k4kneba5pr8v6j2c0d3f7g9hh",
        "act_01k4kneba5pr8v6j2c0d3f7g9l",
    ] {
        assert!(text.parse::<ActivationId>().is_err(), "{text:?} was read");
    }
}

#[test]
fn ids_sort_as_their_uuids() {
    let earlier = ActivationId(Uuid::from_u128(1 << 90));
    let later = ActivationId(Uuid::from_u128((1 << 90) + 1));
    assert!(earlier.to_string() < later.to_string());
}

#[test]
fn words_are_read_as_they_are_written() {
    for interval in BillingInterval::ALL {
        assert_eq!(interval.as_str().parse::<BillingInterval>(), Ok(*interval));
        assert_eq!(serde_json::to_value(interval).unwrap(), interval.as_str());
    }
    assert!("biannual".parse::<BillingInterval>().is_err());
}

#[test]
fn each_role_holds_what_the_role_below_it_holds() {
    let order = [Role::Viewer, Role::Support, Role::Billing, Role::Admin, Role::Owner];
    for pair in order.windows(2) {
        for permission in pair[0].permissions() {
            assert!(pair[1].permissions().contains(permission), "{} lacks {permission}", pair[1]);
        }
    }
    assert!(!Role::Viewer.permissions().contains(&Permission::WalletRead));
    assert!(!Role::Support.permissions().contains(&Permission::ActivationsSpend));
    assert!(!Role::Admin.permissions().contains(&Permission::OwnersManage));
}

proptest::proptest! {
    #[test]
    fn every_amount_is_read_back_as_written(minor in -MAX_MINOR..=MAX_MINOR) {
        for code in ["EUR", "JPY", "KWD"] {
            let money = Money::new(minor, currency(code));
            proptest::prop_assert_eq!(Money::parse(&money.amount(), money.currency), Ok(money));
        }
    }
}
