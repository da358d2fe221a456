//! `/activations`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::dto::activation::{Activation, ActivationCounts, ActivationRow, HistoryEntry};
use shared::dto::page::Page;
use shared::vocab::{ActivationId, ActivationStatus, BillingInterval, BillingState, ClientId, Permission, ProductId};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::filter::{Filter, Key, RenewsWithin, Sort, search_words};
use super::service::{self, ListRequest};
use super::{dto, store};
use crate::app::State;
use crate::auth::{Caller, Reseller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{CommaList, NoParameters, StrictQuery, etag, strict_query};

/// The longest search text.
const MAX_SEARCH_CHARS: usize = 100;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    // Before the one with an id in the same place.
    app.service(list_activations)
        .service(get_activation_counts)
        .service(list_activation_history)
        .service(get_activation);
}

/// Filters, sort and page of the activations list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListActivations {
    /// Comma list of statuses; without it all but deactivated ones.
    #[param(value_type = Option<Vec<ActivationStatus>>, style = Form, explode = false)]
    status: CommaList<ActivationStatus>,
    /// Comma list of billing states; only active activations have one.
    #[param(value_type = Option<Vec<BillingState>>, style = Form, explode = false)]
    billing_state: CommaList<BillingState>,
    /// Comma list of billing intervals.
    #[param(value_type = Option<Vec<BillingInterval>>, style = Form, explode = false)]
    billing_interval: CommaList<BillingInterval>,
    /// Only those that will renew (active; billing state `current` or `grace`), or only those that will not.
    renewing: Option<bool>,
    /// Comma list of product ids.
    #[param(value_type = Option<Vec<ProductId>>, style = Form, explode = false)]
    product: CommaList<ProductId>,
    /// Comma list of client ids.
    #[param(value_type = Option<Vec<ClientId>>, style = Form, explode = false)]
    client: CommaList<ClientId>,
    /// Only those whose renewal is overdue, due within 7 or 30 days of today (overdue ones included), or, whenever it is
    /// due, not covered by the wallet; the last needs `wallet_read`.
    #[param(inline)]
    renews: Option<RenewsWithin>,
    /// First day of activation, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    activated_from: Option<NaiveDate>,
    /// Last day of activation, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    activated_to: Option<NaiveDate>,
    /// Words; each must begin a word of the product's name, the client's name or email address, or a reference.
    #[param(max_length = 100, example = "ana writer")]
    q: Option<String>,
    /// One column, with `-` for descending: `product`, `client`, `status`, `activated_at`, `renews_at` or `price`. The id
    /// breaks ties. Activations without a renewal come last under `renews_at` in both directions.
    #[param(value_type = Option<String>, default = "-activated_at", max_length = 13, pattern = "^-?(product|client|status|activated_at|renews_at|price)$")]
    sort: Sort,
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

impl ListActivations {
    fn filter(&self) -> Result<Filter, Error> {
        let search = self.q.as_deref().unwrap_or_default();
        if search.chars().count() > MAX_SEARCH_CHARS {
            return Err(Error::field("?q", "too_long", format!("must have at most {MAX_SEARCH_CHARS} characters")));
        }
        if let (Some(from), Some(to)) = (self.activated_from, self.activated_to)
            && to < from
        {
            return Err(Error::field("?activated_to", "invalid", "must not be before activated_from"));
        }
        Ok(Filter {
            statuses: self.status.0.clone(),
            billing_states: self.billing_state.0.clone(),
            billing_intervals: self.billing_interval.0.clone(),
            is_renewing: self.renewing,
            products: self.product.0.clone(),
            clients: self.client.0.clone(),
            renews: self.renews,
            activated_from: self.activated_from,
            activated_to: self.activated_to,
            words: search_words(search),
        })
    }
}

/// The list that a cursor belongs to.
fn list_name(reseller: &Reseller, filter: &Filter, sort: Sort) -> String {
    format!("list_activations {} {filter:?} {sort:?}", reseller.id)
}

/// The activations of the reseller, a page at a time.
#[utoipa::path(tag = "activations", operation_id = "list_activations", summary = "List activations",
    description = "A page of the activations that match all filters, in the order asked for. Deactivated ones are left out \
                   unless `status` names them. Needs `activations_read`.",
    params(ListActivations),
    responses((status = 200, description = "A page of activations.", body = Page<ActivationRow>)))]
