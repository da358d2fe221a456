//! Amounts as people type them.

use shared::vocab::{Currency, Money};

/// An amount above zero. A comma is what much of the world writes before the decimals; before three digits it may as well
/// part the thousands, so that is not taken for either.
pub fn amount(text: &str, currency: Currency) -> Option<Money> {
    let text = text.trim();
    if text.split_once(',').is_some_and(|(_, after)| after.len() == 3) {
        return None;
    }
    let amount = Money::parse(&text.replace(',', "."), currency).ok()?;
    (amount.minor > 0).then_some(amount)
}

/// What is said of anything else, with an amount of the currency as an example.
pub fn wrong_amount(currency: Currency) -> String {
    let example = Money::new(10_i64.pow(currency.digits()).saturating_mul(100), currency);
    format!("Write an amount above zero, such as {}.", example.amount())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, code: &str) -> Option<i64> {
        amount(text, Currency::from_code(code).unwrap()).map(|amount| amount.minor)
    }

    #[test]
    fn a_comma_stands_before_decimals_but_never_between_thousands() {
        assert_eq!(["99,50", " 99.5", "100"].map(|text| read(text, "EUR")), [Some(9_950), Some(9_950), Some(10_000)]);
        assert_eq!(["1,000", "1.000", "1,00"].map(|text| read(text, "KWD")), [None, Some(1_000), Some(1_000)]);
        assert_eq!(["10,000", "10000", "1,0"].map(|text| read(text, "JPY")), [None, Some(10_000), None]);
        assert_eq!(["0", "-1", "", "ten", "1,000.00"].map(|text| read(text, "EUR")), [None; 5]);
    }

    #[test]
    fn the_example_is_an_amount_of_the_currency() {
        for (code, example) in [("EUR", "100.00"), ("JPY", "100"), ("KWD", "100.000")] {
            let currency = Currency::from_code(code).unwrap();
            assert!(wrong_amount(currency).ends_with(&format!("such as {example}.")), "{code}");
            assert!(amount(example, currency).is_some());
        }
    }
}
