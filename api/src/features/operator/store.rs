//! Resellers as operators see them: the one place that reads across resellers.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::{LedgerAccountKind, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{ledger_account, reseller};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// A reseller.
pub type ResellerRow = reseller::Model;
/// Its wallet.
pub type WalletRow = ledger_account::Model;

/// Up to `limit` resellers from the edge on, the newest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<ResellerRow>, Error> {
    use reseller::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = reseller::Entity::find().limit(limit);
    if let Some(edge) = edge {
        query = query.filter(if is_back { C::Id.gt(edge.key) } else { C::Id.lt(edge.key) });
    }
    let order = if is_back { Order::Asc } else { Order::Desc };
    let mut rows = query.order_by(C::Id, order).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// One reseller.
pub async fn find(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Option<ResellerRow>, Error> {
    Ok(reseller::Entity::find_by_id(reseller_id.0).one(connection).await?)
}

/// The ids of all resellers, the oldest first.
pub async fn all_ids(connection: &impl ConnectionTrait) -> Result<Vec<ResellerId>, Error> {
    let query = reseller::Entity::find().select_only().column(reseller::Column::Id).order_by_asc(reseller::Column::Id);
    Ok(query.into_tuple::<Uuid>().all(connection).await?.into_iter().map(ResellerId).collect())
}

/// The wallets of some resellers.
pub async fn wallets(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<WalletRow>, Error> {
    let query = ledger_account::Entity::find()
        .filter(ledger_account::Column::ResellerId.is_in(ids))
        .filter(ledger_account::Column::Kind.eq(Word(LedgerAccountKind::Wallet)));
    Ok(query.all(connection).await?)
}
