//! The operations that move money, each with what it needs beforehand: what M4 ends the program in the middle of.

use api::auth::Actor;
use api::db::WriteTx;
use api::error::Error;
use api::features::lifecycle::service::{self as lifecycle, Context, NewActivation};
use api::features::top_ups::service as top_ups;
use chrono::{DateTime, Utc};
use serde_json::json;
use shared::paths;
use shared::vocab::{
    ActivationAction, ActivationId, BillingInterval, Money, ProductId, TakesEffect, TopUpId, TopUpMethod,
};

use crate::stand::{Account, Stand, at};

/// How the program is asked.
#[derive(Debug, Clone)]
pub enum Ask {
    /// Over HTTP: a path, a body.
    Http(String, String),
    /// As a command.
    Command(Vec<String>),
}

/// An operation, by name, and what has to be there for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Activate,
    Renew,
    PauseSettledFirst,
    ResumeCharged,
    DeactivateNow,
    DeactivateAtPeriodEnd,
    Keep,
    ChangeIntervalNow,
    Bulk,
    SettleTopUp,
    RenewDue,
}

use Operation as O;

impl Operation {
    /// All of them.
    pub const ALL: [Self; 11] = [
        O::Activate,
        O::Renew,
        O::PauseSettledFirst,
        O::ResumeCharged,
        O::DeactivateNow,
        O::DeactivateAtPeriodEnd,
        O::Keep,
        O::ChangeIntervalNow,
        O::Bulk,
        O::SettleTopUp,
        O::RenewDue,
    ];

    /// Whether it is several transactions, between which it may stop.
    pub fn has_steps(self) -> bool {
        matches!(self, O::SettleTopUp)
    }

    /// Makes what it needs, and says how it is asked for.
    pub async fn prepare(self, stand: &Stand, account: &Account, product: ProductId) -> Ask {
        let action =
            |id, action, body: serde_json::Value| Ask::Http(paths::activation_action(id, action), body.to_string());
        let since = async |moment: &str| put_in_service(stand, account, product, moment).await;
        match self {
            O::Activate => {
                let body =
                    json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"});
                Ask::Http(paths::ACTIVATIONS.to_owned(), body.to_string())
            }
            O::Renew => action(since("2026-11-15T09:00:00Z").await, ActivationAction::Renew, json!({})),
            O::PauseSettledFirst => action(since("2026-10-10T09:00:00Z").await, ActivationAction::Pause, json!({})),
            O::ResumeCharged => {
                let id = since("2026-10-10T09:00:00Z").await;
                let pause = async |tx: &WriteTx, context: Context<'_>| {
                    lifecycle::pause(tx, &context, id, None, None).await.map(drop)
                };
                act(stand, account, "2026-10-12T09:00:00Z", pause).await;
                action(id, ActivationAction::Resume, json!({}))
            }
            O::DeactivateNow => {
                let id = since("2026-11-20T09:00:00Z").await;
                action(id, ActivationAction::Deactivate, json!({"takes_effect": TakesEffect::Now}))
            }
            O::DeactivateAtPeriodEnd => {
                let id = since("2026-11-15T09:00:00Z").await;
                action(id, ActivationAction::Deactivate, json!({"takes_effect": TakesEffect::PeriodEnd}))
            }
            O::Keep => {
                let id = since("2026-11-15T09:00:00Z").await;
                let end = async |tx: &WriteTx, context: Context<'_>| {
                    lifecycle::deactivate(tx, &context, id, TakesEffect::PeriodEnd).await.map(drop)
                };
                act(stand, account, "2026-11-16T09:00:00Z", end).await;
                action(id, ActivationAction::Keep, json!({}))
            }
            O::ChangeIntervalNow => {
                let body = json!({"billing_interval": BillingInterval::Yearly, "takes_effect": TakesEffect::Now});
                action(since("2026-11-15T09:00:00Z").await, ActivationAction::ChangeInterval, body)
            }
            O::Bulk => {
                let ids = [since("2026-11-15T09:00:00Z").await, since("2026-11-16T09:00:00Z").await];
                let items: Vec<_> = ids.iter().map(|id| json!({"activation_id": id})).collect();
                let body = json!({"action": ActivationAction::Renew, "items": items});
                Ask::Http(paths::ACTIVATIONS_BULK.to_owned(), body.to_string())
            }
            O::SettleTopUp => {
                let id = short_of_money(stand, account, product).await;
                Ask::Command(["top-up".to_owned(), "settle".to_owned(), id.to_string()].into())
            }
            O::RenewDue => {
                for moment in ["2026-09-10T09:00:00Z", "2026-10-11T09:00:00Z", "2026-10-12T09:00:00Z"] {
                    since(moment).await;
                }
                let reseller = account.reseller.id.to_string();
                Ask::Command(["renew-due".to_owned(), "--reseller".to_owned(), reseller].into())
            }
        }
    }
}

/// A renewal in grace, and a top-up on its way that covers it.
async fn short_of_money(stand: &Stand, account: &Account, product: ProductId) -> TopUpId {
    put_in_service(stand, account, product, "2026-10-20T09:00:00Z").await;
    let left = stand.balance(account).await;
    let fail = async |tx: &WriteTx, context: Context<'_>| {
        lifecycle::adjust(tx, &context, -left, "Spent", None).await?;
        lifecycle::run_due(tx, &context).await.map(drop)
    };
    act(stand, account, "2026-11-20T09:00:00Z", fail).await;
    let asked = top_ups::Request {
        amount: Money::new(500_000, account.reseller.currency),
        method: TopUpMethod::BankTransfer,
        reference: None,
    };
    let (actor, now) = (Actor::system(), at("2026-11-21T09:00:00Z"));
    let context = Context::new(&account.reseller, now, &actor);
    let write = async |tx: &WriteTx| top_ups::request(tx, &context, &asked).await;
    TopUpId(stand.db.write(account.reseller.id, write).await.unwrap().id)
}

async fn put_in_service(stand: &Stand, account: &Account, product_id: ProductId, moment: &str) -> ActivationId {
    let new = NewActivation {
        id: None,
        client_id: account.client_id,
        product_id,
        interval: BillingInterval::Monthly,
        auto_renew: true,
        priority: 5,
        price_id: None,
        external_reference: None,
        notes: None,
    };
    let (actor, now): (_, DateTime<Utc>) = (Actor::system(), at(moment));
    let context = Context::new(&account.reseller, now, &actor);
    let write = async |tx: &WriteTx| lifecycle::activate(tx, &context, &new).await;
    stand.db.write(account.reseller.id, write).await.unwrap().id
}

async fn act(
    stand: &Stand,
    account: &Account,
    moment: &str,
    action: impl AsyncFn(&WriteTx, Context<'_>) -> Result<(), Error>,
) {
    let (actor, now) = (Actor::system(), at(moment));
    let context = Context::new(&account.reseller, now, &actor);
    stand.db.write(account.reseller.id, async |tx| action(tx, context).await).await.unwrap();
}
