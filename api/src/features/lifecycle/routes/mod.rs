//! The writes of `/activations`, and the quotes before them.

mod actions;
mod bulk;
mod creating;
mod quotes;
mod settings;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use shared::dto::activation::Activation;
use shared::dto::lifecycle::{ActivationChange, Expected};
use shared::vocab::{ActivationId, Permission};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{self, Terms};
use super::service::{self, Context, Done, Quoted, Request};
use crate::app::State;
use crate::auth::{Caller, Reseller};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::activations::{self, service::Detail};
use crate::features::forecast::service::outlook_with;
use crate::http::{Idempotent, Reply};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    // Before those with an id in the same place.
    bulk::register(app);
    quotes::register(app);
    creating::register(app);
    actions::register(app);
    settings::register(app);
}

/// What happens now because a request asked for it.
fn context<'a, P>(
    caller: &'a Caller<P>,
    now: DateTime<Utc>,
    request_id: &'a str,
    idempotency_key: Option<&'a str>,
) -> Context<'a> {
    let request_id = Some(request_id);
    Context { request_id, idempotency_key, ..Context::new(caller.reseller(), now, &caller.actor) }
}

/// One action on one activation: the body of every handler in `actions`.
async fn act<P, T>(
    state: &State,
    caller: &Caller<P>,
    id: &str,
    call: &Idempotent<T>,
    expected: Option<&Expected>,
    ask: impl Fn(&Reseller, DateTime<Utc>) -> Result<Request, Error>,
) -> Result<HttpResponse, Error> {
    let id: ActivationId = id.parse().map_err(|_| Error::not_found())?;
    let reseller = caller.reseller();
    let terms = Terms::of(caller, expected);
    let check = |quoted: &Quoted| terms.check(quoted);
    call.perform(state, reseller.id, async |tx| {
        let now = state.clock.now(reseller);
        let context = context(caller, now, call.request_id(), Some(call.key()));
        let request = ask(reseller, now)?;
        let agree = terms.are_open().then_some(&check as _);
        let done = service::perform(tx, &context, id, &request, agree).await?;
        Reply::ok(&answer(tx, caller, now, &done).await?)
    })
    .await
}

/// The activation as `get_activation` answers it; tags are made from all of it.
async fn read<P>(tx: &WriteTx, caller: &Caller<P>, now: DateTime<Utc>, id: ActivationId) -> Result<Activation, Error> {
    let detail = activations::service::get(tx.connection(), caller.reseller(), now, id).await?;
    let balance_minor = service::balance_minor(tx, caller.reseller().id).await?;
    show(tx, caller, now, detail, balance_minor).await
}

/// Adds whether the next renewal is covered, for who sees money.
async fn show<P>(
    tx: &WriteTx,
    caller: &Caller<P>,
    now: DateTime<Utc>,
    mut detail: Detail,
    balance_minor: i64,
) -> Result<Activation, Error> {
    let (reseller, sees_money) = (caller.reseller(), caller.may(Permission::WalletRead));
    if sees_money {
        let outlook = outlook_with(tx.connection(), reseller, now, balance_minor).await?;
        let row = std::slice::from_mut(&mut detail.row);
        activations::service::show_cover(tx.connection(), reseller, &outlook, row).await?;
    }
    Ok(activations::dto::activation(reseller, reseller.date_of(now), detail, sees_money))
}

/// What a write did, with the activation and the balance as they are afterwards.
async fn answer<P>(
    tx: &WriteTx,
    caller: &Caller<P>,
    now: DateTime<Utc>,
    done: &Done,
) -> Result<ActivationChange, Error> {
    let detail = activations::service::get(tx.connection(), caller.reseller(), now, done.activation.id).await?;
    let activation = show(tx, caller, now, detail, done.balance_minor).await?;
    Ok(dto::change(caller.reseller(), activation, done, caller.may(Permission::WalletRead)))
}
