//! How money arrives. One provider looks after each top-up; so far there is the manual one, where a person looks at the
//! bank account.

use shared::vocab::{Money, TopUpId, TopUpMethod};

/// Sees to it that the money of a top-up arrives, and knows when it has.
pub trait PaymentProvider: std::fmt::Debug + Send + Sync {
    /// The name that a top-up is kept under; it never changes.
    fn name(&self) -> &'static str;

    /// Whether it takes payments of this kind.
    fn takes(&self, method: TopUpMethod) -> bool;

    /// What ties the payment to the top-up, such as the text on a transfer.
    fn payment_reference(&self, id: TopUpId) -> String;

    /// What the reseller does next, in words.
    fn instructions(&self, method: TopUpMethod, amount: Money, payment_reference: &str) -> String;

    /// Whether an operator says that the money came. Where not, the provider itself does.
    fn is_settled_by_hand(&self) -> bool;
}

/// A person looks whether the money came.
#[derive(Debug)]
pub struct Manual;

impl PaymentProvider for Manual {
    fn name(&self) -> &'static str {
        "manual"
    }

    fn takes(&self, method: TopUpMethod) -> bool {
        matches!(method, TopUpMethod::BankTransfer | TopUpMethod::Cash | TopUpMethod::Other)
    }

    fn payment_reference(&self, id: TopUpId) -> String {
        // The random end of the id: short enough to be typed, long enough not to meet another.
        let text = id.to_string().to_uppercase();
        format!("RP-{}", &text[text.len() - 10..])
    }

    fn instructions(&self, method: TopUpMethod, amount: Money, payment_reference: &str) -> String {
        let what = match method {
            TopUpMethod::BankTransfer => format!("Transfer {amount} with the reference {payment_reference}."),
            TopUpMethod::Cash => format!("Hand over {amount} and name the reference {payment_reference}."),
            TopUpMethod::Other => {
                format!("Pay {amount} as agreed with the operator and name the reference {payment_reference}.")
            }
        };
        format!("{what} It is on the wallet as soon as the operator has seen it.")
    }

    fn is_settled_by_hand(&self) -> bool {
        true
    }
}

/// Every provider there is, the preferred first.
const PROVIDERS: [&dyn PaymentProvider; 1] = [&Manual];

/// The first provider that takes payments of this kind.
pub fn taking(method: TopUpMethod) -> Option<&'static dyn PaymentProvider> {
    PROVIDERS.into_iter().find(|provider| provider.takes(method))
}

/// The provider of this name.
pub fn named(name: &str) -> Option<&'static dyn PaymentProvider> {
    PROVIDERS.into_iter().find(|provider| provider.name() == name)
}

#[cfg(test)]
mod tests {
    use shared::vocab::Currency;

    use super::*;

    #[test]
    fn every_method_has_a_provider_that_says_what_to_do() {
        let id = TopUpId(uuid::Uuid::from_u128(0x019a_aa70_5c00_7000_8000_1234_5678_9abc));
        let amount = Money::new(12_345, Currency::from_code("EUR").unwrap());
        for method in TopUpMethod::ALL {
            let provider = taking(*method).unwrap();
            assert_eq!(named(provider.name()).unwrap().name(), provider.name());
            let reference = provider.payment_reference(id);
            assert_eq!(reference.len(), 13);
            let text = provider.instructions(*method, amount, &reference);
            assert!(text.contains("123.45 EUR") && text.contains(&reference), "{text}");
        }
        assert!(named("carrier pigeon").is_none());
    }
}
