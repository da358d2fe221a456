//! Examples of the writes of activations and clients, requests and answers, as typed values.

use serde_json::Value;
use shared::dto::client::{CreateClientRequest, PatchClientRequest};
use shared::dto::lifecycle::{
    ActivationChange, BulkActivationsRequest, BulkChange, BulkChangeItem, BulkItem, BulkQuote, BulkQuoteItem,
    ChangeActivationIntervalRequest, CreateActivationRequest, DeactivateActivationRequest, Expected,
    KeepActivationRequest, NextRenewal, PatchActivationRequest, PauseActivationRequest, Quote, QuoteActionRequest,
    QuoteNewActivationRequest, QuotedRunway, RenewActivationRequest, ResumeActivationRequest, RetryActivationRequest,
};
use shared::vocab::{
    ActivationAction, ActivationId, ActivationStatus, BillingInterval, ClientId, LedgerEntryId, ProductId, RunwayState,
    TakesEffect,
};

use super::examples::{activation, activation_row, day, euro, id, json, moment};
use shared::dto::activation::Period;

/// What an operation answers.
pub fn of(operation_id: &str) -> Option<Value> {
    match operation_id {
        "quote_new_activation" | "quote_activation" => json(&quote()?),
        "create_activation"
        | "renew_activation"
        | "pause_activation"
        | "resume_activation"
        | "deactivate_activation"
        | "keep_activation"
        | "change_activation_interval"
        | "retry_activation"
        | "patch_activation" => json(&change()?),
        "quote_bulk_activations" => json(&BulkQuote {
            as_of: moment(0, 14),
            items: vec![BulkQuoteItem { activation_id: ActivationId(id(2)), quote: quote(), problem: None }],
            possible: 1,
            amount: euro(2_900)?,
            balance_before: euro(43_210),
            balance_after: euro(40_310),
        }),
        "change_bulk_activations" => json(&BulkChange {
            items: vec![BulkChangeItem {
                activation_id: ActivationId(id(2)),
                activation: activation_row(),
                amount: euro(2_900),
                ledger_entry_ids: vec![LedgerEntryId(id(5))],
                problem: None,
            }],
            succeeded: 1,
            amount: euro(2_900)?,
            balance: euro(40_310),
        }),
        _ => None,
    }
}

/// What an operation is sent.
pub fn sent_to(operation_id: &str) -> Option<Value> {
    let expected = expected();
    let reason = Some("Client asked: office closed".to_owned());
    match operation_id {
        "quote_new_activation" => json(&QuoteNewActivationRequest {
            product_id: ProductId(id(1)),
            billing_interval: BillingInterval::Monthly,
            auto_renew: true,
        }),
        "create_activation" => json(&CreateActivationRequest {
            client_id: ClientId(id(3)),
            product_id: ProductId(id(1)),
            billing_interval: BillingInterval::Monthly,
            auto_renew: true,
            priority: 5,
            external_reference: Some("HD-2093".to_owned()),
            notes: None,
            expected,
        }),
        "quote_activation" => json(&QuoteActionRequest {
            action: ActivationAction::ChangeInterval,
            takes_effect: Some(TakesEffect::Now),
            billing_interval: Some(BillingInterval::Yearly),
        }),
        "renew_activation" => json(&RenewActivationRequest { expected }),
        "pause_activation" => {
            json(&PauseActivationRequest { resume_at: None, resume_on: Some(day(20)), reason, expected: None })
        }
        "resume_activation" => json(&ResumeActivationRequest { reason: None, expected: None }),
        "deactivate_activation" => json(&DeactivateActivationRequest {
            takes_effect: TakesEffect::PeriodEnd,
            reason: Some("Client left".to_owned()),
            expected: None,
        }),
        "keep_activation" => json(&KeepActivationRequest { reason: Some("Client stays".to_owned()), expected: None }),
        "change_activation_interval" => json(&ChangeActivationIntervalRequest {
            billing_interval: BillingInterval::Yearly,
            takes_effect: TakesEffect::PeriodEnd,
            expected: None,
        }),
        "retry_activation" => json(&RetryActivationRequest { expected }),
        "patch_activation" => json(&PatchActivationRequest { auto_renew: Some(false), priority: Some(1) }),
        "quote_bulk_activations" | "change_bulk_activations" => json(&BulkActivationsRequest {
            action: ActivationAction::Renew,
            takes_effect: None,
            billing_interval: None,
            resume_on: None,
            reason: None,
            items: vec![BulkItem { activation_id: ActivationId(id(2)), expected }],
        }),
        "create_client" => json(&CreateClientRequest {
            name: "Café Lindenhof".to_owned(),
            email: Some("hallo@cafe-lindenhof.example".to_owned()),
            external_reference: Some("C-1041".to_owned()),
            notes: None,
        }),
        "patch_client" => json(&PatchClientRequest {
            email: Some(Some("post@cafe-lindenhof.example".to_owned())),
            notes: Some(None),
            ..PatchClientRequest::default()
        }),
        _ => None,
    }
}

fn expected() -> Option<Expected> {
    Some(Expected { amount: euro(2_900)?, period_start_on: Some(day(12)) })
}

fn quote() -> Option<Quote> {
    Some(Quote {
        as_of: moment(0, 14),
        amount: euro(2_900)?,
        price: euro(2_900),
        credit: euro(0)?,
        period: Some(Period { start_on: day(12), end_on: day(43) }),
        due_first: euro(0)?,
        status_before: Some(ActivationStatus::Active),
        status: ActivationStatus::Active,
        effective_on: day(0),
        paid_until_before_on: Some(day(12)),
        paid_until_on: Some(day(43)),
        next_renewal: Some(NextRenewal {
            renews_on: day(43),
            amount: euro(2_900)?,
            billing_interval: BillingInterval::Monthly,
        }),
        ends_on: None,
        balance_before: euro(43_210),
        balance_after: euro(40_310),
        shortfall: None,
        runway: Some(QuotedRunway {
            state: RunwayState::Short,
            covered_until_on: Some(day(31)),
            first_shortfall_on: Some(day(32)),
            first_shortfall: euro(6_190),
        }),
    })
}

fn change() -> Option<ActivationChange> {
    Some(ActivationChange {
        activation: activation()?,
        amount: euro(2_900)?,
        ledger_entry_ids: vec![LedgerEntryId(id(5))],
        balance: euro(40_310),
    })
}
