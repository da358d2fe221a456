//! Activations as far as usage is concerned: whom they serve, and when they were on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::activation::ServiceDates;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use shared::vocab::{ActivationId, ActivationStatus, ClientId, ProductId, ResellerId};
use uuid::Uuid;

use crate::db::{Word, WriteTx};
use crate::error::Error;
use crate::features::ledger::store::find_wallet;

/// Ids of one statement.
const CHUNK: usize = 500;

/// An activation with the stretches in which it was on.
#[derive(Debug, Clone)]
pub struct ServedActivation {
    /// Whom it serves.
    pub client_id: ClientId,
    /// What is in service.
    pub product_id: ProductId,
    /// Half-open; one without an end goes on as far as anybody can tell.
    pub on: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

impl ServedActivation {
    /// Whether it was on at that moment.
    pub fn was_on(&self, at: DateTime<Utc>) -> bool {
        self.on.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
    }
}

/// An activation with one of its service intervals, if it has any.
#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    product_id: Uuid,
    status: Word<ActivationStatus>,
    auto_renew: bool,
    paid_until_at: Option<DateTime<Utc>>,
    grace_until_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    on_from: Option<DateTime<Utc>>,
    on_to: Option<DateTime<Utc>>,
}

impl Row {
    /// Since when time alone has switched it off, whether or not a run has noticed.
    ///
    /// While the wallet is blocked the grace that was left then stands still.
    fn off_from(&self, blocked_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        if self.status.0 != ActivationStatus::Active {
            return None;
        }
        let stands_still = |until: &DateTime<Utc>| blocked_at.is_some_and(|blocked_at| *until > blocked_at);
        if self.ends_at.is_none() && self.grace_until_at.as_ref().is_some_and(stands_still) {
            return None;
        }
        let (auto_renew, paid_until_at) = (self.auto_renew, self.paid_until_at);
        ServiceDates { auto_renew, paid_until_at, grace_until_at: self.grace_until_at, ends_at: self.ends_at }
            .off_from()
    }
}

/// Those of the activations that are the reseller's, with their service intervals as they are once time has done its work.
pub async fn served_activations(
    tx: &WriteTx,
    reseller_id: ResellerId,
    ids: &[ActivationId],
) -> Result<HashMap<ActivationId, ServedActivation>, Error> {
    let mut rows = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let wanted = (2..chunk.len() + 2).map(|number| format!("${number}")).collect::<Vec<_>>().join(",");
        // In one statement, so that state and intervals agree.
        let sql = format!(
            "SELECT a.id, a.client_id, a.product_id, a.status, a.auto_renew, a.paid_until_at, a.grace_until_at, a.ends_at, \
             i.on_from, i.on_to FROM activations AS a LEFT JOIN service_intervals AS i \
             ON i.reseller_id = a.reseller_id AND i.activation_id = a.id \
             WHERE a.reseller_id = $1 AND a.id IN ({wanted})"
        );
        let values = std::iter::once(reseller_id.0).chain(chunk.iter().map(|id| id.0)).map(Value::from);
        let statement = Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, values);
        rows.extend(Row::find_by_statement(statement).all(tx.connection()).await?);
    }
    let has_grace = rows.iter().any(|row| row.grace_until_at.is_some());
    let wallet = if has_grace { find_wallet(tx.connection(), reseller_id).await? } else { None };
    let blocked_at = wallet.and_then(|wallet| wallet.blocked_at);
    let mut served: HashMap<ActivationId, ServedActivation> = HashMap::new();
    for row in rows {
        let activation = served.entry(ActivationId(row.id)).or_insert_with(|| ServedActivation {
            client_id: ClientId(row.client_id),
            product_id: ProductId(row.product_id),
            on: Vec::new(),
        });
        if let Some(on_from) = row.on_from {
            activation.on.push((on_from, row.on_to.or_else(|| row.off_from(blocked_at))));
        }
    }
    Ok(served)
}