#[get("/api/v1/activations")]
async fn list_activations(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<ListActivations>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let (filter, sort, limit) = (query.filter()?, query.sort, cursor::check_limit(query.limit)?);
    let list = list_name(reseller, &filter, sort);
    let edge: Option<Cursor<Key>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    if query.renews == Some(RenewsWithin::Uncovered) {
        caller.require(Permission::WalletRead)?;
    }
    let sees_money = caller.may(Permission::WalletRead);
    let asked = ListRequest { filter, sort, edge, limit, includes_total: query.include_total };
    let listed = state.db.read(async |tx| {
        let outlook = if sees_money { Some(state.outlooks.at(tx, reseller, as_of).await?) } else { None };
        service::list(tx, reseller, as_of, outlook.as_deref(), &asked).await
    });
    let listed = listed.await?;
    let page = state.cursors.page(&list, direction, limit, listed.rows, |row| store::key_of(row, sort))?;
    let today = reseller.date_of(as_of);
    etag::json_of_state(&request, &page.with(listed.total, |row| dto::row(reseller, today, &row)))
}

/// The first page of the default list, as the dashboard shows it.
pub fn first_page(
    state: &State,
    reseller: &Reseller,
    today: NaiveDate,
    limit: u16,
    listed: service::Listed<store::ListedActivation>,
) -> Result<Page<ActivationRow>, Error> {
    let (filter, sort) = (Filter::default(), Sort::default());
    let list = list_name(reseller, &filter, sort);
    let page = state.cursors.page(&list, None, limit, listed.rows, |row| store::key_of(row, sort))?;
    Ok(page.with(listed.total, |row| dto::row(reseller, today, &row)))
}

/// How many activations there are by status, product and interval.
#[utoipa::path(tag = "activations", operation_id = "get_activation_counts", summary = "Count activations",
    description = "How many activations there are by status, product and billing interval: what filters and chips show. \
                   Each figure is the total of the list with that one filter. Needs `activations_read`.",
    responses((status = 200, description = "The counts.", body = ActivationCounts)))]
#[get("/api/v1/activations/counts")]
async fn get_activation_counts(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let counts = state.db.read(async |tx| service::counts(tx, caller.reseller()).await).await?;
    etag::json_of_state(&request, &dto::counts(counts))
}

/// One activation with everything its page shows.
#[utoipa::path(tag = "activations", operation_id = "get_activation", summary = "Get an activation",
    description = "One activation with its present period, what was paid, what its status allows and how many people use \
                   it. Amounts of the wallet are null for callers without `wallet_read`. Needs `activations_read`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    responses((status = 200, description = "The activation.", body = Activation)))]
#[get("/api/v1/activations/{id}")]
async fn get_activation(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ActivationId = id.parse().map_err(|_| Error::not_found())?;
    let as_of = state.clock.now(reseller);
    let sees_money = caller.may(Permission::WalletRead);
    let detail = state.db.read(async |tx| {
        let outlook = if sees_money { Some(state.outlooks.at(tx, reseller, as_of).await?) } else { None };
        service::get_shown(tx, reseller, as_of, outlook.as_deref(), id).await
    });
    let detail = detail.await?;
    etag::json_of_state(&request, &dto::activation(reseller, reseller.date_of(as_of), detail, sees_money))
}

/// The page of a timeline.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListActivationHistory {
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

/// An activation's timeline, newest first.
#[utoipa::path(tag = "activations", operation_id = "list_activation_history", summary = "List an activation's history",
    description = "Everything that happened to an activation, newest first: who did it, why, and what it cost. Amounts are \
                   null for callers without `wallet_read`. Needs `activations_read`.",
    params(("id" = ActivationId, Path, description = "The activation's id."), ListActivationHistory),
    responses((status = 200, description = "A page of the timeline.", body = Page<HistoryEntry>)))]
#[get("/api/v1/activations/{id}/history")]
async fn list_activation_history(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    id: web::Path<String>,
    StrictQuery(query): StrictQuery<ListActivationHistory>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ActivationId = id.parse().map_err(|_| Error::not_found())?;
    let limit = cursor::check_limit(query.limit)?;
    let list = format!("list_activation_history {} {id}", reseller.id);
    let edge: Option<Cursor<store::HistoryKey>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let read = async |tx: &_| service::history(tx, reseller, id, edge.as_ref(), limit, query.include_total).await;
    let listed = state.db.read(read).await?;
    let direction = edge.map(|edge| edge.direction);
    let page = state.cursors.page(&list, direction, limit, listed.rows, |row| (row.occurred_at, row.id))?;
    let sees_money = caller.may(Permission::WalletRead);
    etag::json_of_state(&request, &page.with(listed.total, |row| dto::history_entry(reseller, row, sees_money)))
}
