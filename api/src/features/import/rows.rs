//! The rows of each file as values, checked as far as that needs no database.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::billing_calendar::local_midnight;
use shared::vocab::{BillingInterval, Currency, Money};

use super::cells::Cells;
use super::problems::Problems;
use super::table::{ACTIVATIONS, CLIENTS, Format, MOVEMENTS, PRICES, PRODUCTS, Record, Tables, USAGE};
use crate::auth::Reseller;
use crate::features::catalogue::store::{ProductDetails, Provisioning};
use crate::features::clients::store::ClientDetails;

const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 2_000;
const MAX_EMAIL: usize = 254;
/// Prices without a date are in force from here on.
const BEGINNING: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// A row with its place and what it says.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// Line in its file.
    pub line: u64,
    /// What it is known by within its file.
    pub key: String,
    /// What it says; the first half of what can never change, the second of all.
    pub hash: Vec<u8>,
    /// Its values.
    pub value: T,
}

/// A row of `prices.csv`.
#[derive(Debug, Clone)]
pub struct PriceRow {
    pub product: String,
    pub interval: BillingInterval,
    pub amount: Money,
    pub valid_from_on: NaiveDate,
}

/// A row of `activations.csv`.
#[derive(Debug, Clone)]
pub struct ActivationRow {
    pub product: String,
    pub client: String,
    pub interval: BillingInterval,
    pub activated_at: DateTime<Utc>,
    pub auto_renew: bool,
    pub priority: i16,
    pub paused_at: Option<DateTime<Utc>>,
    pub resumed_at: Option<DateTime<Utc>>,
    pub deactivated_at: Option<DateTime<Utc>>,
    pub price: Option<Money>,
    pub notes: Option<String>,
}

/// A row of `balance_movements.csv`.
#[derive(Debug, Clone)]
pub struct MovementRow {
    pub is_top_up: bool,
    pub signed_minor: i64,
    pub occurred_at: DateTime<Utc>,
    pub reference: Option<String>,
}

/// A row of `usage.csv`.
#[derive(Debug, Clone)]
pub struct UsageRow {
    pub activation: String,
    pub end_user: String,
    pub occurred_at: DateTime<Utc>,
    pub label: Option<String>,
}

/// Everything in the folder.
#[derive(Debug, Default)]
pub struct Rows {
    pub products: Vec<Row<ProductDetails>>,
    pub prices: Vec<Row<PriceRow>>,
    pub clients: Vec<Row<ClientDetails>>,
    pub activations: Vec<Row<ActivationRow>>,
    pub movements: Vec<Row<MovementRow>>,
    pub usage: Vec<Row<UsageRow>>,
}

struct Place {
    currency: Currency,
    zone: Tz,
    now: DateTime<Utc>,
}

/// Reads every file.
pub fn parse(tables: &Tables, reseller: &Reseller, now: DateTime<Utc>, problems: &mut Problems) -> Rows {
    let place = Place { currency: reseller.currency, zone: reseller.time_zone, now };
    Rows {
        products: rows(
            tables,
            &PRODUCTS,
            problems,
            &["name", "description", "provisioning", "grace_days", "access_url", "access_note"],
            product,
        ),
        prices: rows(tables, &PRICES, problems, &[], |cells| price(cells, &place)),
        clients: rows(tables, &CLIENTS, problems, &["name", "email", "notes"], |cells| Some(client(cells))),
        activations: rows(tables, &ACTIVATIONS, problems, &["notes"], |cells| activation(cells, &place)),
        movements: rows(tables, &MOVEMENTS, problems, &[], |cells| movement(cells, &place)),
        usage: rows(tables, &USAGE, problems, &[], |cells| usage(cells, &place)),
    }
}

