//! What was last read of each reseller, for as long as that reseller writes nothing.
//!
//! Valid for one [version](super::entity::reseller::Model::version) only, which every read of the value reads in its own snapshot: a
//! write by anybody, in this process or another, is in the very next answer. Never asked inside a write transaction, where
//! rows have changed before the version has.

use std::sync::Arc;

use moka::future::Cache;
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};
use shared::vocab::ResellerId;

use super::entity::reseller;
use crate::error::Error;

/// Resellers of whom something is kept; the least used one gives way.
const MOST_KEPT: u64 = 500;

/// Keeps one value a reseller.
#[derive(Debug)]
pub struct Kept<V>(Cache<ResellerId, (i64, Arc<V>)>)
where
    V: Send + Sync + 'static;

impl<V: Send + Sync> Clone for Kept<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V: Send + Sync> Default for Kept<V> {
    fn default() -> Self {
        Self(Cache::new(MOST_KEPT))
    }
}

impl<V: Send + Sync> Kept<V> {
    /// The value as of a snapshot: the one that is kept, if nothing was written since and it still fits, else what `read` gives.
    pub async fn get(
        &self,
        snapshot: &DatabaseTransaction,
        reseller_id: ResellerId,
        fits: impl FnOnce(&V) -> bool,
        read: impl AsyncFnOnce() -> Result<V, Error>,
    ) -> Result<Arc<V>, Error> {
        let version = version(snapshot, reseller_id).await?;
        if let Some((_, kept)) = self.0.get(&reseller_id).await.filter(|(of, kept)| *of == version && fits(kept)) {
            return Ok(kept);
        }
        let value = Arc::new(read().await?);
        self.0.insert(reseller_id, (version, value.clone())).await;
        Ok(value)
    }
}

async fn version(snapshot: &DatabaseTransaction, reseller_id: ResellerId) -> Result<i64, Error> {
    let row = reseller::Entity::find_by_id(reseller_id.0).select_only().column(reseller::Column::Version);
    row.into_tuple().one(snapshot).await?.ok_or_else(Error::not_found)
}
