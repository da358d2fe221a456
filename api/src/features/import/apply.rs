//! Carries out what the files say, inside one transaction.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use shared::vocab::ClientId;
use uuid::Uuid;

use super::problems::Problems;
use super::references::References;
use super::rows::{PriceRow, Row, Rows};
use super::table::{CLIENTS, Format, PRICES, PRODUCTS};
use super::{Counts, Options, Report, store, timeline, usage};
use crate::auth::Reseller;
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::catalogue::store::{
    PriceDetails, ProductDetails, find_product, insert_price, insert_product, list_prices, update_product,
};
use crate::features::clients::store::{ClientDetails, find_by_reference, insert as insert_client, update};
use crate::features::ledger::store::find_wallet;
use crate::features::lifecycle::store::{of_client, of_product, refresh_words};

/// What a row means beside what was imported before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not seen before.
    New,
    /// Says what it said before.
    Unchanged,
    /// Says something else, and may.
    Changed,
    /// A mistake; told.
    Refused,
}

/// An import under way.
pub struct Job<'a> {
    pub tx: &'a WriteTx,
    pub reseller: &'a Reseller,
    pub now: DateTime<Utc>,
    pub options: Options,
    pub problems: Problems,
    pub references: References,
}

/// Does everything, or tells what is wrong; the caller undoes the transaction then.
pub async fn apply(
    tx: &WriteTx,
    reseller: &Reseller,
    now: DateTime<Utc>,
    rows: &Rows,
    options: Options,
    secret: &SecretString,
) -> Result<Result<Report, Problems>, Error> {
    let mut job = Job { tx, reseller, now, options, problems: Problems::default(), references: References::default() };
    let mut report = Report {
        is_dry_run: options.is_dry_run,
        products: job.products(&rows.products).await?,
        prices: job.prices(&rows.prices).await?,
        clients: job.clients(&rows.clients).await?,
        activations: Counts::default(),
        movements: Counts::default(),
        usage: Counts::default(),
        usage_not_counted: 0,
        balance: reseller.money(0),
    };
    let (activations, movements) = timeline::run(&mut job, &rows.activations, &rows.movements).await?;
    (report.activations, report.movements) = (activations, movements);
    // Usage of what could not be activated would only repeat the mistakes.
    if job.problems.is_empty() {
        (report.usage, report.usage_not_counted) = usage::run(&mut job, &rows.usage, secret).await?;
    }
    let wallet = find_wallet(tx.connection(), reseller.id).await?;
    report.balance = reseller.money(wallet.map_or(0, |wallet| wallet.balance_minor));
    Ok(if job.problems.is_empty() { Ok(report) } else { Err(job.problems) })
}

