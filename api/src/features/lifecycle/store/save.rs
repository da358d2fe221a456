//! Writing what a transition changed.

use chrono::{DateTime, Utc};
use domain::activation::{Activation, Charge};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, SqlErr};
use shared::vocab::{ActivationId, ActivationStatus, ClientId, PriceId, ProductId};
use uuid::Uuid;

use super::super::words::{Findable, sort_key, words_of};
use super::{HistoryLine, Stored};
use crate::auth::{Actor, Reseller};
use crate::db::entity::{activation, activation_history, activation_word, client, product, service_interval, term};
use crate::db::{CrashPoint, Word, WriteTx, reach};
use crate::error::Error;

/// A new activation beside its state.
#[derive(Debug, Clone)]
pub struct NewRow<'a> {
    /// Its id.
    pub id: ActivationId,
    /// Whom it serves; of that reseller.
    pub client_id: ClientId,
    /// What is put in service.
    pub product_id: ProductId,
    /// The pinned price.
    pub price_id: PriceId,
    /// Its amount, in minor units.
    pub price_minor: i64,
    /// Order of renewal, 1 first.
    pub priority: i16,
    /// When it was activated.
    pub activated_at: DateTime<Utc>,
    /// By whom.
    pub actor: &'a Actor,
    /// The sender's own reference.
    pub external_reference: Option<&'a str>,
    /// Free text.
    pub notes: Option<&'a str>,
}

/// Writes a new activation with its words; the client must be the reseller's own.
pub async fn insert_activation(
    tx: &WriteTx,
    reseller: &Reseller,
    new: &NewRow<'_>,
    state: &Activation,
) -> Result<Stored, Error> {
    let client = client::Entity::find_by_id((reseller.id.0, new.client_id.0)).one(tx.connection()).await?;
    let client = client.ok_or_else(Error::not_found)?;
    let product = product::Entity::find_by_id(new.product_id.0).one(tx.connection()).await?;
    let product = product.ok_or_else(Error::not_found)?;
    let reference = client.external_reference.as_deref().unwrap_or_default();
    let row = activation::ActiveModel {
        reseller_id: Set(reseller.id.0),
        id: Set(new.id.0),
        client_id: Set(new.client_id.0),
        product_id: Set(new.product_id.0),
        priority: Set(new.priority),
        time_zone: Set(state.term.zone.name().to_owned()),
        price_id: Set(new.price_id.0),
        price_minor: Set(new.price_minor),
        activated_at: Set(new.activated_at),
        activated_by_kind: Set(Word(new.actor.kind)),
        activated_by_name: Set(new.actor.name.clone()),
        external_reference: Set(new.external_reference.map(str::to_owned)),
        notes: Set(new.notes.map(str::to_owned)),
        access_url: Set(product.access_url.as_deref().map(|url| url.replace("{client}", reference))),
        access_note: Set(product.access_note.clone()),
        sort_product: Set(sort_key(&product.name)),
        sort_client: Set(sort_key(&client.name)),
        ..state_columns(state)
    };
    activation::Entity::insert(row).exec_without_returning(tx.connection()).await.map_err(refused_reference)?;
    let findable = Findable {
        activation_id: new.id,
        product: &product.name,
        client: &client.name,
        email: client.email.as_deref(),
        external_reference: new.external_reference,
    };
    insert_words(tx, reseller, findable).await?;
    reach(CrashPoint::ActivationWritten);
    Ok(Stored {
        id: new.id,
        client_id: new.client_id,
        client_name: client.name,
        product_id: new.product_id,
        product_name: product.name,
        grace_days: u32::try_from(product.grace_days).map_err(Error::internal)?,
        price_id: new.price_id,
        price_minor: new.price_minor,
        pending_price: None,
        replacements: Vec::new(),
        priority: new.priority,
        state: state.clone(),
    })
}

fn refused_reference(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(index)) if index.contains("external_reference") => {
            Error::field("/external_reference", "taken", "is the reference of another activation")
        }
        _ => error.into(),
    }
}

