//! `verify-ledger`, `top-up`, `wallet`, `product` and `price`: what operators do about money from a shell.

use shared::vocab::{ActorKind, Currency, Money};

use super::arguments::{PriceCommand, ProductCommand, TopUpCommand, VerifyLedgerArguments, WalletCommand};
use super::{Failure, Workplace, output};
use crate::auth::{Actor, Reseller};
use crate::config::Environment;
use crate::features::accounts::service as accounts;
use crate::features::catalogue::service::{self as catalogue, ManagedProduct, NewPrice};
use crate::features::catalogue::store::{ProductDetails, Provisioning, find_product};
use crate::features::operator::service::{self as operator, Adjustment};
use crate::features::operator::store as resellers;
use crate::features::top_ups::service::{self as top_ups, Deciding, OwnedTopUp};
use crate::features::wallet::service as wallet;

/// Rows that a list shows at most.
const MOST_LISTED: u16 = 200;

/// Whoever has a shell on the instance acts as its operator.
fn actor() -> Actor {
    Actor { kind: ActorKind::Operator, id: None, name: Some("command line".to_owned()) }
}

/// `verify-ledger`.
pub async fn verify_ledger(arguments: VerifyLedgerArguments, environment: &Environment) -> Result<(), Failure> {
    let place = Workplace::open(&arguments.settings, environment).await?;
    let ids = match &arguments.reseller {
        Some(text) => vec![accounts::get_reseller_by_text(&place.db, text).await?.id],
        None => resellers::all_ids(place.db.pool()).await?,
    };
    let (mut entries, mut wrong) = (0, 0);
    for id in &ids {
        let reseller = accounts::get_reseller(&place.db, *id).await?;
        let proven = wallet::prove(&place.db, &place.clock, &reseller).await?;
        entries += proven.proof.entry_count;
        wrong += i32::from(!proven.proof.is_proven());
        tell_proof(&reseller, &proven);
    }
    let summary = format!("{} resellers, {entries} entries, {wrong} with differences", ids.len());
    if wrong == 0 {
        output::line(&format!("verify-ledger PASS {summary}"));
        return Ok(());
    }
    output::line(&format!("verify-ledger FAIL {summary}"));
    Err(Failure::Told)
}

fn tell_proof(reseller: &Reseller, proven: &wallet::Proven) {
    let balance = reseller.money(proven.proof.balance_minor);
    output::line(&format!("{} {}: {} entries, {balance}", reseller.id, reseller.name, proven.proof.entry_count));
    for check in &proven.proof.checks {
        let result = if check.differences.is_empty() { "ok" } else { "DIFFERS" };
        output::line(&format!("  {:<16} {result:<8} {}", check.check.as_str(), check.checked_count));
        for difference in &check.differences {
            output::line(&format!("    {}", difference.message));
        }
    }
    if let Some(blocked_at) = proven.blocked_at {
        output::line(&format!("  blocked since {blocked_at}; see `resellportal wallet unblock --help`"));
    }
}

/// `top-up …`.
pub async fn top_up(command: TopUpCommand, environment: &Environment) -> Result<(), Failure> {
    let actor = actor();
    let by = Deciding { actor: &actor, request_id: None };
    match command {
        TopUpCommand::List { status, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let rows = top_ups::list_of_all(place.db.pool(), &[status], None, MOST_LISTED).await?;
            if rows.is_empty() {
                output::line(&format!("No top-up is {status}."));
            }
            for owned in rows.into_iter().take(usize::from(MOST_LISTED)) {
                tell_top_up(&owned);
            }
        }
        TopUpCommand::Settle { id, note, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            tell_top_up(&top_ups::settle(&place.db, &place.clock, id, by, note.as_deref()).await?);
        }
        TopUpCommand::Reject { id, reason, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            tell_top_up(&top_ups::reject(&place.db, &place.clock, id, by, &reason).await?);
        }
    }
    Ok(())
}

fn tell_top_up(owned: &OwnedTopUp) {
    let row = &owned.row;
    let amount = Money::new(row.amount_minor, row.currency.0);
    output::line(&format!(
        "{}  {:<9}  {amount:>16}  {}  {}  {}  {}",
        shared::vocab::TopUpId(row.id),
        row.status.0.as_str(),
        row.payment_reference,
        row.requested_at.format("%Y-%m-%d"),
        owned.reseller_name,
        row.reference.as_deref().unwrap_or_default(),
    ));
}