fn rows<T>(
    tables: &Tables,
    format: &'static Format,
    problems: &mut Problems,
    changeable: &[&str],
    read: impl Fn(&mut Cells<'_>) -> Option<(String, T)>,
) -> Vec<Row<T>> {
    let records: &[Record] = tables.get(format.file).map_or(&[], Vec::as_slice);
    let mut lines: HashMap<String, u64> = HashMap::with_capacity(records.len());
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        let mut cells = Cells::new(format, record, problems);
        let Some((key, value)) = read(&mut cells) else { continue };
        if !cells.is_whole() {
            continue;
        }
        if let Some(line) = lines.insert(key.clone(), record.line) {
            cells.problem(format.columns[0], format!("{key:?} is on line {line} already"));
            continue;
        }
        let hash = cells.hash(changeable);
        rows.push(Row { line: record.line, key, hash, value });
    }
    rows
}

fn product(cells: &mut Cells<'_>) -> Option<(String, ProductDetails)> {
    let external_reference = cells.id("external_id");
    let provisioning = match cells.optional("provisioning") {
        None | Some("automatic") => Provisioning::AtOnce,
        Some("manual") => Provisioning::ByHand,
        Some(other) => {
            cells.problem("provisioning", format!("{other:?} is not known; expected one of automatic, manual"));
            return None;
        }
    };
    let details = ProductDetails {
        name: cells.required("name", MAX_NAME),
        description: cells.text("description", MAX_TEXT).unwrap_or_default(),
        provisioning,
        grace_days: cells.number("grace_days", (0, 30), domain::billing_calendar::DEFAULT_GRACE_DAYS),
        access_url: cells.text("access_url", MAX_TEXT),
        access_note: cells.text("access_note", MAX_TEXT),
        external_reference: external_reference.clone(),
    };
    Some((external_reference, details))
}

fn price(cells: &mut Cells<'_>, place: &Place) -> Option<(String, PriceRow)> {
    let product = cells.id("product");
    let interval: Option<BillingInterval> = cells.word("billing_interval");
    let currency = match cells.optional("currency") {
        None => Some(place.currency),
        Some(code) => cells.parsed("currency", Currency::from_code(code).map_err(|error| error.to_string())),
    };
    let amount = money(cells, "amount", currency?);
    if amount.is_some_and(|amount| amount.minor < 0) {
        cells.problem("amount", "must not be below zero");
    }
    let valid_from_on = cells.date("valid_from_on").unwrap_or(BEGINNING);
    let (interval, amount) = (interval?, amount?);
    let key = format!("{product} {interval} {} {valid_from_on}", amount.currency);
    Some((key, PriceRow { product, interval, amount, valid_from_on }))
}

fn client(cells: &mut Cells<'_>) -> (String, ClientDetails) {
    let external_id = cells.id("external_id");
    let email = cells.text("email", MAX_EMAIL);
    if let Some(address) = &email {
        let is_address = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if !is_address || address.chars().any(char::is_whitespace) {
            cells.problem("email", format!("{address:?} must be an email address such as mara@example.com"));
        }
    }
    let details = ClientDetails {
        name: cells.required("name", MAX_NAME),
        email,
        external_reference: Some(external_id.clone()),
        notes: cells.text("notes", MAX_TEXT),
    };
    (external_id, details)
}

