//! The schema as frozen history.
//!
//! Each migration is SQL in the words that both databases share; `dialect` spells the column types. A released
//! migration is never edited. Imports no crate of ours, so that history does not change when the code does.

mod dialect;
mod m20261122_000001_create_schema;
mod m20261122_000002_add_lifecycle_writes;
mod m20261122_000003_add_top_ups;
mod m20261122_000004_add_renewals;
mod m20261123_000005_index_set_ups;
mod m20261128_000001_add_summaries;
mod m20261128_000002_add_usage_rebuilds;
mod m20261128_000003_add_notes_and_promotions;
mod m20261128_000005_add_operator_keys;
mod m20261128_000006_index_renewal_order;
mod m20261129_000001_index_pending_prices;
mod m20261129_000002_add_low_balance_alerts;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// Applies and reverts the migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_schema::Migration),
            Box::new(m20261122_000002_add_lifecycle_writes::Migration),
            Box::new(m20261122_000003_add_top_ups::Migration),
            Box::new(m20261122_000004_add_renewals::Migration),
            Box::new(m20261123_000005_index_set_ups::Migration),
            Box::new(m20261128_000001_add_summaries::Migration),
            Box::new(m20261128_000002_add_usage_rebuilds::Migration),
            Box::new(m20261128_000003_add_notes_and_promotions::Migration),
            Box::new(m20261128_000005_add_operator_keys::Migration),
            Box::new(m20261128_000006_index_renewal_order::Migration),
            Box::new(m20261129_000001_index_pending_prices::Migration),
            Box::new(m20261129_000002_add_low_balance_alerts::Migration),
        ]
    }
}
