//! Renewal runs: order, batches, races, clocks, records and notices (docs/domain.md §6).

use api::clock::Clock;
use api::features::forecast::store as forecast;
use api::features::lifecycle::service as lifecycle;
use api::features::renewals::service::{run as run_now, run_by_hand, tick};
use api::features::renewals::{notices, store};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::{ActivationId, ActivationStatus, BillingState, NoticeKind, RunTrigger};
use tests::on_both_databases;

use super::stage::{Stage, at};

impl Stage {
    /// Many activations of one monthly product, all activated at one moment and paid for.
    async fn many(&self, now: &str, count: usize, monthly_minor: i64) -> Vec<ActivationId> {
        let (product_id, client_id) = (self.product("many", monthly_minor).await, self.client("many").await);
        self.top_up(now, monthly_minor * i64::try_from(count).unwrap()).await;
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.activate(now, product_id, client_id).await.unwrap().id);
        }
        ids
    }

    /// Money that nobody has run anything for yet.
    async fn credit(&self, now: &str, minor: i64) {
        self.act(now, async |tx, context| lifecycle::top_up(tx, &context, minor, "Bank transfer", None).await)
            .await
            .unwrap();
    }

    async fn charges(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS count FROM ledger_entries WHERE kind = 'renewal_charge'";
        let row = self.db.pool().query_one_raw(Statement::from_string(self.db.backend(), sql)).await.unwrap().unwrap();
        row.try_get("", "count").unwrap()
    }

    /// What the triggers keep is what there is.
    async fn groups_agree(&self) {
        let sql = "SELECT COUNT(*) AS count FROM (SELECT renews_at, COALESCE(pending_interval, billing_interval) AS i, anchor_day, \
            time_zone, COALESCE(pending_price_id, price_id) AS p, COALESCE(pending_price_minor, price_minor) AS m, COUNT(*) AS n \
            FROM activations WHERE renews_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6) a \
            JOIN renewal_groups g ON g.renews_at = a.renews_at AND g.billing_interval = a.i AND g.anchor_day = a.anchor_day \
            AND g.time_zone = a.time_zone AND g.price_id = a.p AND g.price_minor = a.m AND g.count = a.n";
        let row = self.db.pool().query_one_raw(Statement::from_string(self.db.backend(), sql)).await.unwrap().unwrap();
        let agreeing: i64 = row.try_get("", "count").unwrap();
        let groups = forecast::groups(self.db.pool(), self.reseller.id).await.unwrap();
        assert_eq!(i64::try_from(groups.len()).unwrap(), agreeing, "{groups:?}");
    }
}

