//! Whether names of end users are kept. Personal data: only where the reseller wants it, and gone when it no longer does.

use shared::vocab::ResellerId;

use super::store;
use crate::db::Db;
use crate::error::Error;

/// Keeps the names that come with usage from now on, or forgets those that are kept. Returns how many were forgotten.
pub async fn keep_labels(db: &Db, reseller_id: ResellerId, is_kept: bool) -> Result<u64, Error> {
    db.write(reseller_id, async |tx| {
        // Batches take turns with this: none that was told to keep them comes after.
        store::lock_state(tx, reseller_id).await?;
        store::set_keeps_labels(tx, reseller_id, is_kept).await?;
        if is_kept { Ok(0) } else { store::forget_labels(tx, reseller_id).await }
    })
    .await
}
