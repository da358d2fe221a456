//! The vectors of docs/domain.md §§5 and 6, with money and rows.

use api::features::lifecycle::service as lifecycle;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, ActivationStatus, BillingState, TakesEffect};
use tests::on_both_databases;

use super::stage::{Stage, at, code};

impl Stage {
    async fn renew(&self, now: &str, id: ActivationId) -> Result<lifecycle_types::Stored, api::error::Error> {
        self.act(now, async |tx, context| lifecycle::renew(tx, &context, id).await).await
    }

    async fn pause(&self, now: &str, id: ActivationId) -> lifecycle_types::Stored {
        self.act(now, async |tx, context| lifecycle::pause(tx, &context, id, None, None).await).await.unwrap()
    }

    async fn resume(&self, now: &str, id: ActivationId) -> lifecycle_types::Stored {
        self.act(now, async |tx, context| lifecycle::resume(tx, &context, id, None).await).await.unwrap()
    }

    async fn deactivate(
        &self,
        now: &str,
        id: ActivationId,
        end: TakesEffect,
    ) -> Result<lifecycle_types::Stored, api::error::Error> {
        self.act(now, async |tx, context| lifecycle::deactivate(tx, &context, id, end).await).await
    }

    async fn paid_until(&self, id: ActivationId) -> chrono::DateTime<chrono::Utc> {
        self.load(id).await.state.paid_until_at.unwrap()
    }
}

mod lifecycle_types {
    pub use api::features::lifecycle::store::Stored;
}