impl Job<'_> {
    /// Compares a row with what was imported before.
    pub fn judge<T>(&mut self, format: &Format, known: &HashMap<String, Vec<u8>>, row: &Row<T>) -> Verdict {
        let Some(before) = known.get(&row.key) else { return Verdict::New };
        if *before == row.hash {
            return Verdict::Unchanged;
        }
        let half = row.hash.len() / 2;
        let message = if before.get(..half) != row.hash.get(..half) {
            "the row differs from what was imported, in something that money or counts depend on; that cannot change: \
             put the row back as it was, and act in the app"
        } else if self.options.may_update {
            return Verdict::Changed;
        } else {
            "the row differs from what was imported; --update takes the change over"
        };
        self.problems.push(format.file, Some(row.line), None, message);
        Verdict::Refused
    }

    /// Remembers rows that were taken.
    pub async fn remember<T>(&self, format: &Format, taken: &[&Row<T>]) -> Result<(), Error> {
        let rows = taken.iter().map(|row| (row.key.clone(), row.hash.clone())).collect();
        store::remember(self.tx, self.reseller.id, format.file, rows, self.now).await
    }

    async fn products(&mut self, rows: &[Row<ProductDetails>]) -> Result<Counts, Error> {
        let known = store::known_rows(self.tx, self.reseller.id, PRODUCTS.file).await?;
        let (mut counts, mut taken) = (Counts::default(), Vec::new());
        for row in rows {
            let mut verdict = self.judge(&PRODUCTS, &known, row);
            let existing = find_product(self.tx.connection(), &row.key).await?;
            if let (Verdict::New, Some(product)) = (verdict, &existing) {
                verdict = self.judge_existing(&PRODUCTS, row.line, product.details == row.value);
            }
            match (verdict, existing) {
                (Verdict::Refused, _) => continue,
                (Verdict::Unchanged, Some(product)) => {
                    counts.unchanged += 1;
                    self.references.add_product(&row.key, product.id);
                }
                (_, Some(product)) => {
                    counts.updated += 1;
                    update_product(self.tx, product.id, &row.value).await?;
                    for id in of_product(self.tx.connection(), self.reseller.id, product.id).await? {
                        refresh_words(self.tx, self.reseller, id).await?;
                    }
                    self.references.add_product(&row.key, product.id);
                }
                (_, None) => {
                    counts.added += 1;
                    let id = insert_product(self.tx, &row.value, self.now).await?;
                    self.references.add_product(&row.key, id);
                }
            }
            taken.push(row);
        }
        self.remember(&PRODUCTS, &taken).await?;
        Ok(counts)
    }

    /// A row that was not imported, but what it describes is there.
    fn judge_existing(&mut self, format: &Format, line: u64, is_alike: bool) -> Verdict {
        if is_alike {
            return Verdict::Unchanged;
        }
        if self.options.may_update {
            return Verdict::Changed;
        }
        let message = "is there already and says something else; --update takes the change over";
        self.problems.push(format.file, Some(line), Some(format.columns[0]), message);
        Verdict::Refused
    }

    async fn prices(&mut self, rows: &[Row<PriceRow>]) -> Result<Counts, Error> {
        let (mut counts, mut taken) = (Counts::default(), Vec::new());
        for row in rows {
            let price = &row.value;
            let product_id = match self.references.product(self.tx, &price.product).await? {
                Ok(id) => id,
                Err(message) => {
                    self.problems.push(PRICES.file, Some(row.line), Some("product"), message);
                    continue;
                }
            };
            let listed = list_prices(self.tx.connection(), product_id, price.interval, price.amount.currency).await?;
            let same_day = listed.iter().find(|known| known.details.valid_from_on == price.valid_from_on);
            match same_day.map(|known| known.details.amount_minor) {
                Some(minor) if minor == price.amount.minor => counts.unchanged += 1,
                Some(minor) => {
                    let known = shared::vocab::Money::new(minor, price.amount.currency);
                    let message = format!(
                        "is {known} since {}; a price never changes: add a row with a later valid_from_on",
                        price.valid_from_on
                    );
                    self.problems.push(PRICES.file, Some(row.line), Some("amount"), message);
                    continue;
                }
                None => {
                    let details = PriceDetails {
                        product_id,
                        interval: price.interval,
                        currency: price.amount.currency,
                        amount_minor: price.amount.minor,
                        valid_from_on: price.valid_from_on,
                    };
                    insert_price(self.tx, &details, self.now).await?;
                    counts.added += 1;
                }
            }
            taken.push(row);
        }
        self.remember(&PRICES, &taken).await?;
        Ok(counts)
    }

    async fn clients(&mut self, rows: &[Row<ClientDetails>]) -> Result<Counts, Error> {
        let known = store::known_rows(self.tx, self.reseller.id, CLIENTS.file).await?;
        let (mut counts, mut taken) = (Counts::default(), Vec::new());
        for row in rows {
            let mut verdict = self.judge(&CLIENTS, &known, row);
            let existing = find_by_reference(self.tx.connection(), self.reseller.id, &row.key).await?;
            if let (Verdict::New, Some((_, details))) = (verdict, &existing) {
                verdict = self.judge_existing(&CLIENTS, row.line, *details == row.value);
            }
            match (verdict, existing) {
                (Verdict::Refused, _) => continue,
                (Verdict::Unchanged, Some((id, _))) => {
                    counts.unchanged += 1;
                    self.references.add_client(&row.key, id);
                }
                (_, Some((id, _))) => {
                    counts.updated += 1;
                    update(self.tx, self.reseller.id, id, &row.value).await?;
                    for activation_id in of_client(self.tx.connection(), self.reseller.id, id).await? {
                        refresh_words(self.tx, self.reseller, activation_id).await?;
                    }
                    self.references.add_client(&row.key, id);
                }
                (_, None) => {
                    counts.added += 1;
                    let id = ClientId(Uuid::now_v7());
                    insert_client(self.tx, self.reseller.id, id, &row.value, self.now).await?;
                    self.references.add_client(&row.key, id);
                }
            }
            taken.push(row);
        }
        self.remember(&CLIENTS, &taken).await?;
        Ok(counts)
    }
}
