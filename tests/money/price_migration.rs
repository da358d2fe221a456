//! What runs on one price goes over to another: the day on which a period starts decides, not the day on which it is paid.

use api::auth::Actor;
use api::clock::Clock;
use api::features::catalogue::service::{NewPrice, create_price, migrate_price};
use api::features::lifecycle::service as lifecycle;
use shared::vocab::{ActivationId, BillingInterval, Money, PriceId};
use tests::on_both_databases;

use super::stage::{Stage, at};

/// An activation at 10.00 with anchor day 15 that goes over to 12.00 on 1 May, announced on 20 March.
async fn announced(stage: &Stage) -> (ActivationId, PriceId) {
    let id = stage.paid("2026-02-15", "writer", 1_000).await;
    stage.top_up("2026-02-16", 20_000).await;
    stage.run("2026-03-15").await;
    let held = stage.load(id).await;
    let clock = Clock::fixed(at("2026-03-20T09:00:00Z"));
    let new = NewPrice {
        interval: BillingInterval::Monthly,
        amount: Money::new(1_200, stage.reseller.currency),
        valid_from_on: Some("2026-05-01".parse().unwrap()),
    };
    let now = clock.system_now();
    let add = async |tx: &_| create_price(tx, now, held.product_id, new).await;
    let product = stage.db.write_shared(add).await.unwrap();
    let to = PriceId(product.prices.iter().find(|price| price.amount_minor == 1_200).unwrap().id);
    let prices = (held.price_id, to);
    let (on, actor) = ("2026-05-01".parse().unwrap(), Actor::system());
    let announce = async |tx: &_| migrate_price(tx, now, prices, on, &actor).await;
    let migration = stage.db.write_shared(announce).await.unwrap();
    assert_eq!(migration.activation_count, 1);
    (id, to)
}

on_both_databases! {
    async fn renewed_early_a_period_costs_what_its_first_day_says(engine) {
        let stage = Stage::new(engine).await;
        let (id, to) = announced(&stage).await;
        assert_eq!(stage.balance().await, 19_000);
        stage.run("2026-04-15").await;
        assert_eq!(stage.balance().await, 18_000);
        // The period from 15 May, paid on 20 April.
        stage.act("2026-04-20", async |tx, context| lifecycle::renew(tx, &context, id).await).await.unwrap();
        assert_eq!(stage.balance().await, 16_800);
        let renewed = stage.load(id).await;
        assert_eq!((renewed.price_id, renewed.price_minor), (to, 1_200));
        assert_eq!((renewed.state.term_no, renewed.state.term.anchor_day, renewed.state.pending_interval), (2, 15, None));
        stage.run("2026-06-15").await;
        assert_eq!((stage.balance().await, stage.load(id).await.state.term_no), (15_600, 2));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn catching_up_takes_each_price_for_its_own_periods(engine) {
        for is_run in [true, false] {
            let stage = Stage::new(engine).await;
            let (id, to) = announced(&stage).await;
            // Nothing ran since March: 15 April is due at 10.00, 15 May at 12.00.
            if is_run {
                assert_eq!(stage.run("2026-05-20").await, 2);
            } else {
                // What is due is settled before anything else.
                stage.act("2026-05-20", async |tx, context| lifecycle::set_priority(tx, &context, id, 1).await).await.unwrap();
            }
            assert_eq!(stage.balance().await, 19_000 - 1_000 - 1_200);
            assert_eq!(stage.load(id).await.price_id, to);
            stage.prove().await;
        }
    }
}
