//! `/reports`.

mod cost_per_user;
mod decisions;
mod demand;
mod impact;
mod unused;

use actix_web::HttpResponse;
use actix_web::http::header;
use chrono::{DateTime, Utc};
use shared::dto::page::{Page, PageInfo};
use shared::vocab::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::Shown;
use super::service::{Context, Key, Part, Placed};
use crate::app::State;
use crate::auth::{Caller, Reseller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor, Direction};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    unused::register(app);
    impact::register(app);
    cost_per_user::register(app);
    demand::register(app);
    decisions::register(app);
}

/// A report that was asked for: by whom, and when.
struct Asked<'a> {
    state: &'a State,
    reseller: Reseller,
    as_of: DateTime<Utc>,
    sees_money: bool,
}

impl<'a> Asked<'a> {
    /// Every report tells of activations and of their users.
    async fn by(state: &'a State, caller: &Caller<policy::ActivationsRead>) -> Result<Self, Error> {
        caller.require(Permission::UsageRead)?;
        let reseller = caller.reseller_now(&state.db).await?;
        let (as_of, sees_money) = (state.clock.now(&reseller), caller.may(Permission::WalletRead));
        Ok(Self { state, reseller, as_of, sees_money })
    }

    /// The same, to take away.
    async fn to_export(state: &'a State, caller: &Caller<policy::ActivationsRead>) -> Result<Self, Error> {
        caller.require(Permission::ReportsExport)?;
        Self::by(state, caller).await
    }

    fn shown(&self) -> Shown<'_> {
        Shown { reseller: &self.reseller, as_of: self.as_of, sees_money: self.sees_money }
    }

    /// Reads a report on one snapshot.
    async fn read<T>(&self, report: impl AsyncFnOnce(Context<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let (state, reseller, as_of) = (self.state, &self.reseller, self.as_of);
        let read = state.db.read(async |connection| {
            let outlook =
                if self.sees_money { Some(state.outlooks.at(connection, reseller, as_of).await?) } else { None };
            report(Context { connection, reseller, as_of, outlook: outlook.as_deref() }).await
        });
        read.await
    }

    /// The page asked for of the list with this name.
    fn paging(&self, name: &str, cursor: Option<&str>, limit: Option<u16>) -> Result<Paging<'a>, Error> {
        let limit = cursor::check_limit(limit)?;
        // What is sorted by money is another list for those who see none.
        let list = format!("{name} {} {}", self.reseller.id, self.sees_money);
        let edge: Option<Cursor<Key>> = cursor.map(|text| self.state.cursors.decode(&list, text)).transpose()?;
        Ok(Paging {
            state: self.state,
            list,
            direction: edge.as_ref().map(|edge| edge.direction),
            part: Part::Page { edge, limit },
            limit,
        })
    }

    /// A CSV with the day in its name.
    fn csv(&self, name: &str, text: String) -> HttpResponse {
        let name = format!("{name}_{}.csv", self.reseller.date_of(self.as_of));
        HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8; header=present")
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .body(text)
    }
}

/// A page that was asked for.
struct Paging<'a> {
    state: &'a State,
    list: String,
    direction: Option<Direction>,
    part: Part,
    limit: u16,
}

impl Paging<'_> {
    fn page<T>(&self, rows: Vec<Placed<T>>) -> Result<Page<Placed<T>>, Error> {
        self.state.cursors.page(&self.list, self.direction, self.limit, rows, |placed| placed.key.clone())
    }
}

/// Every row on one page.
fn whole<T>(items: Vec<Placed<T>>) -> Page<Placed<T>> {
    Page { items, page: PageInfo::default() }
}

fn check_days(days: Option<u16>, default: u16, max: u16) -> Result<u16, Error> {
    match days.unwrap_or(default) {
        days if (1..=max).contains(&days) => Ok(days),
        _ => Err(Error::field("?days", "out_of_range", format!("must be between 1 and {max}"))),
    }
}
