//! One action on many activations, each for itself.

use std::cell::RefCell;

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use shared::dto::lifecycle::{
    BulkActivationsRequest, BulkChange, BulkChangeItem, BulkItem, BulkQuote, BulkQuoteItem, Quote,
};
use shared::vocab::{ActivationAction, Permission};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::dto::{self, Terms};
use super::super::service::{self, Context, Done, Quoted, Request};
use super::context;
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::activations;
use crate::http::{Idempotent, JsonBody, Reply, RequestId, no_store};

/// Registers the operations.
pub(super) fn register(app: &mut ServiceConfig) {
    app.service(quote_bulk_activations).service(change_bulk_activations);
}

/// What one activation's turn came to, and what it would have been told before.
struct Turn {
    outcome: Result<Done, Error>,
    quote: Option<Quote>,
}

/// One activation's turn: what it refuses is undone and does not hold up the others.
async fn take_turn<P>(
    tx: &WriteTx,
    caller: &Caller<P>,
    context: &Context<'_>,
    item: &BulkItem,
    request: &Request,
) -> Result<Turn, Error> {
    let terms = Terms::of(caller, item.expected.as_ref());
    let seen = RefCell::new(None);
    let check = |quoted: &Quoted| {
        seen.replace(Some(dto::quote(caller.reseller(), quoted, caller.may(Permission::WalletRead))));
        terms.check(quoted)
    };
    let work = async |tx: &WriteTx| service::perform(tx, context, item.activation_id, request, Some(&check)).await;
    let outcome = tx.savepoint(work).await;
    match outcome {
        Err(error) if error.is_fault() => Err(error),
        outcome => Ok(Turn { outcome, quote: seen.take() }),
    }
}

/// What one action on many activations would do.
#[utoipa::path(tag = "activations", operation_id = "quote_bulk_activations", summary = "Quote an action on many activations",
    description = "What the action would do to each of up to 100 activations, one after the other in the order given, so that \
                   the balance runs out where it would. Stores nothing. Needs `activations_read`.",
    request_body(content = BulkActivationsRequest, description = "Which action, on which activations."),
    responses((status = 200, description = "A quote or a problem for each.", body = BulkQuote)))]
#[post("/api/v1/activations/bulk/quote")]
async fn quote_bulk_activations(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    request_id: RequestId,
    JsonBody(body): JsonBody<BulkActivationsRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let now = state.clock.now(reseller);
    let request = dto::bulk(&body, reseller, now)?;
    let context = context(&caller, now, &request_id.0, None);
    let quote = async |tx: &WriteTx| {
        let mut quoted = BulkQuoted::new(service::balance_minor(tx, reseller.id).await?);
        for item in &body.items {
            let turn = take_turn(tx, &caller, &context, item, &request).await?;
            quoted.add(item, turn, &request_id.0);
        }
        quoted.balance_after_minor = service::balance_minor(tx, reseller.id).await?;
        Ok(quoted)
    };
    let quoted = state.db.rehearse(reseller.id, quote).await?;
    Ok(no_store(&quoted.answer(&caller, now)))
}

struct BulkQuoted {
    items: Vec<BulkQuoteItem>,
    amount_minor: i64,
    balance_before_minor: i64,
    balance_after_minor: i64,
}

impl BulkQuoted {
    fn new(balance_minor: i64) -> Self {
        let (balance_before_minor, balance_after_minor) = (balance_minor, balance_minor);
        Self { items: Vec::new(), amount_minor: 0, balance_before_minor, balance_after_minor }
    }

    fn add(&mut self, item: &BulkItem, turn: Turn, request_id: &str) {
        let activation_id = item.activation_id;
        let (quote, problem) = match turn.outcome {
            Ok(done) => {
                self.amount_minor += done.amount_minor;
                (turn.quote, None)
            }
            Err(error) => (None, Some(error.problem(request_id))),
        };
        self.items.push(BulkQuoteItem { activation_id, quote, problem });
    }

    fn answer<P>(self, caller: &Caller<P>, as_of: DateTime<Utc>) -> BulkQuote {
        let (reseller, sees_money) = (caller.reseller(), caller.may(Permission::WalletRead));
        BulkQuote {
            as_of,
            possible: count(self.items.iter().filter(|item| item.problem.is_none())),
            items: self.items,
            amount: reseller.money(self.amount_minor),
            balance_before: sees_money.then(|| reseller.money(self.balance_before_minor)),
            balance_after: sees_money.then(|| reseller.money(self.balance_after_minor)),
        }
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

/// One action on many activations.
#[utoipa::path(tag = "activations", operation_id = "change_bulk_activations", summary = "Act on many activations",
    description = "The action on each of up to 100 activations, one after the other in the order given, each for itself: what \
                   one refuses is told with it and does not hold up the others. Needs `activations_pause`, and \
                   `activations_spend` for everything but pausing and resuming for free.",
    request_body(content = BulkActivationsRequest, description = "Which action, on which activations."),
    responses((status = 200, description = "What became of each.", body = BulkChange)))]
#[post("/api/v1/activations/bulk")]
async fn change_bulk_activations(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsPause>,
    call: Idempotent<BulkActivationsRequest>,
) -> Result<HttpResponse, Error> {
    let (reseller, body) = (caller.reseller(), &call.body);
    if !matches!(body.action, ActivationAction::Pause | ActivationAction::Resume) {
        caller.require(Permission::ActivationsSpend)?;
    }
    call.perform(&state, reseller.id, async |tx| {
        let now = state.clock.now(reseller);
        let request = dto::bulk(body, reseller, now)?;
        let mut context = context(&caller, now, call.request_id(), Some(call.key()));
        let (mut items, mut amount_minor) = (Vec::with_capacity(body.items.len()), 0);
        for item in &body.items {
            let outcome = take_turn(tx, &caller, &context, item, &request).await?.outcome;
            if let Ok(done) = &outcome {
                amount_minor += done.amount_minor;
                // The key stands for the whole request; only its first entry can carry it.
                context.idempotency_key = context.idempotency_key.filter(|_| done.ledger_entry_ids.is_empty());
            }
            items.push(changed(tx, &caller, now, item, outcome, call.request_id()).await?);
        }
        let succeeded = count(items.iter().filter(|item| item.problem.is_none()));
        let balance_minor = service::balance_minor(tx, reseller.id).await?;
        let balance = caller.may(Permission::WalletRead).then(|| reseller.money(balance_minor));
        let change = BulkChange { items, succeeded, amount: reseller.money(amount_minor), balance };
        Ok(Reply::ok(&change)?.with_effect(succeeded > 0))
    })
    .await
}

async fn changed<P>(
    tx: &WriteTx,
    caller: &Caller<P>,
    now: DateTime<Utc>,
    item: &BulkItem,
    outcome: Result<Done, Error>,
    request_id: &str,
) -> Result<BulkChangeItem, Error> {
    let (reseller, activation_id) = (caller.reseller(), item.activation_id);
    match outcome {
        Ok(done) => {
            let row = activations::service::find_row(tx.connection(), reseller, activation_id).await?;
            Ok(BulkChangeItem {
                activation_id,
                activation: row.map(|row| activations::dto::row(reseller, reseller.date_of(now), &row)),
                amount: Some(reseller.money(done.amount_minor)),
                ledger_entry_ids: done.ledger_entry_ids,
                problem: None,
            })
        }
        Err(error) => Ok(BulkChangeItem {
            activation_id,
            activation: None,
            amount: None,
            ledger_entry_ids: Vec::new(),
            problem: Some(error.problem(request_id)),
        }),
    }
}
