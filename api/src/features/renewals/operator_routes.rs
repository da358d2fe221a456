//! `/operator/renewal-runs` and `/operator/held-renewals`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use shared::dto::page::Page;
use shared::dto::renewal_run::{HeldRenewals, OperatorRenewalRun, ReleaseHeldRequest};
use shared::vocab::{ResellerId, RunTrigger};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::routes::ListRenewalRuns;
use super::{dto, held, service, store};
use crate::app::State;
use crate::auth::Operator;
use crate::error::Error;
use crate::features::accounts::service::get_reseller;
use crate::features::lifecycle::service::Context;
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, NoParameters, Reply, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_operator_renewal_runs).service(list_held_renewals).service(release_held_renewals);
}

/// What everybody's renewal runs did.
#[utoipa::path(tag = "operator", operation_id = "list_operator_renewal_runs", summary = "List everybody's renewal runs",
    description = "What the runs over all resellers' renewals did, the newest first: due, charged, short, failed, held, and how \
                   long it took. For operators.",
    params(ListRenewalRuns),
    responses((status = 200, description = "A page of runs.", body = Page<OperatorRenewalRun>)))]
#[get("/api/v1/operator/renewal-runs")]
async fn list_operator_renewal_runs(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<ListRenewalRuns>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_operator_renewal_runs";
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let read = async |tx: &_| store::list_runs(tx, None, edge.as_ref(), u64::from(limit) + 1).await;
    let rows = state.db.read(read).await?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let page = state.cursors.page(list, direction, limit, rows, |row| row.id)?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in &page.items {
        let reseller = get_reseller(&state.db, ResellerId(row.reseller_id)).await?;
        let run = dto::run(reseller.currency, row, true);
        items.push(OperatorRenewalRun { reseller_id: reseller.id, reseller_name: reseller.name, run });
    }
    etag::json_of_state(&request, &Page { items, page: page.page })
}

/// What is held.
#[utoipa::path(tag = "operator", operation_id = "list_held_renewals", summary = "List what is held",
    description = "The resellers of whom activations are held because more than three periods were due at once, which looks like a \
                   wrong clock. They stay in service and are not charged until they are released. `due` is what a release charges \
                   of all that is due, as far as the balance reaches. For operators.",
    params(ListRenewalRuns),
    responses((status = 200, description = "A page of resellers.", body = Page<HeldRenewals>)))]
#[get("/api/v1/operator/held-renewals")]
async fn list_held_renewals(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<ListRenewalRuns>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_held_renewals";
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| held::list(tx, &state.clock, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(list, direction, limit, rows, |held| held.reseller_id.0)?;
    etag::json_of_state(&request, &page.with(None, dto::held))
}

/// Charge what is held.
#[utoipa::path(tag = "operator", operation_id = "release_held_renewals", summary = "Release what is held",
    description = "The clock was right after all: every period that was due on what is held is charged in order, as far as the \
                   balance reaches. It answers with what was held; the run that follows at once is in the list of runs. Where nothing \
                   is held it is 409 `invalid_transition`, where the wallet is blocked 409 `wallet_blocked`. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id.")),
    request_body(content = ReleaseHeldRequest, description = "Why it is right.",
        example = json!({"reason": "The server was off from March to July."})),
    responses((status = 200, description = "What was held.", body = HeldRenewals)))]
#[post("/api/v1/operator/resellers/{id}/release-held")]
async fn release_held_renewals(
    state: web::Data<State>,
    operator: Operator,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
    call: Idempotent<ReleaseHeldRequest>,
) -> Result<HttpResponse, Error> {
    let id: ResellerId = id.parse().map_err(|_| Error::not_found())?;
    let reseller = get_reseller(&state.db, id).await?;
    let (now, request_id) = (state.clock.now(&reseller), Some(call.request_id()));
    let context = Context { request_id, ..Context::new(&reseller, now, &operator.actor) };
    let work = async |tx: &_| Reply::ok(&dto::held(held::release(tx, &context, &call.body.reason).await?));
    let answer = call.perform(&state, reseller.id, work).await?;
    // Should the first have stopped here, a repeated request goes on; what was held since is not what it let go of.
    if !call.is_replay(&answer) || held::is_left_of_release(state.db.pool(), reseller.id).await? {
        service::run(&state.db, &reseller, now, RunTrigger::Release, request_id).await?;
    }
    Ok(answer)
}
