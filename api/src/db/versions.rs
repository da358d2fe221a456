//! What a reader of a reseller may have missed: one short statement.

use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::ResellerId;

use super::Db;
use crate::error::Error;

/// Everything that was committed up to these is seen by whoever read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// Of what belongs to the reseller.
    pub reseller: i64,
    /// Of products, prices and price migrations, which belong to nobody.
    pub catalogue: i64,
}

impl Db {
    /// The versions of a reseller as they are now.
    pub async fn versions_now(&self, reseller_id: ResellerId) -> Result<Versions, Error> {
        versions(self.pool(), reseller_id).await
    }
}

/// The versions that a snapshot is of.
pub async fn versions(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Versions, Error> {
    let sql = "SELECT r.version AS reseller, c.version AS catalogue \
               FROM resellers r CROSS JOIN catalogue_state c WHERE r.id = $1";
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [reseller_id.0.into()]);
    let row = connection.query_one_raw(statement).await?.ok_or_else(Error::not_found)?;
    Ok(Versions { reseller: row.try_get_by_index(0)?, catalogue: row.try_get_by_index(1)? })
}
