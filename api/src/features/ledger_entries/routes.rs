//! `/ledger-entries`.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use futures_util::stream;
use serde::Deserialize;
use shared::dto::ledger::{LedgerEntry, LedgerEntryDetail, LedgerTotals};
use shared::dto::page::Page;
use shared::vocab::{ActivationId, LedgerEntryId, LedgerEntryKind, Permission};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Filter, ListRequest};
use super::store::{self, Sort};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{CommaList, NoParameters, StrictQuery, etag, strict_query};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_ledger_entries)
        .service(get_ledger_entries_csv)
        .service(get_ledger_totals)
        .service(get_ledger_entry);
}

/// By what the ledger is sorted.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
enum LedgerSort {
    /// The latest entry first.
    #[default]
    #[serde(rename = "-sequence")]
    Latest,
    /// The first entry first.
    #[serde(rename = "sequence")]
    Earliest,
    /// What brought most into the wallet first.
    #[serde(rename = "-amount")]
    Highest,
    /// What took most out of the wallet first.
    #[serde(rename = "amount")]
    Lowest,
}

impl LedgerSort {
    fn sort(self) -> Sort {
        let is_by_amount = matches!(self, Self::Highest | Self::Lowest);
        Sort { is_by_amount, is_descending: matches!(self, Self::Latest | Self::Highest) }
    }
}

/// Filters and page of the ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListLedgerEntries {
    /// Comma list of kinds.
    #[param(value_type = Option<Vec<LedgerEntryKind>>, style = Form, explode = false)]
    kind: CommaList<LedgerEntryKind>,
    /// Only entries of this day or later, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    from: Option<NaiveDate>,
    /// Only entries of this day or earlier, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    to: Option<NaiveDate>,
    /// Only entries of this activation.
    activation: Option<ActivationId>,
    /// The order; the latest entry first without it.
    #[param(inline)]
    sort: LedgerSort,
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

/// Filters of the ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FilterLedgerEntries {
    /// Comma list of kinds.
    #[param(value_type = Option<Vec<LedgerEntryKind>>, style = Form, explode = false)]
    kind: CommaList<LedgerEntryKind>,
    /// Only entries of this day or later, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    from: Option<NaiveDate>,
    /// Only entries of this day or earlier, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    to: Option<NaiveDate>,
    /// Only entries of this activation.
    activation: Option<ActivationId>,
}

impl FilterLedgerEntries {
    fn filter(self) -> Filter {
        Filter { kinds: self.kind.0, from: self.from, to: self.to, activation: self.activation }
    }
}

/// The ledger.
#[utoipa::path(tag = "wallet", operation_id = "list_ledger_entries", summary = "List ledger entries",
    description = "A page of the movements of money, the latest first, each with the balance after it. Needs `wallet_read`.",
    params(ListLedgerEntries),
    responses((status = 200, description = "A page of entries.", body = Page<LedgerEntry>)))]
#[get("/api/v1/ledger-entries")]
async fn list_ledger_entries(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<ListLedgerEntries>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let limit = cursor::check_limit(query.limit)?;
    let filter = Filter { kinds: query.kind.0, from: query.from, to: query.to, activation: query.activation };
    let list = format!("list_ledger_entries {} {filter:?} {:?}", reseller.id, query.sort);
    let edge: Option<Cursor<store::Key>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let (criteria, sort) = (filter.criteria(reseller)?, query.sort.sort());
    let asked = ListRequest { criteria, sort, edge, limit, includes_total: query.include_total };
    let (rows, total) = state.db.read(async |tx| service::list(tx, reseller, &asked).await).await?;
    let page = state.cursors.page(&list, direction, limit, rows, store::key)?;
    etag::json_of_state(&request, &page.with(total, |row| dto::entry(reseller, row)))
}

/// The ledger as CSV.
#[utoipa::path(tag = "wallet", operation_id = "get_ledger_entries_csv", summary = "Download ledger entries",
    description = "All entries that match as RFC 4180 CSV, the first entry first. Amounts are numbers with the currency's \
                   digits; a text that a spreadsheet would take for a formula begins with an apostrophe. Needs `wallet_read` \
                   and `reports_export`.",
    params(FilterLedgerEntries),
    responses((status = 200, description = "The entries as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/ledger-entries.csv")]
async fn get_ledger_entries_csv(
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<FilterLedgerEntries>,
) -> Result<HttpResponse, Error> {
    caller.require(Permission::ReportsExport)?;
    let reseller = caller.reseller().clone();
    let criteria = query.filter().criteria(&reseller)?;
    let name = format!("ledger_{}.csv", reseller.date_of(state.clock.now(&reseller)));
    let db = state.db.clone();
    let first = service::chunk(db.pool(), &reseller, &criteria, 0).await?;
    // Sent while it is read: a ledger of any length needs no more memory than one chunk.
    let chunks = stream::unfold((first, Some(dto::csv_header())), move |(rows, header)| {
        let (db, reseller, criteria) = (db.clone(), reseller.clone(), criteria.clone());
        async move {
            let last = match (rows.last(), &header) {
                (Some(row), _) => row.sequence,
                (None, Some(_)) => 0,
                (None, None) => return None,
            };
            let mut text = header.unwrap_or_default();
            let is_end = rows.is_empty();
            for row in rows {
                text.push_str(&dto::csv_row(&reseller, row));
            }
            let next =
                if is_end { Ok(Vec::new()) } else { service::chunk(db.pool(), &reseller, &criteria, last).await };
            Some(match next {
                Ok(next) => (Ok(Bytes::from(text)), (next, None)),
                Err(error) => (Err(error), (Vec::new(), None)),
            })
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .streaming(chunks))
}

/// What the entries add up to.
#[utoipa::path(tag = "wallet", operation_id = "get_ledger_totals", summary = "Add up ledger entries",
    description = "How many entries match, what they brought and what they took. Without filters the net is the balance. \
                   Needs `wallet_read`.",
    params(FilterLedgerEntries),
    responses((status = 200, description = "The sums.", body = LedgerTotals)))]
#[get("/api/v1/ledger-entries/totals")]
async fn get_ledger_totals(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<FilterLedgerEntries>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let criteria = query.filter().criteria(reseller)?;
    let totals = store::totals(state.db.pool(), reseller.id, &criteria).await?;
    etag::json_of_state(&request, &dto::totals(reseller, totals))
}

/// One entry.
#[utoipa::path(tag = "wallet", operation_id = "get_ledger_entry", summary = "Get a ledger entry",
    description = "One entry with both sides of the posting and everything it refers to. Needs `wallet_read`.",
    params(("id" = LedgerEntryId, Path, description = "The entry's id.")),
    responses((status = 200, description = "The entry.", body = LedgerEntryDetail)))]
#[get("/api/v1/ledger-entries/{id}")]
async fn get_ledger_entry(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: LedgerEntryId = id.parse().map_err(|_| Error::not_found())?;
    let detail = state.db.read(async |tx| service::get(tx, reseller, id).await).await?;
    etag::json_of_state(&request, &dto::detail(reseller, detail))
}