async fn insert_words(tx: &WriteTx, reseller: &Reseller, findable: Findable<'_>) -> Result<(), Error> {
    let rows = words_of(findable).into_iter().map(|word| activation_word::ActiveModel {
        reseller_id: Set(reseller.id.0),
        word: Set(word),
        activation_id: Set(findable.activation_id.0),
    });
    activation_word::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Brings sort names and words up to date after a name or an email changed.
pub async fn refresh_words(tx: &WriteTx, reseller: &Reseller, id: ActivationId) -> Result<(), Error> {
    let row = activation::Entity::find_by_id((reseller.id.0, id.0)).one(tx.connection()).await?;
    let row = row.ok_or_else(Error::not_found)?;
    let client = client::Entity::find_by_id((reseller.id.0, row.client_id)).one(tx.connection()).await?;
    let client = client.ok_or_else(Error::not_found)?;
    let product = product::Entity::find_by_id(row.product_id).one(tx.connection()).await?;
    let product = product.ok_or_else(Error::not_found)?;
    let names = activation::ActiveModel {
        sort_product: Set(sort_key(&product.name)),
        sort_client: Set(sort_key(&client.name)),
        ..Default::default()
    };
    update(tx, reseller, id, names).await?;
    activation_word::Entity::delete_many()
        .filter(activation_word::Column::ResellerId.eq(reseller.id.0))
        .filter(activation_word::Column::ActivationId.eq(id.0))
        .exec(tx.connection())
        .await?;
    let findable = Findable {
        activation_id: id,
        product: &product.name,
        client: &client.name,
        email: client.email.as_deref(),
        external_reference: row.external_reference.as_deref(),
    };
    insert_words(tx, reseller, findable).await
}

/// Changes the notes.
pub async fn set_notes(tx: &WriteTx, reseller: &Reseller, id: ActivationId, notes: Option<&str>) -> Result<(), Error> {
    let row = activation::ActiveModel { notes: Set(notes.map(str::to_owned)), ..Default::default() };
    update(tx, reseller, id, row).await
}

/// Changes the order of renewal.
pub async fn set_priority(tx: &WriteTx, reseller: &Reseller, id: ActivationId, priority: i16) -> Result<(), Error> {
    let row = activation::ActiveModel { priority: Set(priority), ..Default::default() };
    update(tx, reseller, id, row).await
}

/// Writes the state after a transition at `at`, with its service interval and its term's end.
pub async fn save_state(
    tx: &WriteTx,
    reseller: &Reseller,
    before: &Stored,
    after: &Stored,
    at: DateTime<Utc>,
    charge: Option<&Charge>,
) -> Result<(), Error> {
    let row = activation::ActiveModel {
        price_id: Set(after.price_id.0),
        price_minor: Set(after.price_minor),
        pending_price_id: Set(after.pending_price.map(|(id, _)| id.0)),
        pending_price_minor: Set(after.pending_price.map(|(_, minor)| minor)),
        ..state_columns(&after.state)
    };
    update(tx, reseller, after.id, row).await?;
    if before.state.is_on() != after.state.is_on() {
        switch_service(tx, reseller, after, at).await?;
    }
    let has_ended = |state: &Activation| {
        matches!(state.status, ActivationStatus::Expired | ActivationStatus::Deactivated | ActivationStatus::Failed)
    };
    let ends_term = has_ended(&after.state) && !has_ended(&before.state);
    if ends_term || charge.is_some_and(|charge| charge.opens_term) {
        close_term(tx, reseller, before, at).await?;
    }
    reach(CrashPoint::StateWritten);
    Ok(())
}

/// Notes that the service went on or off at `at`.
pub async fn switch_service(
    tx: &WriteTx,
    reseller: &Reseller,
    activation: &Stored,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    use service_interval::Column as C;
    if activation.state.is_on() {
        let row = service_interval::ActiveModel {
            reseller_id: Set(reseller.id.0),
            activation_id: Set(activation.id.0),
            on_from: Set(at),
            on_to: Set(None),
            product_id: Set(activation.product_id.0),
        };
        // Switched off and on within one instant: the same interval goes on.
        let same_start =
            OnConflict::columns([C::ResellerId, C::ActivationId, C::OnFrom]).update_column(C::OnTo).to_owned();
        service_interval::Entity::insert(row).on_conflict(same_start).exec_without_returning(tx.connection()).await?;
    } else {
        let off = service_interval::ActiveModel { on_to: Set(Some(at)), ..Default::default() };
        service_interval::Entity::update_many()
            .set(off)
            .filter(C::ResellerId.eq(reseller.id.0))
            .filter(C::ActivationId.eq(activation.id.0))
            .filter(C::OnTo.is_null())
            .exec(tx.connection())
            .await?;
    }
    Ok(())
}

async fn close_term(tx: &WriteTx, reseller: &Reseller, before: &Stored, at: DateTime<Utc>) -> Result<(), Error> {
    let closed = term::ActiveModel { closed_at: Set(Some(at)), ..Default::default() };
    term::Entity::update_many()
        .set(closed)
        .filter(term::Column::ResellerId.eq(reseller.id.0))
        .filter(term::Column::ActivationId.eq(before.id.0))
        .filter(term::Column::TermNo.eq(i64::from(before.state.term_no)))
        .filter(term::Column::ClosedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Adds a line to the timeline.
pub async fn insert_history(
    tx: &WriteTx,
    reseller: &Reseller,
    before: Option<&Activation>,
    after: &Stored,
    line: &HistoryLine,
    recorded_at: DateTime<Utc>,
    (actor, request_id): (&Actor, Option<&str>),
) -> Result<(), Error> {
    let row = history_row(reseller, before, after, line, recorded_at, (actor, request_id));
    activation_history::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    reach(CrashPoint::HistoryWritten);
    Ok(())
}

/// A row of the timeline.
pub type HistoryRow = activation_history::ActiveModel;

/// A line of the timeline as a row.
pub fn history_row(
    reseller: &Reseller,
    before: Option<&Activation>,
    after: &Stored,
    line: &HistoryLine,
    recorded_at: DateTime<Utc>,
    (actor, request_id): (&Actor, Option<&str>),
) -> HistoryRow {
    activation_history::ActiveModel {
        reseller_id: Set(reseller.id.0),
        id: Set(Uuid::now_v7()),
        activation_id: Set(after.id.0),
        kind: Set(Word(line.kind)),
        occurred_at: Set(line.occurred_at),
        recorded_at: Set(recorded_at),
        actor_kind: Set(Word(actor.kind)),
        actor_id: Set(actor.id),
        actor_name: Set(actor.name.clone()),
        reason: Set(line.reason.clone()),
        request_id: Set(request_id.map(str::to_owned)),
        status_before: Set(before.map(|state| Word(state.status))),
        status_after: Set(Word(after.state.status)),
        paid_until_before_at: Set(before.and_then(|state| state.paid_until_at)),
        paid_until_after_at: Set(after.state.paid_until_at),
        wallet_minor: Set(line.wallet_minor),
        ledger_entry_id: Set(line.ledger_entry_id.map(|id| id.0)),
    }
}

async fn update(
    tx: &WriteTx,
    reseller: &Reseller,
    id: ActivationId,
    row: activation::ActiveModel,
) -> Result<(), Error> {
    let updated = activation::Entity::update_many()
        .set(row)
        .filter(activation::Column::ResellerId.eq(reseller.id.0))
        .filter(activation::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::not_found()) }
}

/// The columns that mirror the rules' view.
fn state_columns(state: &Activation) -> activation::ActiveModel {
    activation::ActiveModel {
        // Between 1 and 31, as the database checks.
        anchor_day: Set(i16::try_from(state.term.anchor_day).unwrap_or_default()),
        due_at: Set(state.due_at()),
        status: Set(Word(state.status)),
        auto_renew: Set(state.auto_renew),
        term_no: Set(i64::from(state.term_no)),
        billing_interval: Set(Word(state.term.interval)),
        next_period_no: Set(i64::from(state.next_n)),
        pending_interval: Set(state.pending_interval.map(Word)),
        paid_until_at: Set(state.paid_until_at),
        renews_at: Set(state.renews_at()),
        grace_until_at: Set(state.grace_until_at),
        ends_at: Set(state.ends_at),
        paused_at: Set(state.paused_at),
        resume_at: Set(state.resume_at),
        held_at: Set(state.held_at),
        skips_grace: Set(state.skips_grace),
        ended_at: Set(state.ended_at),
        ..Default::default()
    }
}
