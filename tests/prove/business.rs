//! A reseller in business: activations of every kind put in service at given moments, and what its ledger says of them.

use api::auth::Actor;
use api::features::ledger::verify::verify;
use api::features::lifecycle::service::{Context, NewActivation, activate};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use shared::vocab::{ActivationId, BillingInterval, ProductId, ResellerId};

use crate::copies::copied;
use crate::report::Report;
use crate::stand::{Account, Stand};

/// A reseller with so many activations, put in service at these moments.
pub async fn portfolio(
    stand: &Stand,
    product: ProductId,
    zone: Tz,
    (intervals, moments): (&[BillingInterval], &[DateTime<Utc>]),
) -> (Account, Vec<Placed>) {
    let account = stand.account_in("portfolio", 900_000_000_000, zone).await;
    let placed = put_in_service(stand, &account, product, intervals, moments).await;
    (account, placed)
}

/// Activations of a reseller, put in service at these moments, with the intervals in turn.
pub async fn put_in_service(
    stand: &Stand,
    account: &Account,
    product: ProductId,
    intervals: &[BillingInterval],
    moments: &[DateTime<Utc>],
) -> Vec<Placed> {
    let actor = Actor::system();
    let mut placed = Vec::with_capacity(moments.len());
    for (chunk_no, chunk) in moments.chunks(100).enumerate() {
        let made = stand.db.write(account.reseller.id, async |tx| {
            let mut made = Vec::with_capacity(chunk.len());
            for (index, moment) in chunk.iter().enumerate() {
                let number = chunk_no * 100 + index;
                let (interval, priority) =
                    (intervals[number % intervals.len()], i16::try_from(number % 9 + 1).unwrap());
                let new = NewActivation {
                    id: None,
                    client_id: account.client_id,
                    product_id: product,
                    interval,
                    auto_renew: true,
                    priority,
                    price_id: None,
                    external_reference: None,
                    notes: None,
                };
                let id = activate(tx, &Context::new(&account.reseller, *moment, &actor), &new).await?.id;
                made.push(Placed { id, interval, priority, at: *moment });
            }
            Ok(made)
        });
        placed.extend(made.await.unwrap());
    }
    placed
}

/// An activation that was put in service.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// Its id.
    pub id: ActivationId,
    /// How often it is paid.
    pub interval: BillingInterval,
    /// Its turn among those due at one moment.
    pub priority: i16,
    /// When it was put in service.
    pub at: DateTime<Utc>,
}

/// Charges of renewals, and how many periods were charged more than once.
pub async fn charges(stand: &Stand) -> (i64, i64) {
    let all = stand.number("SELECT COUNT(*) FROM ledger_entries WHERE kind = 'renewal_charge'").await;
    let doubled = stand
        .number(
            "SELECT COUNT(*) FROM (SELECT 1 FROM ledger_entries WHERE kind IN ('activation_charge', 'renewal_charge') \
             GROUP BY reseller_id, activation_id, term_no, period_no HAVING COUNT(*) > 1) AS doubled",
        )
        .await;
    (all, doubled)
}

/// The books of an account and of some of its copies agree.
pub async fn agree(report: &mut Report, stand: &Stand, name: &str, account: &Account, copies: u32) {
    for number in [0, 1, copies / 2, copies].into_iter().filter(|number| *number <= copies) {
        let id = account.reseller.id.0;
        let id = if number == 0 { id } else { copied(id, number) };
        for difference in verify(stand.db.pool(), ResellerId(id)).await.unwrap() {
            report.fail(format!("{name}: {difference}"));
        }
    }
}