on_both_databases! {
    async fn a_tick_charges_a_whole_portfolio_and_leaves_a_record(engine) {
        let stage = Stage::new(engine).await;
        let ids = stage.many("2026-02-15", 205, 1_000).await;
        stage.credit("2026-03-01", 300_000).await;
        stage.groups_agree().await;
        let done = tick(&stage.db, &Clock::fixed(at("2026-03-15"))).await.unwrap();
        assert_eq!((done.charged, done.charged_minor, done.short), (205, 205_000, 0));
        assert_eq!((stage.balance().await, stage.charges().await), (95_000, 205));
        for id in [ids[0], ids[100], ids[204]] {
            assert_eq!(stage.load(id).await.state.paid_until_at, Some(at("2026-04-15")));
        }
        let again = tick(&stage.db, &Clock::fixed(at("2026-03-15"))).await.unwrap();
        assert_eq!(again.size(), 0);
        let runs = store::list_runs(stage.db.pool(), Some(stage.reseller.id), None, 10).await.unwrap();
        // The top-up before found nothing to do.
        assert_eq!(runs.iter().map(|run| (run.due_count, run.charged_count)).collect::<Vec<_>>(), [(205, 205)]);
        stage.groups_agree().await;
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_run_over_several_batches_keeps_the_order_and_goes_on_after_a_failure(engine) {
        let stage = Stage::new(engine).await;
        // Money for 130 of 150, and the last of the order is the cheap one, which is still covered.
        let ids = stage.many("2026-02-15", 150, 1_000).await;
        let cheap = stage.paid("2026-02-15", "cheap", 100).await;
        stage.credit("2026-03-01", 130_500).await;
        let done = tick(&stage.db, &Clock::fixed(at("2026-03-15"))).await.unwrap();
        assert_eq!((done.charged, done.short), (131, 20));
        assert_eq!(stage.balance().await, 400);
        let mut sorted = ids.clone();
        sorted.sort();
        for (place, id) in sorted.iter().enumerate() {
            let expected = if place < 130 { BillingState::Current } else { BillingState::Grace };
            assert_eq!(stage.load(*id).await.state.billing_state(), Some(expected), "{place}");
        }
        assert_eq!(stage.load(cheap).await.state.billing_state(), Some(BillingState::Current));
        // The schedule does not try them again by itself; money does.
        assert_eq!(tick(&stage.db, &Clock::fixed(at("2026-03-16"))).await.unwrap().size(), 0);
        stage.credit("2026-03-17", 20_000).await;
        let done = run_now(&stage.db, &stage.reseller, at("2026-03-17"), RunTrigger::Credit, None).await.unwrap();
        assert_eq!((done.charged, done.short), (20, 0));
        stage.groups_agree().await;
        stage.prove().await;
    }
}

on_both_databases! {
    async fn racing_schedulers_charge_each_period_once(engine) {
        let stage = Stage::new(engine).await;
        stage.many("2026-01-15", 120, 1_000).await;
        let stranger = stage.second_reseller().await;
        stranger.credit("2026-01-15", 50_000).await;
        let (product_id, client_id) = (stranger.product("s", 500).await, stranger.client("s").await);
        for _ in 0..30 {
            stranger.activate("2026-01-15", product_id, client_id).await.unwrap();
        }
        stage.credit("2026-02-01", 1_000_000).await;
        // Three replicas, each with its own connections, two and a half months late.
        let clock = Clock::fixed(at("2026-03-20"));
        let (one, two, three) = (stage.replica().await, stage.replica().await, stage.replica().await);
        let done = futures_util::join!(tick(&one, &clock), tick(&two, &clock), tick(&three, &clock));
        let charged: u64 = [done.0, done.1, done.2].into_iter().map(|done| done.unwrap().charged).sum();
        assert_eq!((charged, stage.charges().await), (300, 300));
        assert_eq!(tick(&one, &clock).await.unwrap().size(), 0);
        stage.prove().await;
        stranger.prove().await;
    }
}

on_both_databases! {
    async fn held_ones_wait_for_an_operator_and_are_then_charged_in_order(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-15", "a", 1_000).await;
        stage.credit("2026-02-01", 4_500).await;
        let clock = Clock::fixed(at("2027-02-20"));
        let done = tick(&stage.db, &clock).await.unwrap();
        assert_eq!((done.charged, done.held), (0, 1));
        assert_eq!(tick(&stage.db, &clock).await.unwrap().size(), 0);
        let listed = notices::list(stage.db.pool(), &stage.reseller, false, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|notice| notice.row.kind.0).collect::<Vec<_>>(), [NoticeKind::Held]);
        assert_eq!(run_by_hand(&stage.db, &clock, None, RunTrigger::Command).await.unwrap().size(), 0);
        let done = run_by_hand(&stage.db, &clock, None, RunTrigger::Release).await.unwrap();
        assert_eq!((done.charged, done.short), (4, 1));
        let state = stage.load(id).await.state;
        assert_eq!((state.paid_until_at, state.held_at), (Some(at("2026-06-15")), None));
        assert_eq!((state.billing_state(), stage.balance().await), (Some(BillingState::Grace), 500));
        stage.prove().await;
    }
}

