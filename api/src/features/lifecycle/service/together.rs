//! Renewals that need nothing but the money, written together: about ten statements for a hundred of them.

use std::collections::HashMap;

use domain::activation::Activation;
use domain::ledger::Posting;
use shared::vocab::ActivationId;

use super::super::store::{NewPeriod, Stored, bulk};
use super::Context;
use super::recording::{Priced, details, tell_paid};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::ledger::service::{Details, PeriodReference, PostedEntry, post_all, refused as amount_refused};

/// A renewal that needs nothing but the money.
pub(super) struct Plain {
    pub before: Stored,
    pub after: Stored,
    pub charge: domain::activation::Charge,
    pub price: Priced,
}

/// Charges them and writes their periods, states and history. All or none.
pub(super) async fn write_together(tx: &WriteTx, context: &Context<'_>, plain: &[Plain]) -> Result<(), Error> {
    let reseller = context.reseller;
    let entries = pay_together(tx, context, plain).await?;
    let mut periods = Vec::with_capacity(plain.len());
    let mut states: HashMap<ActivationId, &Activation> = HashMap::with_capacity(plain.len());
    for (renewal, entry) in plain.iter().zip(&entries) {
        let (price_minor, charged_at) = (renewal.price.minor, context.now);
        let charge_entry_id = entry.map(|entry| entry.id);
        let period = NewPeriod { price_minor, credit_minor: 0, charge_entry_id, charged_at };
        periods.push((renewal.before.id, renewal.charge, period));
        // Of one that is caught up with, the last state counts.
        states.insert(renewal.after.id, &renewal.after.state);
    }
    bulk::insert_periods(tx, reseller.id, &periods).await?;
    bulk::update_renewed(tx, reseller.id, &states.into_iter().collect::<Vec<_>>()).await?;
    let mut lines = Vec::with_capacity(plain.len());
    for (renewal, entry) in plain.iter().zip(entries) {
        lines.push(tell_paid(tx, context, &renewal.before, &renewal.after, entry));
    }
    bulk::insert_history(tx, lines).await
}

/// Debits the wallet for all of them at once; renewals that cost nothing have no entry.
async fn pay_together(tx: &WriteTx, context: &Context<'_>, plain: &[Plain]) -> Result<Vec<Option<PostedEntry>>, Error> {
    let mut postings = Vec::with_capacity(plain.len());
    for renewal in plain.iter().filter(|renewal| renewal.price.minor > 0) {
        let posting = Posting::renewal_charge(renewal.price.minor).map_err(amount_refused)?;
        let period = PeriodReference {
            activation_id: renewal.before.id,
            term_no: renewal.charge.term_no,
            period_no: renewal.charge.period.n,
        };
        let reason = format!("{} · {}", renewal.before.product_name, renewal.before.client_name);
        postings.push((posting, Details { period: Some(period), ..details(context, reason) }));
    }
    let mut posted = post_all(tx, context.reseller, &postings).await?.into_iter();
    Ok(plain.iter().map(|renewal| if renewal.price.minor > 0 { posted.next() } else { None }).collect())
}