on_both_databases! {
    async fn a_run_takes_the_earliest_due_first_and_goes_on_after_a_failure(engine) {
        let stage = Stage::new(engine).await;
        let a = stage.paid("2026-02-15", "a", 1_000).await;
        let b = stage.paid("2026-02-15", "b", 1_000).await;
        stage.act("2026-04-19", async |tx, context| {
            lifecycle::top_up(tx, &context, 2_500, "Bank transfer", None).await
        }).await.unwrap();
        assert_eq!(stage.run("2026-04-20").await, 2);
        for id in [a, b] {
            let after = stage.load(id).await.state;
            assert_eq!(after.paid_until_at, Some(at("2026-04-15")));
            assert_eq!(after.billing_state(), Some(BillingState::Grace));
        }
        assert_eq!(stage.balance().await, 500);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_credit_in_grace_pays_the_period_at_its_original_date(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        stage.run("2026-03-15").await;
        let state = stage.load(id).await.state;
        assert_eq!((state.grace_until_at, state.is_on()), (Some(at("2026-03-22")), true));
        stage.top_up("2026-03-20", 1_000).await;
        let state = stage.load(id).await.state;
        assert_eq!((state.paid_until_at, state.grace_until_at), (Some(at("2026-04-15")), None));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_credit_after_the_grace_comes_too_late_and_a_renewal_starts_anew(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        stage.run("2026-03-15").await;
        stage.top_up("2026-03-23T10:00:00Z", 5_000).await;
        let state = stage.load(id).await.state;
        assert_eq!((state.status, state.ended_at), (ActivationStatus::Expired, Some(at("2026-03-22"))));
        assert_eq!(stage.balance().await, 5_000);
        stage.renew("2026-03-23T11:00:00Z", id).await.unwrap();
        assert_eq!(stage.paid_until(id).await, at("2026-04-23"));
        // The first renewal after it has no grace.
        stage.act("2026-04-01", async |tx, context| lifecycle::adjust(tx, &context, -4_000, "Out", None).await)
            .await.unwrap();
        stage.run("2026-04-23").await;
        assert_eq!(stage.load(id).await.state.status, ActivationStatus::Expired);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn an_outage_is_caught_up_with_in_order(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        stage.act("2026-03-01", async |tx, context| lifecycle::top_up(tx, &context, 1_500, "In", None).await)
            .await.unwrap();
        stage.run("2026-05-20T07:00:00Z").await;
        let state = stage.load(id).await.state;
        assert_eq!(state.paid_until_at, Some(at("2026-04-15")));
        assert_eq!(state.grace_until_at, Some(at("2026-05-21T07:00:00Z")));
        stage.top_up("2026-05-20T16:00:00Z", 2_000).await;
        assert_eq!((stage.paid_until(id).await, stage.balance().await), (at("2026-06-15"), 500));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn more_than_three_periods_at_once_are_held_not_charged(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        stage.act("2026-03-01", async |tx, context| lifecycle::top_up(tx, &context, 9_000, "In", None).await)
            .await.unwrap();
        assert_eq!(stage.run("2026-07-01").await, 0);
        let state = stage.load(id).await.state;
        assert!(state.held_at.is_some() && state.is_on());
        assert_eq!(stage.balance().await, 9_000);
    }
}

on_both_databases! {
    async fn a_pause_settles_first(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-10", "a", 1_000).await;
        stage.act("2026-03-01", async |tx, context| lifecycle::top_up(tx, &context, 1_000, "In", None).await)
            .await.unwrap();
        let paused = stage.pause("2026-03-10T08:00:00Z", id).await;
        assert_eq!(paused.state.status, ActivationStatus::Paused);
        assert_eq!((stage.paid_until(id).await, stage.balance().await), (at("2026-04-10"), 0));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_resumption_within_what_is_paid_is_free(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-31", "a", 2_000).await;
        stage.pause("2026-02-10", id).await;
        stage.resume("2026-02-27T22:59:00Z", id).await;
        assert_eq!(stage.balance().await, 0);
        stage.top_up("2026-02-28", 2_000).await;
        assert_eq!(stage.paid_until(id).await, at("2026-03-31"));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_resumption_past_what_is_paid_opens_a_new_term(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-31", "a", 2_000).await;
        stage.pause("2026-02-10", id).await;
        let refused = stage
            .act("2026-02-28", async |tx, context| lifecycle::resume(tx, &context, id, None).await)
            .await;
        assert_eq!(code(refused), ProblemCode::InsufficientBalance);
        stage.top_up("2026-02-28", 2_000).await;
        let state = stage.resume("2026-02-28", id).await.state;
        assert_eq!((state.paid_until_at, state.term.anchor_day), (Some(at("2026-03-28")), 28));
        assert_eq!(stage.balance().await, 0);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_pause_of_90_days_past_what_is_paid_expires(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-15", "a", 1_000).await;
        stage.pause("2026-02-01", id).await;
        stage.run("2026-05-01T10:00:00Z").await;
        assert_eq!(stage.load(id).await.state.status, ActivationStatus::Paused);
        stage.run("2026-05-02").await;
        assert_eq!(stage.load(id).await.state.status, ActivationStatus::Expired);
    }
}

on_both_databases! {
    async fn a_deactivation_refunds_the_unused_days(engine) {
        let stage = Stage::new(engine).await;
        for (name, on, back) in [("a", "2026-04-01", 2_900), ("b", "2026-04-07", 2_300), ("c", "2026-04-08", 0)] {
            let id = stage.paid("2026-04-01", name, 3_000).await;
            let before = stage.balance().await;
            stage.deactivate(on, id, TakesEffect::Now).await.unwrap();
            assert_eq!(stage.balance().await - before, back, "{on}");
            assert_eq!(code(stage.deactivate(on, id, TakesEffect::Now).await), ProblemCode::InvalidTransition);
        }
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_period_renewed_early_is_refunded_in_full_until_it_begins(engine) {
        let stage = Stage::new(engine).await;
        for (name, on, back) in [("a", "2026-03-25", 3_000), ("b", "2026-04-03", 2_700)] {
            let id = stage.paid("2026-03-01", name, 3_000).await;
            stage.top_up("2026-03-20", 3_000).await;
            stage.renew("2026-03-20", id).await.unwrap();
            stage.top_up("2026-03-20", 3_000).await;
            assert_eq!(code(stage.renew("2026-03-21", id).await), ProblemCode::AlreadyRenewedAhead);
            let before = stage.balance().await;
            stage.deactivate(on, id, TakesEffect::Now).await.unwrap();
            assert_eq!(stage.balance().await - before, back, "{on}");
        }
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_scheduled_end_comes_whatever_the_balance_unless_it_is_undone(engine) {
        let stage = Stage::new(engine).await;
        let ending = stage.paid("2026-02-15", "a", 1_000).await;
        let kept = stage.paid("2026-02-15", "b", 1_000).await;
        for id in [ending, kept] {
            stage.deactivate("2026-02-20", id, TakesEffect::PeriodEnd).await.unwrap();
            assert_eq!(code(stage.renew("2026-02-21", id).await), ProblemCode::InvalidTransition);
        }
        stage.act("2026-02-22", async |tx, context| lifecycle::keep(tx, &context, kept).await).await.unwrap();
        stage.top_up("2026-02-22", 5_000).await;
        stage.run("2026-03-16").await;
        let state = stage.load(ending).await.state;
        assert_eq!((state.status, state.ended_at), (ActivationStatus::Deactivated, Some(at("2026-03-15"))));
        assert_eq!(stage.paid_until(kept).await, at("2026-04-15"));
        assert_eq!(stage.balance().await, 4_000);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn without_auto_renew_the_service_ends_with_what_is_paid(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        stage.act("2026-02-20", async |tx, context| lifecycle::set_auto_renew(tx, &context, id, false).await)
            .await.unwrap();
        stage.top_up("2026-02-22", 5_000).await;
        stage.run("2026-03-15").await;
        assert_eq!(stage.load(id).await.state.status, ActivationStatus::Expired);
        assert_eq!(stage.balance().await, 5_000);
    }
}

on_both_databases! {
    async fn a_replay_lets_every_renewal_happen_on_its_day(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-31", "a", 1_000).await;
        stage.top_up("2026-02-01", 3_500).await;
        stage.act("2026-02-01", async |tx, context| {
            lifecycle::replay_until(tx, &context, at("2026-06-10")).await
        }).await.unwrap();
        // Paid on 28 February, 31 March and 30 April; the one of 31 May failed and its grace ended on 7 June.
        let state = stage.load(id).await.state;
        assert_eq!((state.status, state.ended_at), (ActivationStatus::Expired, Some(at("2026-06-07"))));
        assert_eq!((state.paid_until_at, stage.balance().await), (Some(at("2026-05-31")), 500));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn an_activation_of_another_reseller_is_not_there(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        let stranger = stage.second_reseller().await;
        assert_eq!(code(stranger.renew("2026-02-16", id).await), ProblemCode::NotFound);
        assert_eq!(code(stranger.deactivate("2026-02-16", id, TakesEffect::Now).await), ProblemCode::NotFound);
    }
}
