//! Who used something in a window of local days.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::active_users::LocalDay;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store::{self, EndUserRow, Presence};
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::active_users::filter::Filter;
use crate::features::active_users::scope::Scope;
use crate::features::active_users::store as active_users;
use crate::features::{clients, products};
use crate::http::cursor::{Cursor, Direction};

/// Days of the key figure, today included.
const DEFAULT_DAYS: i32 = 30;
/// Rows of a download that are read at once.
const CHUNK: u64 = 1_000;

/// Whose use in which days.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// First day of the window.
    pub from: NaiveDate,
    /// Last day of the window.
    pub to: NaiveDate,
    /// The last day that has come: a use that a sender dated ahead counts once its day has.
    pub today: NaiveDate,
    /// Whose users.
    pub filter: Filter,
}

/// A page that was asked for.
#[derive(Debug)]
pub struct ListRequest {
    /// Who.
    pub asked: Asked,
    /// Where the page begins.
    pub edge: Option<Cursor<i64>>,
    /// How many rows.
    pub limit: u16,
    /// Whether to count the whole list.
    pub includes_total: bool,
}

impl Asked {
    /// Use on these days, as far as they have come; without dates those of the key figure. None where they are reversed.
    pub fn on(
        reseller: &Reseller,
        as_of: DateTime<Utc>,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
        filter: Filter,
    ) -> Option<Self> {
        let today = reseller.date_of(as_of);
        let to = to.unwrap_or(today);
        let from = from.unwrap_or(LocalDay::from_date(to).plus(1 - DEFAULT_DAYS).date());
        (from <= to).then_some(Self { from, to, today, filter })
    }
}

/// An end user with the names around it.
#[derive(Debug)]
pub struct ListedEndUser {
    /// The end user.
    pub row: EndUserRow,
    /// First and last counted use.
    pub used: (DateTime<Utc>, DateTime<Utc>),
    /// The client's name.
    pub client_name: String,
    /// Products used in the window, by name.
    pub products: Vec<(Uuid, String)>,
}

/// The rows of a page, one more where there are more, and the length of the list where asked for.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    request: &ListRequest,
) -> Result<(Vec<ListedEndUser>, Option<i64>), Error> {
    let Some(presence) = presence(connection, reseller, &request.asked).await? else {
        return Ok((Vec::new(), request.includes_total.then_some(0)));
    };
    let limit = u64::from(request.limit) + 1;
    let rows = store::list(connection, reseller.id, presence, request.edge.as_ref(), limit).await?;
    let total =
        if request.includes_total { Some(store::count(connection, reseller.id, presence).await?) } else { None };
    Ok((with_names(connection, reseller, presence, rows).await?, total))
}

/// The next rows of the list after the end user with a number, or its first ones: never many at once.
pub async fn chunk(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    asked: &Asked,
    after: Option<i64>,
) -> Result<Vec<ListedEndUser>, Error> {
    let Some(presence) = presence(connection, reseller, asked).await? else { return Ok(Vec::new()) };
    let edge = after.map(|key| Cursor { direction: Direction::Next, key });
    let rows = store::list(connection, reseller.id, presence, edge.as_ref(), CHUNK).await?;
    with_names(connection, reseller, presence, rows).await
}

/// What to look for; none before the first use.
async fn presence(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    asked: &Asked,
) -> Result<Option<Presence>, Error> {
    asked.filter.check(connection, reseller).await?;
    let Some(state) = active_users::find_state(connection, reseller).await? else { return Ok(None) };
    let client = match asked.filter {
        Filter::Client(client) => Some(client),
        Filter::Activation(activation) => store::find_client(connection, reseller.id, activation).await?,
        Filter::All | Filter::Product(_) => None,
    };
    Ok(Some(Presence {
        epoch: state.epoch,
        scope: match asked.filter {
            Filter::Client(_) => Scope::TOTAL,
            filter => filter.scope(),
        },
        client,
        from: LocalDay::from_date(asked.from),
        to: LocalDay::from_date(asked.to.min(asked.today)),
    }))
}

async fn with_names(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    presence: Presence,
    rows: Vec<EndUserRow>,
) -> Result<Vec<ListedEndUser>, Error> {
    let numbers = rows.iter().map(|row| row.no).collect();
    let used = store::products_used(connection, reseller.id, presence, numbers).await?;
    let names = products::store::names(connection, used.iter().map(|(_, product)| *product)).await?;
    let clients = clients::store::names(connection, reseller.id, rows.iter().map(|row| row.client_id)).await?;
    let mut products: HashMap<i64, Vec<(Uuid, String)>> = HashMap::new();
    for (no, product) in used {
        products.entry(no).or_default().push((product, names.get(&product).cloned().unwrap_or_default()));
    }
    let listed = rows.into_iter().map(|row| {
        let mut products = products.remove(&row.no).unwrap_or_default();
        products.sort_by_cached_key(|(id, name)| (name.to_lowercase(), *id));
        let used = row.first_used_at.zip(row.last_used_at);
        Ok(ListedEndUser {
            used: used.ok_or_else(|| Error::internal("an end user who was present and never used anything"))?,
            client_name: clients.get(&row.client_id).map(|(name, _)| name.clone()).unwrap_or_default(),
            products,
            row,
        })
    });
    listed.collect()
}
