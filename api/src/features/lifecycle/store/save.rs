//! Writing what a transition changed.

use chrono::{DateTime, Utc};
use domain::activation::{Activation, Charge};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryTrait, SqlErr, TryIntoModel, UpdateMany,
};
use shared::vocab::{ActivationId, ActivationStatus, ClientId, PriceId};
use uuid::Uuid;

use super::super::words::{Findable, sort_key, words_of};
use super::{HistoryLine, Stored};
use crate::auth::{Actor, Reseller};
use crate::db::entity::{activation, activation_history, activation_word, client, product, service_interval, term};
use crate::db::{Batch, CrashPoint, Word, WriteTx};
use crate::error::Error;
use crate::features::catalogue::store::Product;
use crate::features::clients::store::ClientRow;
use crate::features::ledger::store::refused_key;

/// An activation with all its columns.
pub type ActivationRow = activation::Model;

/// A new activation beside its state.
#[derive(Debug, Clone)]
pub struct NewRow<'a> {
    /// Its id.
    pub id: ActivationId,
    /// Whom it serves; of that reseller.
    pub client: &'a ClientRow,
    /// What is put in service.
    pub product: &'a Product,
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

/// Writes a new activation with its words. Returns it, and its row.
pub fn insert_activation(
    batch: &mut Batch,
    reseller: &Reseller,
    new: &NewRow<'_>,
    state: &Activation,
) -> Result<(Stored, ActivationRow), Error> {
    let (client, product) = (new.client, &new.product.details);
    let reference = client.external_reference.as_deref().unwrap_or_default();
    let row = activation::ActiveModel {
        reseller_id: Set(reseller.id.0),
        id: Set(new.id.0),
        client_id: Set(client.id),
        product_id: Set(new.product.id.0),
        priority: Set(new.priority),
        time_zone: Set(state.term.zone.name().to_owned()),
        price_id: Set(new.price_id.0),
        price_minor: Set(new.price_minor),
        pending_price_id: Set(None),
        pending_price_minor: Set(None),
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
    batch.insert(vec![row.clone()], None);
    let findable = Findable {
        activation_id: new.id,
        product: &product.name,
        client: &client.name,
        email: client.email.as_deref(),
        external_reference: new.external_reference,
    };
    batch.insert(word_rows(reseller, findable).collect(), Some(CrashPoint::ActivationWritten));
    let stored = Stored {
        id: new.id,
        client_id: ClientId(client.id),
        client_name: client.name.clone(),
        product_id: new.product.id,
        product_name: product.name.clone(),
        grace_days: product.grace_days,
        price_id: new.price_id,
        price_minor: new.price_minor,
        pending_price: None,
        replacements: Vec::new(),
        priority: new.priority,
        state: state.clone(),
    };
    Ok((stored, row.try_into_model()?))
}

/// Carries out what was gathered.
pub async fn write(tx: &WriteTx, batch: Batch) -> Result<(), Error> {
    let is_whole = batch.write(tx).await.map_err(refused)?;
    if is_whole { Ok(()) } else { Err(Error::internal("a row vanished while it was changed")) }
}

fn refused(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(index)) if index.contains("external_reference") => {
            Error::field("/external_reference", "taken", "is the reference of another activation")
        }
        _ => refused_key(error),
    }
}

