//! Choosing thresholds, and telling that one was crossed in the transaction that crossed it.

use chrono::{DateTime, Utc};
use domain::ledger::{MAX_THRESHOLDS, ThresholdError, Thresholds};
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::vocab::Money;

use super::store;
use crate::auth::{Actor, Reseller};
use crate::db::{NewEvent, WriteTx};
use crate::error::Error;

/// A threshold that a balance fell below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossing {
    /// The lowest of them, in minor units.
    pub threshold_minor: i64,
    /// What is left, in minor units.
    pub balance_minor: i64,
}

/// The thresholds of a reseller.
pub async fn get(connection: &impl ConnectionTrait, reseller: &Reseller) -> Result<Thresholds, Error> {
    store::find(connection, reseller.id).await?.ok_or_else(Error::not_found)
}

/// The same, which nobody changes until the end of the transaction.
pub async fn lock(tx: &WriteTx, reseller: &Reseller) -> Result<Thresholds, Error> {
    store::lock(tx, reseller.id).await?.ok_or_else(Error::not_found)
}

/// Puts these in the place of a reseller's thresholds. Only falling below one from now on is told.
pub async fn set(
    tx: &WriteTx,
    reseller: &Reseller,
    actor: &Actor,
    (at, request_id): (DateTime<Utc>, Option<&str>),
    asked: &[Money],
) -> Result<(), Error> {
    let before = get(tx.connection(), reseller).await?;
    let thresholds = checked(reseller, asked)?;
    if thresholds == before {
        return Ok(());
    }
    store::set(tx, reseller.id, &thresholds).await?;
    let amounts: Vec<Money> = thresholds.amounts().iter().map(|minor| reseller.money(*minor)).collect();
    tx.push_event(NewEvent {
        kind: "wallet.low_balance_alerts_changed",
        subject: reseller.id.to_string(),
        occurred_at: at,
        request_id: request_id.map(str::to_owned),
        payload: json!({ "thresholds": amounts, "by": actor.name }),
    });
    Ok(())
}

fn checked(reseller: &Reseller, asked: &[Money]) -> Result<Thresholds, Error> {
    if let Some(place) = asked.iter().position(|amount| amount.currency != reseller.currency) {
        let message = format!("must be in {}, the currency of the wallet", reseller.currency);
        return Err(Error::field(format!("/thresholds/{place}/currency"), "invalid", message));
    }
    let refused = |error: ThresholdError| {
        let at = |place: usize| format!("/thresholds/{place}/amount");
        match error {
            ThresholdError::TooMany => {
                Error::field("/thresholds", "too_long", format!("must have at most {MAX_THRESHOLDS} amounts"))
            }
            ThresholdError::NotPositive(place) => Error::field(at(place), "too_small", "must be more than zero"),
            ThresholdError::OutOfRange(place) => Error::field(at(place), "too_large", "is more than a wallet may hold"),
            ThresholdError::Repeated(place) => Error::field(at(place), "duplicate", "is there already"),
        }
    };
    Thresholds::new(asked.iter().map(|amount| amount.minor).collect()).map_err(refused)
}

/// Tells of the threshold that a movement of money crossed, if it crossed one.
pub async fn tell(
    tx: &WriteTx,
    reseller: &Reseller,
    thresholds: &Thresholds,
    (before_minor, after_minor): (i64, i64),
    (at, request_id): (DateTime<Utc>, Option<&str>),
) -> Result<(), Error> {
    let Some(threshold_minor) = thresholds.crossed(before_minor, after_minor) else { return Ok(()) };
    let crossing = Crossing { threshold_minor, balance_minor: after_minor };
    store::insert_notice(tx, reseller.id, crossing, at).await?;
    tx.push_event(NewEvent {
        kind: "wallet.balance_low",
        subject: reseller.id.to_string(),
        occurred_at: at,
        request_id: request_id.map(str::to_owned),
        payload: json!({ "threshold": reseller.money(threshold_minor), "balance": reseller.money(after_minor) }),
    });
    Ok(())
}
