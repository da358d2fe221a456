//! What is kept with every write is what the rows add up to, whatever happens to them.

use api::clock::Clock;
use api::features::catalogue::service::NewPrice;
use api::features::lifecycle::service::{self as lifecycle, Action, NewActivation, Request};
use api::features::summaries;
use chrono::{DateTime, TimeDelta, Utc};
use migrations::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, BillingInterval, ClientId, Money, ProductId, TakesEffect};
use tests::prices::{add_price, announce_price};
use tests::{Dice, Engine, on_both_databases};

use super::stage::{Stage, at};

const INTERVALS: [BillingInterval; 4] =
    [BillingInterval::Monthly, BillingInterval::Quarterly, BillingInterval::Semiannual, BillingInterval::Yearly];
const MIGRATION: &str = "m20261128_000001_add_summaries";

impl Stage {
    pub async fn summaries_agree(&self, after: &str) {
        let differences = summaries::differences(self.db.pool(), self.reseller.id).await.unwrap();
        assert!(differences.is_empty(), "after {after}: {differences:#?}");
    }
}

/// A reseller that does anything at all, at moments that only go forward.
struct Walk {
    stage: Stage,
    dice: Dice,
    clock: Clock,
    products: Vec<ProductId>,
    client: ClientId,
    ids: Vec<ActivationId>,
    is_migrated: bool,
}

impl Walk {
    async fn begin(engine: Engine, seed: u64) -> Self {
        let stage = Stage::new(engine).await;
        let client = stage.client("c").await;
        let clock = Clock::fixed(at("2026-01-10T09:30:00Z"));
        let mut products = Vec::new();
        for (reference, monthly_minor) in [("writer", 1_000), ("sketch", 250)] {
            let product = stage.product(reference, monthly_minor).await;
            for (interval, months) in INTERVALS.into_iter().zip([1, 3, 6, 12]).skip(1) {
                let amount = Money::new(monthly_minor * months, stage.reseller.currency);
                let new = NewPrice { interval, amount, valid_from_on: Some("2020-01-01".parse().unwrap()) };
                add_price(&stage.db, at("2019-12-01"), product, new).await;
            }
            products.push(product);
        }
        Self { stage, dice: Dice::new(seed), clock, products, client, ids: Vec::new(), is_migrated: false }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.system_now()
    }

    /// Something, and what it was in words.
    async fn step(&mut self) -> String {
        let hours = [0, 1, 7, 24, 150, 600][self.dice.below(6)];
        self.clock.set(self.now() + TimeDelta::hours(hours));
        let now = self.now().to_rfc3339();
        let refused = |error: api::error::Error| {
            assert_ne!(error.code(), ProblemCode::Internal, "{error}: {:?}", error.cause());
            error.code()
        };
        let kind = self.dice.below(12);
        let done = match kind {
            0..3 => {
                let new = self.new_activation();
                let made =
                    self.stage.act(&now, async |tx, context| lifecycle::activate(tx, &context, &new).await).await;
                made.map(|made| self.ids.push(made.id)).map_err(refused)
            }
            3 => {
                let minor = i64::try_from(1 + self.dice.below(20_000)).unwrap();
                self.stage.top_up(&now, minor).await;
                Ok(())
            }
            4 => {
                self.stage.run(&now).await;
                Ok(())
            }
            5 if !self.is_migrated => {
                self.is_migrated = true;
                self.migrate_a_price().await;
                Ok(())
            }
            _ if self.ids.is_empty() => Ok(()),
            _ => {
                let id = self.ids[self.dice.below(self.ids.len())];
                let request = Request::from(self.action());
                let renews = self.dice.below(2) == 0;
                let act = self.stage.act(&now, async |tx, context| match kind {
                    6 => lifecycle::set_auto_renew(tx, &context, id, renews).await.map(drop),
                    _ => lifecycle::perform(tx, &context, id, &request, None).await.map(drop),
                });
                act.await.map_err(refused)
            }
        };
        format!("step {kind} at {now}: {done:?}")
    }