fn word_rows(reseller: &Reseller, findable: Findable<'_>) -> impl Iterator<Item = activation_word::ActiveModel> {
    let (reseller_id, activation_id) = (reseller.id.0, findable.activation_id.0);
    words_of(findable).into_iter().map(move |word| activation_word::ActiveModel {
        reseller_id: Set(reseller_id),
        word: Set(word),
        activation_id: Set(activation_id),
    })
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
    let rows = word_rows(reseller, findable);
    activation_word::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Changes the notes.
pub async fn set_notes(tx: &WriteTx, reseller: &Reseller, id: ActivationId, notes: Option<&str>) -> Result<(), Error> {
    let row = activation::ActiveModel { notes: Set(notes.map(str::to_owned)), ..Default::default() };
    update(tx, reseller, id, row).await
}

/// Changes the order of renewal.
pub fn set_priority(batch: &mut Batch, reseller: &Reseller, id: ActivationId, priority: i16) {
    let row = activation::ActiveModel { priority: Set(priority), ..Default::default() };
    batch.add_update(updated(reseller, id, row).into_query(), 1, None);
}

/// Writes the state after a transition at `at`, with its service interval and its term's end. The caller has locked it.
pub fn save_state(
    batch: &mut Batch,
    reseller: &Reseller,
    before: &Stored,
    after: &Stored,
    at: DateTime<Utc>,
    charge: Option<&Charge>,
) {
    // What a price migration brings is worked out at each reading: kept, it would outlast the next migration.
    let chosen_price = after.pending_price.filter(|_| after.state.chosen_interval().is_some());
    let row = activation::ActiveModel {
        price_id: Set(after.price_id.0),
        price_minor: Set(after.price_minor),
        pending_price_id: Set(chosen_price.map(|(id, _)| id.0)),
        pending_price_minor: Set(chosen_price.map(|(_, minor)| minor)),
        ..state_columns(&after.state)
    };
    if before.state.is_on() != after.state.is_on() {
        switch_service(batch, reseller, after, at);
    }
    let has_ended = |state: &Activation| {
        matches!(state.status, ActivationStatus::Expired | ActivationStatus::Deactivated | ActivationStatus::Failed)
    };
    let ends_term = has_ended(&after.state) && !has_ended(&before.state);
    if ends_term || charge.is_some_and(|charge| charge.opens_term) {
        close_term(batch, reseller, before, at);
    }
    batch.add_update(updated(reseller, after.id, row).into_query(), 1, Some(CrashPoint::StateWritten));
}

/// Notes that the service went on or off at `at`.
pub fn switch_service(batch: &mut Batch, reseller: &Reseller, activation: &Stored, at: DateTime<Utc>) {
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
        let insert = service_interval::Entity::insert(row).on_conflict(same_start).into_query();
        batch.add_insert(insert, 1, None);
    } else {
        // What was set up after its paid time was over was not on before.
        let off_at = Expr::case(Expr::col(C::OnFrom).gt(at), Expr::col(C::OnFrom)).finally(Expr::val(at));
        let update = service_interval::Entity::update_many()
            .col_expr(C::OnTo, off_at.into())
            .filter(C::ResellerId.eq(reseller.id.0))
            .filter(C::ActivationId.eq(activation.id.0))
            .filter(C::OnTo.is_null());
        batch.add_update(update.into_query(), 1, None);
    }
}

fn close_term(batch: &mut Batch, reseller: &Reseller, before: &Stored, at: DateTime<Utc>) {
    let closed = term::ActiveModel { closed_at: Set(Some(at)), ..Default::default() };
    let update = term::Entity::update_many()
        .set(closed)
        .filter(term::Column::ResellerId.eq(reseller.id.0))
        .filter(term::Column::ActivationId.eq(before.id.0))
        .filter(term::Column::TermNo.eq(i64::from(before.state.term_no)))
        .filter(term::Column::ClosedAt.is_null());
    // One that failed is closed already.
    batch.add_update(update.into_query(), 0, None);
}

/// Adds a line to the timeline.
pub fn insert_history(
    batch: &mut Batch,
    reseller: &Reseller,
    before: Option<&Activation>,
    after: &Stored,
    line: &HistoryLine,
    recorded_at: DateTime<Utc>,
    by: (&Actor, Option<&str>),
) {
    let row = history_row(reseller, before, after, line, recorded_at, by);
    batch.insert(vec![row], Some(CrashPoint::HistoryWritten));
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
    let updated = updated(reseller, id, row).exec(tx.connection()).await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::not_found()) }
}

fn updated(reseller: &Reseller, id: ActivationId, row: activation::ActiveModel) -> UpdateMany<activation::Entity> {
    activation::Entity::update_many()
        .set(row)
        .filter(activation::Column::ResellerId.eq(reseller.id.0))
        .filter(activation::Column::Id.eq(id.0))
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
        pending_interval: Set(state.chosen_interval().map(Word)),
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
