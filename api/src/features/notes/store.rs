//! Rows of notes. Whoever reads gives a [`Reader`]: the personal notes of others are not there for it.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use shared::vocab::{ActorKind, ClientId, NoteId, NoteVisibility, ProductId, ResellerId};
use uuid::Uuid;

use crate::db::entity::note::{self, Column};
use crate::db::{Word, WriteTx};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// A note.
pub type NoteRow = note::Model;
/// Day and id: the order of the list.
pub type Key = (NaiveDate, Uuid);

/// Who reads or writes: a member or an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Which of them.
    pub kind: ActorKind,
    /// Its id.
    pub id: Uuid,
}

impl Reader {
    /// Whether it wrote the note.
    pub fn is_author(self, row: &NoteRow) -> bool {
        (row.author_kind.0, row.author_id) == (self.kind, self.id)
    }
}

/// Which notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Criteria {
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Up to this day.
    pub to: Option<NaiveDate>,
    /// Only those about this product.
    pub product: Option<ProductId>,
    /// Only those about this client.
    pub client: Option<ClientId>,
}

/// Up to `limit` notes from the edge on, the latest day first.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    reader: Reader,
    criteria: &Criteria,
    edge: Option<&Cursor<Key>>,
    limit: u64,
) -> Result<Vec<NoteRow>, Error> {
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = note::Entity::find().filter(condition(reseller_id, reader, criteria));
    if let Some(edge) = edge {
        let row = Expr::tuple([Expr::col(Column::NotedOn), Expr::col(Column::Id)]);
        let bound = Expr::tuple([Expr::val(edge.key.0), Expr::val(edge.key.1)]);
        query = query.filter(if is_back { row.gt(bound) } else { row.lt(bound) });
    }
    let order = if is_back { Order::Asc } else { Order::Desc };
    let query = query.order_by(Column::NotedOn, order.clone()).order_by(Column::Id, order).limit(limit);
    let mut rows = query.all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// All notes from one day to another, both included, the earliest day first.
pub async fn between(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    reader: Reader,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<NoteRow>, Error> {
    let criteria = Criteria { from: Some(from), to: Some(to), ..Criteria::default() };
    let query = note::Entity::find().filter(condition(reseller_id, reader, &criteria));
    Ok(query.order_by_asc(Column::NotedOn).order_by_asc(Column::Id).all(connection).await?)
}

/// How many notes there are.
pub async fn count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    reader: Reader,
    criteria: &Criteria,
) -> Result<i64, Error> {
    let count = note::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(condition(reseller_id, reader, criteria))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}

/// One note.
pub async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    reader: Reader,
    id: NoteId,
) -> Result<Option<NoteRow>, Error> {
    Ok(one(reseller_id, reader, id).one(connection).await?)
}

/// One note, which nobody else can change until the end of the transaction.
pub async fn lock(tx: &WriteTx, reseller_id: ResellerId, reader: Reader, id: NoteId) -> Result<NoteRow, Error> {
    let row = one(reseller_id, reader, id).lock_exclusive().one(tx.connection()).await?;
    row.ok_or_else(Error::not_found)
}

/// Adds a note.
pub async fn insert(tx: &WriteTx, row: NoteRow) -> Result<(), Error> {
    let row = note::ActiveModel {
        reseller_id: Set(row.reseller_id),
        id: Set(row.id),
        author_kind: Set(row.author_kind),
        author_id: Set(row.author_id),
        author_name: Set(row.author_name.clone()),
        created_at: Set(row.created_at),
        ..columns(&row)
    };
    note::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Writes back what may change of a note.
pub async fn update(tx: &WriteTx, row: &NoteRow) -> Result<(), Error> {
    let update = note::Entity::update_many()
        .set(columns(row))
        .filter(Column::ResellerId.eq(row.reseller_id))
        .filter(Column::Id.eq(row.id));
    let updated = update.exec(tx.connection()).await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::not_found()) }
}

/// Takes a note away.
pub async fn delete(tx: &WriteTx, reseller_id: ResellerId, id: NoteId) -> Result<(), Error> {
    let delete = note::Entity::delete_many().filter(Column::ResellerId.eq(reseller_id.0)).filter(Column::Id.eq(id.0));
    delete.exec(tx.connection()).await?;
    Ok(())
}

fn one(reseller_id: ResellerId, reader: Reader, id: NoteId) -> Select<note::Entity> {
    note::Entity::find().filter(condition(reseller_id, reader, &Criteria::default())).filter(Column::Id.eq(id.0))
}

fn columns(row: &NoteRow) -> note::ActiveModel {
    note::ActiveModel {
        noted_on: Set(row.noted_on),
        text: Set(row.text.clone()),
        visibility: Set(row.visibility),
        product_id: Set(row.product_id),
        client_id: Set(row.client_id),
        updated_at: Set(row.updated_at),
        ..Default::default()
    }
}

fn condition(reseller_id: ResellerId, reader: Reader, criteria: &Criteria) -> Condition {
    let own = Condition::all().add(Column::AuthorKind.eq(Word(reader.kind))).add(Column::AuthorId.eq(reader.id));
    let seen = Condition::any().add(Column::Visibility.eq(Word(NoteVisibility::Team))).add(own);
    Condition::all()
        .add(Column::ResellerId.eq(reseller_id.0))
        .add(seen)
        .add_option(criteria.from.map(|from| Column::NotedOn.gte(from)))
        .add_option(criteria.to.map(|to| Column::NotedOn.lte(to)))
        .add_option(criteria.product.map(|product| Column::ProductId.eq(product.0)))
        .add_option(criteria.client.map(|client| Column::ClientId.eq(client.0)))
}