fn activation(cells: &mut Cells<'_>, place: &Place) -> Option<(String, ActivationRow)> {
    let external_id = cells.id("external_id");
    let (product, client) = (cells.id("product"), cells.id("client"));
    let interval = cells.word("billing_interval");
    if cells.optional("activated_on").is_none() {
        cells.problem("activated_on", "must not be empty");
    }
    let price = if cells.optional("price").is_some() { money(cells, "price", place.currency) } else { None };
    let days = ["activated_on", "paused_on", "resumed_on", "deactivated_on"].map(|column| day(cells, column, place));
    let [activated_at, paused_at, resumed_at, deactivated_at] = days;
    if resumed_at.is_some() && paused_at.is_none() {
        cells.problem("resumed_on", "needs a date in paused_on");
    }
    let in_order = [
        ("activated_on", activated_at, "paused_on", paused_at),
        ("paused_on", paused_at, "resumed_on", resumed_at),
        ("activated_on", activated_at, "deactivated_on", deactivated_at),
        ("paused_on", paused_at, "deactivated_on", deactivated_at),
        ("resumed_on", resumed_at, "deactivated_on", deactivated_at),
    ];
    for (earlier, first, later, second) in in_order {
        if let (Some(first), Some(second)) = (first, second)
            && second < first
        {
            cells.problem(later, format!("must not be before {earlier}"));
        }
    }
    let row = ActivationRow {
        product,
        client,
        interval: interval?,
        activated_at: activated_at?,
        auto_renew: cells.flag("auto_renew", true),
        priority: i16::try_from(cells.number("priority", (1, 9), 5)).unwrap_or(5),
        paused_at,
        resumed_at,
        deactivated_at,
        price,
        notes: cells.text("notes", MAX_TEXT),
    };
    Some((external_id, row))
}

/// The first moment of a day in the reseller's zone; not after now.
fn day(cells: &mut Cells<'_>, column: &str, place: &Place) -> Option<DateTime<Utc>> {
    let date = cells.date(column)?;
    let at = cells.parsed(column, local_midnight(date, place.zone).map_err(|error| error.to_string()))?;
    if at > place.now {
        cells.problem(column, format!("{date} is in the future"));
        return None;
    }
    Some(at)
}

fn movement(cells: &mut Cells<'_>, place: &Place) -> Option<(String, MovementRow)> {
    let external_id = cells.id("external_id");
    let kind = cells.optional("kind");
    let is_top_up = kind == Some("top_up");
    if !matches!(kind, Some("top_up" | "adjustment")) {
        let given = kind.unwrap_or_default();
        cells.problem("kind", format!("{given:?} is not known; expected one of top_up, adjustment"));
    }
    let amount = money(cells, "amount", place.currency);
    if amount.is_some_and(|amount| amount.minor == 0 || (is_top_up && amount.minor < 0)) {
        let expected = if is_top_up { "must be above zero" } else { "must not be zero" };
        cells.problem("amount", expected);
    }
    let occurred_at = past(cells, place, Some(place.zone));
    let reference = cells.text("reference", MAX_NAME);
    let row = MovementRow { is_top_up, signed_minor: amount?.minor, occurred_at: occurred_at?, reference };
    Some((external_id, row))
}

fn usage(cells: &mut Cells<'_>, place: &Place) -> Option<(String, UsageRow)> {
    let id = cells.id("id");
    if !id.is_ascii() {
        cells.problem("id", format!("{id:?} must be made of ASCII letters, digits and signs"));
    }
    let activation = cells.id("activation");
    let end_user = cells.required("end_user", MAX_NAME);
    let occurred_at = past(cells, place, None);
    let label = cells.text("label", MAX_NAME);
    Some((id, UsageRow { activation, end_user, occurred_at: occurred_at?, label }))
}

/// Nothing of what is shown goes further back.
const FIRST_YEAR: i32 = 2000;

fn past(cells: &mut Cells<'_>, place: &Place, zone: Option<Tz>) -> Option<DateTime<Utc>> {
    let at = cells.moment("occurred_at", zone)?;
    if at > place.now + TimeDelta::minutes(5) {
        cells.problem("occurred_at", "is in the future");
        return None;
    }
    if at.year() < FIRST_YEAR {
        cells.problem("occurred_at", format!("is before the year {FIRST_YEAR}"));
        return None;
    }
    Some(at)
}

fn money(cells: &mut Cells<'_>, column: &str, currency: Currency) -> Option<Money> {
    let Some(text) = cells.optional(column) else {
        cells.problem(column, "must not be empty");
        return None;
    };
    cells.parsed(column, Money::parse(text, currency).map_err(|error| error.to_string()))
}