    fn new_activation(&mut self) -> NewActivation<'static> {
        NewActivation {
            id: None,
            client_id: self.client,
            product_id: self.products[self.dice.below(2)],
            interval: INTERVALS[self.dice.below(4)],
            auto_renew: self.dice.below(5) > 0,
            priority: 5,
            price_id: None,
            external_reference: None,
            notes: None,
        }
    }

    fn action(&mut self) -> Action {
        let effect = if self.dice.below(2) == 0 { TakesEffect::Now } else { TakesEffect::PeriodEnd };
        match self.dice.below(7) {
            0 => Action::Renew,
            1 => Action::Pause { resume_at: None },
            2 => Action::Pause { resume_at: Some(self.now() + TimeDelta::days(3)) },
            3 => Action::Resume,
            4 => Action::Deactivate(effect),
            5 => Action::Keep,
            _ => Action::ChangeInterval(INTERVALS[self.dice.below(4)], effect),
        }
    }

    /// The monthly price of the first product goes up in 40 days.
    async fn migrate_a_price(&mut self) {
        let on = (self.now() + TimeDelta::days(40)).date_naive();
        let amount = Money::new(1_234, self.stage.reseller.currency);
        let new = NewPrice { interval: BillingInterval::Monthly, amount, valid_from_on: Some(on) };
        let product = add_price(&self.stage.db, self.now(), self.products[0], new).await;
        announce_price(&self.stage.db, self.now(), &product, (1_000, 1_234), on).await;
    }
}

on_both_databases! {
    async fn sums_agree_with_the_rows_after_every_step_of_random_lives(engine) {
        for seed in 1..=4 {
            let mut walk = Walk::begin(engine, seed).await;
            walk.stage.top_up("2026-01-10T09:00:00Z", 60_000).await;
            for _ in 0..60 {
                let told = walk.step().await;
                walk.stage.summaries_agree(&format!("seed {seed}, {told}")).await;
            }
            assert!(walk.ids.len() > 3, "hardly anything happened");
            walk.stage.prove().await;
        }
    }
}

on_both_databases! {
    async fn a_write_past_every_service_is_counted_as_well(engine) {
        let mut walk = Walk::begin(engine, 7).await;
        walk.stage.top_up("2026-01-10T09:00:00Z", 500_000).await;
        for _ in 0..40 {
            walk.step().await;
        }
        for sql in [
            "UPDATE activations SET price_minor = price_minor + 7, pending_price_minor = 3 WHERE status = 'active'",
            "UPDATE activations SET billing_interval = 'yearly', anchor_day = 3, time_zone = 'Asia/Kathmandu'",
            "UPDATE activations SET renews_at = NULL WHERE billing_interval = 'yearly' AND grace_until_at IS NULL AND priority = 5",
            "DELETE FROM service_intervals WHERE EXISTS (SELECT 1 FROM service_intervals AS earlier \
             WHERE earlier.activation_id = service_intervals.activation_id AND earlier.on_from < service_intervals.on_from)",
            "UPDATE service_intervals SET on_to = '2029-09-01T10:59:59.999999+00:00' WHERE on_to IS NULL",
            "UPDATE service_intervals SET on_from = '2026-01-01T00:00:00+00:00'",
            "UPDATE service_intervals SET on_to = NULL",
            "DELETE FROM service_intervals",
        ] {
            walk.stage.db.pool().execute_unprepared(sql).await.unwrap();
            walk.stage.summaries_agree(sql).await;
        }
    }
}

on_both_databases! {
    async fn sums_that_are_added_later_hold_what_was_there_before(engine) {
        let mut walk = Walk::begin(engine, 3).await;
        walk.stage.top_up("2026-01-10T09:00:00Z", 60_000).await;
        for _ in 0..40 {
            walk.step().await;
        }
        let later = Migrator::migrations().into_iter().skip_while(|known| known.name() != MIGRATION).count();
        let db = walk.stage.db.pool();
        Migrator::down(db, Some(u32::try_from(later).unwrap())).await.unwrap();
        Migrator::up(db, None).await.unwrap();
        walk.stage.summaries_agree("the migration").await;
        walk.step().await;
        walk.stage.summaries_agree("a step after the migration").await;
    }
}

on_both_databases! {
    async fn a_wrong_sum_is_found(engine) {
        let mut walk = Walk::begin(engine, 3).await;
        walk.stage.top_up("2026-01-10T09:00:00Z", 900_000).await;
        for _ in 0..40 {
            walk.step().await;
        }
        for (table, sum) in [
            ("renewal_groups", "count"),
            ("renewal_dates", "next_minor"),
            ("activation_counts", "price_minor"),
            ("service_changes", "change"),
        ] {
            let db = walk.stage.db.pool();
            db.execute_unprepared(&format!("UPDATE {table} SET {sum} = {sum} + 1")).await.unwrap();
            let found = summaries::differences(db, walk.stage.reseller.id).await.unwrap();
            assert!(found.len() == 1 && found[0].starts_with(table), "{found:?}");
            db.execute_unprepared(&format!("UPDATE {table} SET {sum} = {sum} - 1")).await.unwrap();
        }
        walk.stage.summaries_agree("it was put right").await;
    }
}
