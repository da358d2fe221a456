//! What a new activation rests on: client, product, price and wallet, read by one statement.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, IdenStatic, Iterable};
use shared::vocab::{BillingInterval, ClientId, LedgerAccountKind, PriceId, ProductId};
use uuid::Uuid;

use crate::auth::Reseller;
use crate::db::entity::{client, ledger_account, price, product, reseller};
use crate::db::{Word, WriteTx};
use crate::error::Error;
use crate::features::catalogue::store::{Product, read_product};
use crate::features::clients::store::ClientRow;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// For whom.
    pub client_id: ClientId,
    /// What.
    pub product_id: ProductId,
    /// How often it is paid.
    pub interval: BillingInterval,
    /// One of the product's prices; none for the one in force.
    pub price_id: Option<PriceId>,
    /// The day on which it has to be in force.
    pub on: NaiveDate,
}

/// What is there of it.
#[derive(Debug)]
pub struct Basis {
    /// The reseller's client.
    pub client: Option<ClientRow>,
    /// The product, retired or not.
    pub product: Option<Product>,
    /// The price, and its amount in minor units.
    pub price: Option<(PriceId, i64)>,
    /// What the wallet holds, in minor units.
    pub balance_minor: i64,
}

/// Reads it.
pub async fn find_basis(tx: &WriteTx, reseller: &Reseller, wanted: Wanted) -> Result<Basis, Error> {
    let row = tx.connection().query_one(&query(reseller, wanted)).await?.ok_or_else(Error::not_found)?;
    let has = |column: &str| row.try_get::<Option<Uuid>>("", column).map(|id| id.is_some());
    let client = if has("c_id")? { Some(client::Model::from_query_result(&row, CLIENT)?) } else { None };
    let product = if has("p_id")? { Some(product::Model::from_query_result(&row, PRODUCT)?) } else { None };
    let (price_id, amount_minor): (Option<Uuid>, Option<i64>) =
        (row.try_get("", "price_id")?, row.try_get("", "amount_minor")?);
    let balance_minor: Option<i64> = row.try_get("", "balance_minor")?;
    Ok(Basis {
        client,
        product: product.map(read_product).transpose()?,
        price: price_id.map(PriceId).zip(amount_minor),
        balance_minor: balance_minor.unwrap_or_default(),
    })
}

const CLIENT: &str = "c_";
const PRODUCT: &str = "p_";

fn query(reseller: &Reseller, wanted: Wanted) -> SelectStatement {
    let mut query = Query::select();
    for column in client::Column::iter() {
        query.expr_as(Expr::col((client::Entity, column)), format!("{CLIENT}{}", column.as_str()));
    }
    for column in product::Column::iter() {
        query.expr_as(Expr::col((product::Entity, column)), format!("{PRODUCT}{}", column.as_str()));
    }
    query.expr_as(Expr::col((price::Entity, price::Column::Id)), "price_id");
    query.expr(Expr::col((price::Entity, price::Column::AmountMinor)));
    query.expr(Expr::col((ledger_account::Entity, ledger_account::Column::BalanceMinor)));
    let mut of_price = price::Column::ProductId
        .eq(wanted.product_id.0)
        .and(price::Column::BillingInterval.eq(Word(wanted.interval)))
        .and(price::Column::Currency.eq(Word(reseller.currency)));
    of_price = match wanted.price_id {
        Some(id) => of_price.and(price::Column::Id.eq(id.0)),
        None => of_price.and(price::Column::ValidFromOn.lte(wanted.on)),
    };
    let of_client = client::Column::ResellerId.eq(reseller.id.0).and(client::Column::Id.eq(wanted.client_id.0));
    let of_wallet = ledger_account::Column::ResellerId
        .eq(reseller.id.0)
        .and(ledger_account::Column::Kind.eq(Word(LedgerAccountKind::Wallet)));
    query
        .from(reseller::Entity)
        .join(JoinType::LeftJoin, ledger_account::Entity, of_wallet)
        .join(JoinType::LeftJoin, client::Entity, of_client)
        .join(JoinType::LeftJoin, product::Entity, product::Column::Id.eq(wanted.product_id.0))
        .join(JoinType::LeftJoin, price::Entity, of_price)
        .and_where(reseller::Column::Id.eq(reseller.id.0))
        // Of several prices that are in force the latest counts.
        .order_by((price::Entity, price::Column::ValidFromOn), sea_orm::Order::Desc)
        .limit(1);
    query
}