on_both_databases! {
    /// Jumps of an hour, a day and forty days to and fro: nothing early, nothing twice, nothing missed.
    async fn a_fluttering_clock_charges_nothing_early_twice_or_not_at_all(engine) {
        let stage = Stage::new(engine).await;
        let ids = stage.many("2026-01-31", 7, 1_000).await;
        stage.credit("2026-02-01", 1_000_000).await;
        let clock = Clock::fixed(at("2026-02-01"));
        let mut latest = clock.system_now();
        for step in 0..60_i64 {
            let jump = [
                TimeDelta::hours(1),
                TimeDelta::hours(-1),
                TimeDelta::days(1),
                TimeDelta::days(-1),
                TimeDelta::days(4),
                TimeDelta::days(if step % 20 == 5 { 40 } else { 0 }),
            ][usize::try_from(step % 6).unwrap()];
            clock.set(clock.system_now() + jump);
            latest = latest.max(clock.system_now());
            tick(&stage.db, &clock).await.unwrap();
            let state = stage.load(ids[0]).await.state;
            // Paid for every period that had begun by the latest moment there was, and for none after it.
            assert!(state.is_paid_at(latest), "step {step}: {state:?}");
            assert!(state.term.period_starts_at(state.next_n - 1).unwrap() <= latest, "step {step}: {state:?}");
        }
        let expected = i64::from(stage.load(ids[0]).await.state.next_n - 1) * 7;
        assert!(expected > 7, "{expected}");
        assert_eq!(stage.charges().await, expected);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn renewals_that_are_not_covered_are_told_of_once_per_threshold(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "a", 1_000).await;
        let seen = async || {
            let listed = notices::list(stage.db.pool(), &stage.reseller, false, None, 50).await.unwrap();
            let line = |notice: &notices::Listed| (notice.row.kind.0, notice.items.iter().map(|item| item.row.within_days).collect::<Vec<_>>());
            let mut lines: Vec<_> = listed.iter().map(line).collect();
            lines.reverse();
            lines
        };
        let (ahead, failed, expired) = (NoticeKind::NotCovered, NoticeKind::Failed, NoticeKind::Expired);
        let tick_at = async |now: &str| tick(&stage.db, &Clock::fixed(at(now))).await.unwrap();
        for hour in ["2026-02-20T10:00:00Z", "2026-02-20T12:00:00Z", "2026-02-22T10:00:00Z"] {
            tick_at(hour).await;
        }
        assert_eq!(seen().await, [(ahead, vec![30])]);
        // Covered for a while: the thresholds that pass meanwhile are not told of.
        stage.credit("2026-02-28", 1_000).await;
        tick_at("2026-03-01T10:00:00Z").await;
        stage.act("2026-03-09", async |tx, context| lifecycle::adjust(tx, &context, -500, "Out", None).await).await.unwrap();
        for day in ["2026-03-10T10:00:00Z", "2026-03-11T10:00:00Z", "2026-03-12T10:00:00Z", "2026-03-14T10:00:00Z"] {
            tick_at(day).await;
        }
        assert_eq!(seen().await, [(ahead, vec![30]), (ahead, vec![7]), (ahead, vec![3]), (ahead, vec![1])]);
        tick_at("2026-03-15").await;
        tick_at("2026-03-16").await;
        tick_at("2026-03-22").await;
        tick_at("2026-03-23").await;
        assert_eq!(seen().await[4..], [(failed, vec![0]), (expired, vec![0])]);
        assert_eq!(stage.load(id).await.state.status, ActivationStatus::Expired);
        assert_eq!(store::unread_count(stage.db.pool(), stage.reseller.id).await.unwrap(), 6);
    }
}

on_both_databases! {
    async fn a_planned_resumption_comes_by_itself_or_waits_for_money(engine) {
        let stage = Stage::new(engine).await;
        let (free, dear) = (stage.paid("2026-02-15", "a", 1_000).await, stage.paid("2026-02-15", "b", 1_000).await);
        for (id, resume_at) in [(free, "2026-03-01"), (dear, "2026-03-20")] {
            let pause = async |tx: &api::db::WriteTx, context: lifecycle::Context<'_>| {
                lifecycle::pause(tx, &context, id, Some(at(resume_at)), None).await
            };
            stage.act("2026-02-20", pause).await.unwrap();
        }
        assert_eq!(tick(&stage.db, &Clock::fixed(at("2026-03-01"))).await.unwrap().resumed, 1);
        assert!(stage.load(free).await.state.is_on());
        stage.act("2026-03-02", async |tx, context| lifecycle::set_auto_renew(tx, &context, free, false).await).await.unwrap();
        assert_eq!(tick(&stage.db, &Clock::fixed(at("2026-03-21"))).await.unwrap().resumed, 0);
        assert_eq!(stage.load(dear).await.state.status, ActivationStatus::Paused);
        stage.credit("2026-03-22", 1_000).await;
        let done = run_now(&stage.db, &stage.reseller, at("2026-03-22"), RunTrigger::Credit, None).await.unwrap();
        assert_eq!((done.resumed, done.charged, done.charged_minor), (1, 1, 1_000));
        assert_eq!(stage.load(dear).await.state.paid_until_at, Some(at("2026-04-22")));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_run_of_several_batches_tells_of_all_in_one_notice(engine) {
        let stage = Stage::new(engine).await;
        stage.many("2026-03-15", 130, 1_000).await;
        let now = at("2026-04-15T06:00:00Z");
        let tally = run_now(&stage.db, &stage.reseller, now, RunTrigger::Schedule, None).await.unwrap();
        assert_eq!((tally.charged, tally.short), (0, 130));
        let listed = notices::list(stage.db.pool(), &stage.reseller, false, None, 10).await.unwrap();
        let told: Vec<_> = listed.iter().map(|notice| (notice.row.kind.0, notice.row.item_count, notice.row.total_minor)).collect();
        assert_eq!(told, [(NoticeKind::Failed, 130, 130_000)]);
        stage.prove().await;
    }
}
