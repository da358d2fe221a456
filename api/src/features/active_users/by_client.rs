//! How many people of a client used something: for the clients' pages and the reports.
//!
//! A client has no counters. Its figures come from the presences of its people in the total, so a person who used two of its
//! products counts once. [`count_by_client`] has all clients at once in one statement; [`count_of_client`] has one, by a
//! search of the primary key for each of its people.

use std::collections::HashMap;

use domain::active_users::LocalDay;
use sea_orm::ConnectionTrait;
use shared::vocab::ClientId;

use super::store;
use crate::auth::Reseller;
use crate::error::Error;

/// Distinct end users of each client in the days from one to another, both included. A client without any is not named.
pub async fn count_by_client(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    from: LocalDay,
    to: LocalDay,
) -> Result<HashMap<ClientId, i64>, Error> {
    let Some(state) = store::find_state(connection, reseller.id).await? else { return Ok(HashMap::new()) };
    store::count_present_by_client(connection, reseller.id, state.epoch, from, to).await
}

/// Distinct end users of a client in the days from one to another, both included.
pub async fn count_of_client(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    client: ClientId,
    from: LocalDay,
    to: LocalDay,
) -> Result<i64, Error> {
    let Some(state) = store::find_state(connection, reseller.id).await? else { return Ok(0) };
    store::count_present_of_client(connection, reseller.id, state.epoch, client, from, to).await
}
