//! `/renewal-runs` and `/notices`, for resellers.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use shared::dto::notice::{MarkNoticesRead, Notice, UnreadNotices};
use shared::dto::page::Page;
use shared::dto::renewal_run::RenewalRun;
use shared::vocab::Permission;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::{dto, notices, store};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{JsonBody, StrictQuery, etag};

/// Notices marked at once.
const MAX_MARKED: usize = 200;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_renewal_runs).service(list_notices).service(mark_notices_read);
}

/// The page of a list of runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListRenewalRuns {
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// What the reseller's renewal runs did.
#[utoipa::path(tag = "wallet", operation_id = "list_renewal_runs", summary = "List renewal runs",
    description = "What the runs over this reseller's renewals did, the newest first. A run that found nothing to do leaves no \
                   row. The sum is null for callers without `wallet_read`. Needs `activations_read`.",
    params(ListRenewalRuns),
    responses((status = 200, description = "A page of runs.", body = Page<RenewalRun>)))]
#[get("/api/v1/renewal-runs")]
async fn list_renewal_runs(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<ListRenewalRuns>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let limit = cursor::check_limit(query.limit)?;
    let list = format!("list_renewal_runs {}", reseller.id);
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let read = async |tx: &_| store::list_runs(tx, Some(reseller.id), edge.as_ref(), u64::from(limit) + 1).await;
    let rows = state.db.read(read).await?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let page = state.cursors.page(&list, direction, limit, rows, |row| row.id)?;
    let sees_money = caller.may(Permission::WalletRead);
    etag::json_of_state(&request, &page.with(None, |row| dto::run(reseller.currency, &row, sees_money)))
}

/// Which notices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListNotices {
    /// Only those that nobody has read.
    #[param(default = false)]
    unread: bool,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// Whether to count the whole list.
    #[param(default = false)]
    include_total: bool,
}

/// Messages about renewals.
#[utoipa::path(tag = "wallet", operation_id = "list_notices", summary = "List notices",
    description = "Messages about renewals and the balance, the newest first: not covered (30, 14, 7, 3 and 1 days ahead), failed, expired, \
                   held. Each renewal is told of once. `balance_low` tells each time the balance falls below a threshold of \
                   the low-balance alerts. Needs `wallet_read`.",
    params(ListNotices),
    responses((status = 200, description = "A page of notices.", body = Page<Notice>)))]
#[get("/api/v1/notices")]
async fn list_notices(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<ListNotices>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let limit = cursor::check_limit(query.limit)?;
    let list = format!("list_notices {} {}", reseller.id, query.unread);
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let read = async |tx: &_| {
        let rows = notices::list(tx, reseller, query.unread, edge.as_ref(), limit).await?;
        let total =
            if query.include_total { Some(store::notice_count(tx, reseller.id, query.unread).await?) } else { None };
        Ok((rows, total))
    };
    let (rows, total) = state.db.read(read).await?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let page = state.cursors.page(&list, direction, limit, rows, |listed| listed.row.id)?;
    etag::json_of_state(&request, &page.with(total, |listed| dto::notice(reseller, listed)))
}

/// Somebody has read them.
#[utoipa::path(tag = "wallet", operation_id = "mark_notices_read", summary = "Mark notices as read",
    description = "Marks up to 200 notices as read, for everybody of the reseller. Those that were read keep their moment, and \
                   ids of nobody's or somebody else's notices are passed over, so the same request may be sent again. Needs \
                   `wallet_read`.",
    request_body = MarkNoticesRead,
    responses((status = 200, description = "What is left to read.", body = UnreadNotices)))]
#[post("/api/v1/notices/read")]
async fn mark_notices_read(
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    JsonBody(body): JsonBody<MarkNoticesRead>,
) -> Result<HttpResponse, Error> {
    if body.notice_ids.is_empty() || body.notice_ids.len() > MAX_MARKED {
        return Err(Error::field("/notice_ids", "out_of_range", format!("must name 1 to {MAX_MARKED} notices")));
    }
    let reseller = caller.reseller();
    let now = state.clock.now(reseller);
    let unread_count = notices::mark_read(&state.db, reseller, &body.notice_ids, now).await?;
    Ok(HttpResponse::Ok().json(UnreadNotices { unread_count }))
}
