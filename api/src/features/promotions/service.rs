//! What operators announce.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use shared::vocab::{PromotionId, PromotionKind, PromotionScope, ResellerId};
use uuid::Uuid;

use super::store::{self, Key, PromotionRow};
use crate::auth::Actor;
use crate::db::Word;
use crate::error::Error;
use crate::features::accounts::service::checked_text;
use crate::http::cursor::Cursor;

const MAX_TITLE: usize = 100;
const MAX_TEXT: usize = 500;
/// Resellers that can be chosen for one promotion.
const MAX_CHOSEN: usize = 200;
/// Years in which a promotion may lie.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// A promotion and for whom it is.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The promotion.
    pub row: PromotionRow,
    /// Those who were chosen; none if it is for all.
    pub resellers: Vec<ResellerId>,
}

impl Announced {
    /// Its place in the list.
    pub fn key(&self) -> Key {
        (self.row.starts_on, self.row.id)
    }
}

/// What a promotion is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionDetails {
    /// Campaign or something new.
    pub kind: PromotionKind,
    /// In a few words.
    pub title: String,
    /// More about it.
    pub text: Option<String>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Who sees it.
    pub scope: PromotionScope,
    /// Those who were chosen.
    pub resellers: BTreeSet<ResellerId>,
}

/// What is to be changed: what is `None` stays, `Some(None)` empties a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromotionChanges {
    /// Campaign or something new.
    pub kind: Option<PromotionKind>,
    /// In a few words.
    pub title: Option<String>,
    /// More about it.
    pub text: Option<Option<String>>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<Option<NaiveDate>>,
    /// Who sees it.
    pub scope: Option<PromotionScope>,
    /// Those who were chosen.
    pub resellers: Option<BTreeSet<ResellerId>>,
}

/// The rows of a page, and one more where there are more.
pub async fn list(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Key>>,
    limit: u16,
) -> Result<Vec<Announced>, Error> {
    let rows = store::list(connection, edge, u64::from(limit) + 1).await?;
    with_resellers(connection, rows).await
}

/// One promotion.
pub async fn get(connection: &impl ConnectionTrait, id: PromotionId) -> Result<Announced, Error> {
    let row = store::find(connection, id).await?.ok_or_else(Error::not_found)?;
    with_resellers(connection, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

async fn with_resellers(connection: &impl ConnectionTrait, rows: Vec<PromotionRow>) -> Result<Vec<Announced>, Error> {
    let mut chosen = store::resellers_of(connection, rows.iter().map(|row| row.id)).await?;
    let announced = |row: PromotionRow| Announced { resellers: chosen.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(announced).collect())
}

/// Announces a promotion.
pub async fn create(
    tx: &DatabaseTransaction,
    details: PromotionDetails,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<PromotionId, Error> {
    let details = checked(tx, details).await?;
    let id = PromotionId(Uuid::now_v7());
    let row = PromotionRow {
        id: id.0,
        kind: Word(details.kind),
        title: details.title,
        text: details.text,
        starts_on: details.starts_on,
        ends_on: details.ends_on,
        scope: Word(details.scope),
        created_by_kind: Word(actor.kind),
        created_by_name: actor.name.clone(),
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, row).await?;
    store::choose(tx, id, &details.resellers).await?;
    Ok(id)
}

/// Changes a promotion. One that turns to all forgets who was chosen.
pub async fn patch(
    tx: &DatabaseTransaction,
    id: PromotionId,
    changes: PromotionChanges,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let before = get(tx, id).await?;
    let row = before.row;
    let scope = changes.scope.unwrap_or(row.scope.0);
    let kept =
        || if scope == PromotionScope::All { BTreeSet::new() } else { before.resellers.iter().copied().collect() };
    let details = PromotionDetails {
        kind: changes.kind.unwrap_or(row.kind.0),
        title: changes.title.unwrap_or_else(|| row.title.clone()),
        text: changes.text.unwrap_or_else(|| row.text.clone()),
        starts_on: changes.starts_on.unwrap_or(row.starts_on),
        ends_on: changes.ends_on.unwrap_or(row.ends_on),
        scope,
        resellers: changes.resellers.unwrap_or_else(kept),
    };
    let details = checked(tx, details).await?;
    let after = PromotionRow {
        kind: Word(details.kind),
        title: details.title,
        text: details.text,
        starts_on: details.starts_on,
        ends_on: details.ends_on,
        scope: Word(details.scope),
        ..row.clone()
    };
    let is_chosen_anew = details.resellers != before.resellers.iter().copied().collect();
    if after == row && !is_chosen_anew {
        return Ok(());
    }
    store::update(tx, &PromotionRow { updated_at: now, ..after }).await?;
    store::choose(tx, id, &details.resellers).await
}

/// One promotion, which nobody else can change until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: PromotionId) -> Result<Announced, Error> {
    let row = store::lock(tx, id).await?;
    with_resellers(tx, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// Takes a promotion away.
pub async fn delete(tx: &DatabaseTransaction, id: PromotionId) -> Result<(), Error> {
    store::delete(tx, id).await
}

async fn checked(tx: &DatabaseTransaction, details: PromotionDetails) -> Result<PromotionDetails, Error> {
    let text = details.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let out_of_range = |pointer: &str| {
        let message = format!("must lie between the years {} and {}", YEARS.start(), YEARS.end());
        Error::field(pointer, "out_of_range", message)
    };
    if !YEARS.contains(&details.starts_on.year()) {
        return Err(out_of_range("/starts_on"));
    }
    if details.ends_on.is_some_and(|ends_on| !YEARS.contains(&ends_on.year())) {
        return Err(out_of_range("/ends_on"));
    }
    if details.ends_on.is_some_and(|ends_on| ends_on < details.starts_on) {
        return Err(Error::field("/ends_on", "invalid", "must not be before starts_on"));
    }
    check_resellers(tx, details.scope, &details.resellers).await?;
    Ok(PromotionDetails {
        title: checked_text(&details.title, "/title", MAX_TITLE)?,
        text: text.map(|text| checked_text(text, "/text", MAX_TEXT)).transpose()?,
        ..details
    })
}

async fn check_resellers(
    tx: &DatabaseTransaction,
    scope: PromotionScope,
    resellers: &BTreeSet<ResellerId>,
) -> Result<(), Error> {
    match scope {
        PromotionScope::All if !resellers.is_empty() => {
            Err(Error::field("/reseller_ids", "invalid", "belongs to the scope chosen"))
        }
        PromotionScope::Chosen if resellers.is_empty() => {
            Err(Error::field("/reseller_ids", "required", "must name at least one reseller"))
        }
        PromotionScope::Chosen if resellers.len() > MAX_CHOSEN => {
            Err(Error::field("/reseller_ids", "too_long", format!("must have at most {MAX_CHOSEN} resellers")))
        }
        _ => {
            let known = store::known_resellers(tx, resellers).await?;
            match resellers.difference(&known).next() {
                Some(unknown) => {
                    Err(Error::field("/reseller_ids", "unknown_value", format!("{unknown} is not a reseller")))
                }
                None => Ok(()),
            }
        }
    }
}