/// `wallet …`.
pub async fn wallet(command: WalletCommand, environment: &Environment) -> Result<(), Failure> {
    let actor = actor();
    match command {
        WalletCommand::Adjust { reseller, amount, reason, corrects, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let reseller = accounts::get_reseller_by_text(&place.db, &reseller).await?;
            let amount = money(&amount, reseller.currency)?;
            let asked = Adjustment { amount, reason, corrects_entry_id: corrects };
            let row = operator::adjust_and_retry(&place.db, &place.clock, &reseller, (&actor, None), &asked).await?;
            let after = reseller.money(row.balance_after_minor);
            output::line(&format!("{} has {after} after this correction of {amount}.", reseller.name));
        }
        WalletCommand::Unblock { reseller, reason, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let reseller = accounts::get_reseller_by_text(&place.db, &reseller).await?;
            wallet::unblock(&place.db, &place.clock, &reseller, (&actor, &reason), None).await?;
            output::line(&format!("The wallet of {} is open again.", reseller.name));
        }
    }
    Ok(())
}

fn money(amount: &str, currency: Currency) -> Result<Money, Failure> {
    Money::parse(amount, currency).map_err(|error| Failure::Wrong(format!("--amount: {error}")))
}

/// `product …`.
pub async fn product(command: ProductCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        ProductCommand::List { settings } => {
            let place = Workplace::open(&settings, environment).await?;
            for managed in catalogue::list_products(place.db.pool(), None, MOST_LISTED).await? {
                tell_product(&managed);
            }
        }
        ProductCommand::Add { reference, name, description, manual, grace_days, access_url, access_note, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let provisioning = if manual { Provisioning::ByHand } else { Provisioning::AtOnce };
            let external_reference = reference;
            let details = ProductDetails {
                external_reference,
                name,
                description,
                provisioning,
                grace_days,
                access_url,
                access_note,
            };
            let now = place.clock.system_now();
            let add = async |tx: &_| catalogue::create_product(tx, now, details.clone()).await;
            tell_product(&place.db.write_shared(add).await?);
        }
        ProductCommand::Retire { reference, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let id = product_id(&place, &reference).await?;
            tell_product(&place.db.write_shared(async |tx| catalogue::retire_product(tx, id).await).await?);
        }
    }
    Ok(())
}

async fn product_id(place: &Workplace, reference: &str) -> Result<shared::vocab::ProductId, Failure> {
    let found = find_product(place.db.pool(), reference).await?;
    found.map(|product| product.id).ok_or_else(|| Failure::Wrong(format!("no product has the reference {reference:?}")))
}

fn tell_product(managed: &ManagedProduct) {
    let row = &managed.row;
    output::line(&format!("{}  {}  {}", row.external_reference, row.status, row.name));
    for price in &managed.prices {
        output::line(&format!(
            "  {}  {:<10}  {:>16}  from {}",
            shared::vocab::PriceId(price.id),
            price.billing_interval.0.as_str(),
            Money::new(price.amount_minor, price.currency.0),
            price.valid_from_on
        ));
    }
}

/// `price …`.
pub async fn price(command: PriceCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        PriceCommand::Add { product, interval, amount, currency, from, settings } => {
            let currency =
                Currency::from_code(&currency).map_err(|error| Failure::Wrong(format!("--currency: {error}")))?;
            let amount = money(&amount, currency)?;
            let place = Workplace::open(&settings, environment).await?;
            let id = product_id(&place, &product).await?;
            let new = NewPrice { interval, amount, valid_from_on: from };
            let now = place.clock.system_now();
            tell_product(&place.db.write_shared(async |tx| catalogue::create_price(tx, now, id, new).await).await?);
        }
        PriceCommand::Migrate { from, to, on, settings } => {
            let place = Workplace::open(&settings, environment).await?;
            let (now, actor) = (place.clock.system_now(), actor());
            let announce = async |tx: &_| catalogue::migrate_price(tx, now, (from, to), on, &actor).await;
            let announced = place.db.write_shared(announce).await?;
            output::line(&format!(
                "Announced: from {on} on {} activations pay the new price from their first period that starts then or later.",
                announced.activation_count
            ));
        }
    }
    Ok(())
}
