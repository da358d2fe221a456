//! What was answered so far. Kept for this tab, so that leaving and coming back goes on where one was.

use serde::{Deserialize, Serialize};
use shared::vocab::{BillingInterval, ClientId, ProductId};

use crate::api::transport;
use crate::places::Step;

const KEY: &str = "resellportal-activate";

/// The answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Which product.
    pub product: Option<Chosen<ProductId>>,
    /// For whom.
    pub client: Option<Chosen<ClientId>>,
    /// How often it is paid.
    pub billing_interval: Option<BillingInterval>,
    /// Whether it renews by itself.
    pub auto_renew: bool,
}

/// Something chosen, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

impl Default for Draft {
    fn default() -> Self {
        Self { product: None, client: None, billing_interval: None, auto_renew: true }
    }
}

impl Draft {
    /// What this tab kept.
    pub fn load() -> Self {
        let text = storage().and_then(|storage| storage.get_item(KEY).ok()?);
        text.and_then(|text| transport::parse(&text).ok()).unwrap_or_default()
    }

    /// Keeps it.
    pub fn save(&self) {
        if let (Some(storage), Ok(text)) = (storage(), transport::write(self)) {
            // Without storage the next step asks again.
            let _ = storage.set_item(KEY, &text);
        }
    }

    /// The first step that was not answered and comes before `step`.
    pub fn missing_before(&self, step: Step) -> Option<Step> {
        let answered = [
            (Step::Product, self.product.is_some()),
            (Step::Client, self.client.is_some()),
            (Step::Price, self.billing_interval.is_some()),
        ];
        let before = answered.into_iter().take_while(|(known, _)| *known != step);
        before.into_iter().find(|(_, is_answered)| !is_answered).map(|(known, _)| known)
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The address of a step.
pub const fn path_of(step: Step) -> &'static str {
    match step {
        Step::Product => "/activate/product",
        Step::Client => "/activate/client",
        Step::Price => "/activate/price",
        Step::Review => "/activate/review",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_needs_the_answers_before_it() {
        let mut draft = Draft::default();
        assert_eq!(draft.missing_before(Step::Product), None);
        assert_eq!(draft.missing_before(Step::Review), Some(Step::Product));
        let id = "prd_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
        draft.product = Some(Chosen { id, name: "AI Writer".to_owned() });
        assert_eq!(draft.missing_before(Step::Client), None);
        assert_eq!(draft.missing_before(Step::Price), Some(Step::Client));
    }
}
