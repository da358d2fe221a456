//! `/operator/resellers`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use shared::dto::ledger::LedgerEntry;
use shared::dto::operator::{AdjustmentRequest, OperatorReseller, UnblockWalletRequest};
use shared::dto::page::Page;
use shared::dto::wallet::LedgerProof;
use shared::vocab::ResellerId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::dto;
use super::service::{self, Adjustment, MAX_REASON};
use crate::app::State;
use crate::auth::{Operator, Reseller};
use crate::error::Error;
use crate::features::accounts::service as accounts;
use crate::features::lifecycle::service::Context;
use crate::features::{ledger_entries, wallet};
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, JsonBody, NoParameters, Reply, RequestId, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_resellers)
        .service(get_reseller)
        .service(create_adjustment)
        .service(get_operator_proof)
        .service(unblock_wallet);
}

async fn reseller_at(state: &State, id: &str) -> Result<Reseller, Error> {
    let id: ResellerId = id.parse().map_err(|_| Error::not_found())?;
    accounts::get_reseller(&state.db, id).await
}

/// The page of the resellers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListResellers {
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// The resellers.
#[utoipa::path(tag = "operator", operation_id = "list_resellers", summary = "List resellers",
    description = "A page of the resellers, the newest first, each with its balance and whether its wallet is blocked. For \
                   operators.",
    params(ListResellers),
    responses((status = 200, description = "A page of resellers.", body = Page<OperatorReseller>)))]
#[get("/api/v1/operator/resellers")]
async fn list_resellers(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<ListResellers>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_resellers";
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| service::list(tx, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(list, direction, limit, rows, |seen| seen.row.id)?;
    etag::json_of_state(&request, &page.with(None, dto::reseller))
}

/// One reseller.
#[utoipa::path(tag = "operator", operation_id = "get_reseller", summary = "Get a reseller",
    description = "One reseller with its balance and whether its wallet is blocked. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id.")),
    responses((status = 200, description = "The reseller.", body = OperatorReseller)))]
#[get("/api/v1/operator/resellers/{id}")]
async fn get_reseller(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let id: ResellerId = id.parse().map_err(|_| Error::not_found())?;
    let seen = state.db.read(async |tx| service::get(tx, id).await).await?;
    etag::json_of_state(&request, &dto::reseller(seen))
}

/// Correct a balance.
#[utoipa::path(tag = "operator", operation_id = "create_adjustment", summary = "Correct a balance",
    description = "Puts money on a reseller's wallet or takes it out, with a reason that the reseller reads. It cannot take \
                   more than there is. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id.")),
    request_body(content = AdjustmentRequest, description = "By how much, and why.",
        example = json!({"amount": {"amount": "5.00", "currency": "EUR"}, "reason": "Goodwill for the outage of 3 March."})),
    responses((status = 201, description = "The entry.", body = LedgerEntry)))]
#[post("/api/v1/operator/resellers/{id}/adjustments")]
async fn create_adjustment(
    state: web::Data<State>,
    operator: Operator,
    id: web::Path<String>,
    call: Idempotent<AdjustmentRequest>,
) -> Result<HttpResponse, Error> {
    let (reseller, body) = (reseller_at(&state, &id).await?, &call.body);
    let (amount, corrects_entry_id) = (body.amount, body.corrects_entry_id);
    let asked = Adjustment { amount, reason: body.reason.clone(), corrects_entry_id };
    let (now, request_id) = (state.clock.now(&reseller), Some(call.request_id()));
    let context = Context { request_id, ..Context::new(&reseller, now, &operator.actor) };
    let work = async |tx: &_| {
        let row = service::adjust(tx, &context, &asked).await?;
        Reply::created(&ledger_entries::dto::entry(&reseller, row))
    };
    let answer = call.perform(&state, reseller.id, work).await?;
    service::after_credit(&state.db, &state.clock, &reseller, request_id).await?;
    Ok(answer)
}

/// Prove a reseller's books.
#[utoipa::path(tag = "operator", operation_id = "get_operator_proof", summary = "Prove a reseller's books",
    description = "The same proof as the reseller reads at `/wallet/proof`. A difference blocks the wallet. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id.")),
    responses((status = 200, description = "What was found.", body = LedgerProof)))]
#[get("/api/v1/operator/resellers/{id}/proof")]
async fn get_operator_proof(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = reseller_at(&state, &id).await?;
    let proven = wallet::service::prove(&state.db, &state.clock, &reseller).await?;
    etag::json_of_state(&request, &wallet::dto::proof(&reseller, proven))
}

/// Lift a block.
#[utoipa::path(tag = "operator", operation_id = "unblock_wallet", summary = "Lift the block of a wallet",
    description = "Proves the books once more and lifts the block if they agree; what was in grace gets the time back, and \
                   what is due is done at once. Books that do not agree are 409 `wallet_blocked`, a wallet that is not blocked \
                   is 409 `invalid_transition`. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id.")),
    request_body(content = UnblockWalletRequest, description = "What had happened.",
        example = json!({"reason": "Entry 214 was restored from the backup."})),
    responses((status = 200, description = "The reseller.", body = OperatorReseller)))]
#[post("/api/v1/operator/resellers/{id}/unblock-wallet")]
async fn unblock_wallet(
    state: web::Data<State>,
    operator: Operator,
    request_id: RequestId,
    id: web::Path<String>,
    JsonBody(body): JsonBody<UnblockWalletRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = reseller_at(&state, &id).await?;
    let reason = accounts::checked_text(&body.reason, "/reason", MAX_REASON)?;
    let by = (&operator.actor, &*reason);
    wallet::service::unblock(&state.db, &state.clock, &reseller, by, Some(&request_id.0)).await?;
    let seen = state.db.read(async |tx| service::get(tx, reseller.id).await).await?;
    Ok(HttpResponse::Ok().json(dto::reseller(seen)))
}
