//! The schema as frozen history.
//!
//! Each migration is a folder of SQL in the words that both databases share; `dialect` spells the column types. A released
//! migration is never edited. Imports no crate of ours, so that history does not change when the code does.

mod dialect;
mod script;

use script::{Script, script};
pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// In the order in which they are applied.
const MIGRATIONS: &[Script] = &[
    // The first schema: accounts, catalogue, activations, ledger, events, usage.
    script!("m20261122_000001_create_schema": "accounts.sql", "catalogue.sql", "activations.sql", "ledger.sql", "usage.sql"),
    // What requests that write need: idempotency keys, changes of interval.
    script!("m20261122_000002_add_lifecycle_writes": "up.sql"),
    // Top-ups, price migrations, why a wallet is blocked, and reading the ledger by kind and date.
    script!("m20261122_000003_add_top_ups": "up.sql"),
    // What renewals need: when something is due, groups for the forecast, runs, notices.
    script!("m20261122_000004_add_renewals": "up.sql"),
    // Finds what waits to be set up among all resellers.
    script!("m20261123_000005_index_set_ups": "up.sql"),
    // Sums that are kept with every write, so that no figure has to be added up when it is read.
    script!("m20261128_000001_add_summaries": "dates.sql", "counts.sql", "services.sql", "catalogue.sql"),
    // Lets a reseller change its time zone: its presences and counters are made anew beside those that serve.
    script!("m20261128_000002_add_usage_rebuilds": "up.sql"),
    // What stands beside the series of active users: notes, promotions, and ways to find what happened on a day.
    script!("m20261128_000003_add_notes_and_promotions": "up.sql"),
    // Lets what operators do to the catalogue happen at most once per key.
    script!("m20261128_000005_add_operator_keys": "up.sql"),
    // Lists what renews in its order, however much renews at one moment.
    script!("m20261128_000006_index_renewal_order": "up.sql"),
    // Finds what changes to a price that is replaced.
    script!("m20261129_000001_index_pending_prices": "up.sql"),
    // Tells a reseller when the balance falls below an amount.
    script!("m20261129_000002_add_low_balance_alerts": "up.sql"),
    // Counts the users of clients as those of products.
    script!("m20261129_000003_count_clients": "up.sql"),
];

/// Applies and reverts the migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        MIGRATIONS.iter().map(|script| Box::new(*script) as Box<dyn MigrationTrait>).collect()
    }
}
