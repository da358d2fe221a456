//! Worked out by hand: money at stake, cost per user, impact, demand, decisions.

use api::features::catalogue::store::Provisioning;
use serde_json::json;
use shared::dto::recurring_costs::RecurringCosts;
use shared::dto::report::{ActivationImpacts, CostsPerActiveUser, Demand, RenewalDecisions, UnusedActivations};
use shared::paths;
use shared::vocab::{ActivationAction, BillingInterval, DecisionReason as Why, Money, Permission, Suggestion};
use tests::app::NOW;
use tests::on_both_databases;

use super::trade::{Trade, at_random, date};

fn amount(money: Option<Money>) -> String {
    money.unwrap().amount()
}

on_both_databases! {
    async fn what_nobody_uses_costs_the_rest_of_its_period_and_the_next_renewal(engine) {
        let mut trade = Trade::open(engine, "2026-09-01").await;
        trade.shop.top_up(100_000).await;
        let product = trade.shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900), (BillingInterval::Yearly, 29_000)]).await;
        let client = trade.shop.client("Ana").await;
        let quiet = trade.activate(product, client, BillingInterval::Monthly).await;
        let never = trade.activate(product, client, BillingInterval::Yearly).await;
        let busy = trade.activate(product, client, BillingInterval::Monthly).await;
        let ending = trade.activate(product, client, BillingInterval::Monthly).await;
        let paused = trade.activate(product, client, BillingInterval::Yearly).await;
        trade.go_on_to("2026-10-25T11:00:00Z").await;
        let young = trade.activate(product, client, BillingInterval::Monthly).await;
        trade.go_on_to(NOW).await;
        trade.shop.act(ending.id, ActivationAction::Deactivate, json!({"takes_effect": "period_end"})).await.is_done();
        trade.shop.act(paused.id, ActivationAction::Pause, json!({})).await.is_done();
        trade.used(quiet, [date("2026-09-05"), date("2026-10-23")], &["mia"]).await;
        trade.used(busy, [date("2026-10-24")], &["mia", "tom"]).await;

        let report: UnusedActivations = trade.shop.owner.read(paths::REPORT_UNUSED).await;
        assert_eq!((report.window.from_on, report.window.to_on), (date("2026-10-24"), date("2026-11-22")));
        let rows: Vec<_> = report.items.iter().map(|item| {
            let stake = item.at_stake.unwrap();
            let money = [stake.paid_unused, stake.renewal, stake.total].map(Money::amount);
            (item.activation.id, item.last_used_on, item.unused_days, money.join(" "))
        }).collect();
        // Of the year from 1 September 282 of 365 days are left after 22 November, of that November 8 of 30.
        let expected = [
            (never.id, None, 82, "224.05 290.00 514.05"),
            (paused.id, None, 82, "224.05 0.00 224.05"),
            (quiet.id, Some(date("2026-10-23")), 30, "7.73 29.00 36.73"),
            (ending.id, None, 82, "7.73 0.00 7.73"),
        ];
        assert_eq!(rows, expected.map(|(id, last, days, money)| (id, last, days, money.to_owned())));
        assert!(!rows.iter().any(|row| row.0 == busy.id || row.0 == young.id));
        assert_eq!((report.count, report.never_used_count), (4, 3));
        let total = report.at_stake.unwrap();
        assert_eq!([total.paid_unused, total.renewal, total.total].map(Money::amount), ["463.56", "319.00", "782.56"]);

        // A day less, and what was used on the 24th is unused; a day more, and what was used on the 23rd is not.
        let report: UnusedActivations = trade.shop.owner.read(&format!("{}?days=29", paths::REPORT_UNUSED)).await;
        assert_eq!((report.count, report.window.from_on), (5, date("2026-10-25")));
        let report: UnusedActivations = trade.shop.owner.read(&format!("{}?days=31", paths::REPORT_UNUSED)).await;
        assert_eq!(report.count, 3);
    }
}

on_both_databases! {
    async fn an_announced_price_is_at_stake_at_the_renewal_that_pays_it(engine) {
        use api::features::catalogue::service::NewPrice;
        use tests::prices::{add_price, announce_price};
        let mut trade = Trade::open(engine, "2026-10-01").await;
        trade.shop.top_up(100_000).await;
        let product = trade.shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900)]).await;
        let client = trade.shop.client("Ana").await;
        trade.activate(product, client, BillingInterval::Monthly).await;
        let (db, clock) = (trade.shop.app.db(), trade.shop.app.clock());
        let new = NewPrice {
            interval: BillingInterval::Monthly,
            amount: Money::new(3_300, trade.shop.reseller.currency),
            valid_from_on: Some(date("2026-12-01")),
        };
        let now = clock.system_now();
        let found = add_price(db, now, product, new).await;
        announce_price(db, now, &found, (2_900, 3_300), date("2026-12-01")).await;
        trade.go_on_to(NOW).await;
        let report: UnusedActivations = trade.shop.owner.read(paths::REPORT_UNUSED).await;
        assert_eq!(report.items[0].at_stake.unwrap().renewal.amount(), "33.00");
        let due: RenewalDecisions = trade.shop.owner.read(paths::REPORT_DECISIONS).await;
        assert_eq!(amount(due.items[0].amount), "33.00");
    }
}

on_both_databases! {
    async fn a_user_costs_the_exact_monthly_cost_by_those_who_share_it(engine) {
        let mut trade = Trade::open(engine, "2026-09-01").await;
        trade.shop.top_up(200_000).await;
        let prices = [(BillingInterval::Monthly, 1_000), (BillingInterval::Quarterly, 2_800), (BillingInterval::Yearly, 5_400)];
        let (shared_product, idle) = (trade.shop.product("AI Writer", &prices).await, trade.shop.product("Idle", &prices).await);
        let (ana, ben) = (trade.shop.client("Ana").await, trade.shop.client("Ben").await);
        let monthly = trade.activate(shared_product, ana, BillingInterval::Monthly).await;
        let quarterly = trade.activate(shared_product, ana, BillingInterval::Quarterly).await;
        let yearly = trade.activate(shared_product, ben, BillingInterval::Yearly).await;
        trade.activate(idle, ben, BillingInterval::Monthly).await;
        trade.go_on_to(NOW).await;
        // In the 30 days that end today three people of Ana and four of Ben, one of them twice; before, two of Ana.
        trade.used(monthly, [date("2026-10-24"), date("2026-11-22")], &["1", "2"]).await;
        trade.used(quarterly, [date("2026-11-01")], &["2", "3"]).await;
        trade.used(yearly, [date("2026-11-02")], &["1", "2", "3", "4"]).await;
        trade.used(monthly, [date("2026-09-24"), date("2026-10-23")], &["1", "2"]).await;

        let report: CostsPerActiveUser = trade.shop.owner.read(paths::REPORT_COST_PER_USER).await;
        let row = |name: &str| report.items.iter().find(|row| row.product.as_ref().unwrap().name == name).unwrap();
        // 10.00 + 28.00/3 + 54.00/12 = 23.8333…: by seven 3.40, by two 11.92.
        let figures = &row("AI Writer").figures;
        assert_eq!((amount(figures.monthly_equivalent).as_str(), figures.active_users), ("23.83", 7));
        assert_eq!((amount(figures.cost_per_user).as_str(), amount(figures.previous_cost_per_user).as_str()), ("3.40", "11.92"));
        assert_eq!((figures.previous_active_users, row("AI Writer").renewing_count), (Some(2), 3));
        // Nobody: no number, and first in the list.
        let figures = &report.items[0].figures;
        assert_eq!((report.items[0].product.as_ref().unwrap().name.as_str(), figures.active_users, figures.cost_per_user), ("Idle", 0, None));
        assert_eq!((amount(report.total.cost_per_user).as_str(), report.total.active_users), ("4.83", 7));
        let costs: RecurringCosts = trade.shop.owner.read(paths::RECURRING_COSTS).await;
        assert_eq!(report.total.monthly_equivalent, Some(costs.monthly_equivalent));

        let report: CostsPerActiveUser = trade.shop.owner.read(&format!("{}?by=client", paths::REPORT_COST_PER_USER)).await;
        let rows: Vec<_> = report.items.iter().map(|row| {
            let figures = &row.figures;
            (row.client.as_ref().unwrap().name.as_str(), figures.active_users, amount(figures.cost_per_user), figures.previous_active_users)
        }).collect();
        // Ana pays 19.3333 for three, Ben 14.50 for four.
        assert_eq!(rows, [("Ana", 3, "6.44".to_owned(), Some(2)), ("Ben", 4, "3.63".to_owned(), Some(0))]);
    }
}

on_both_databases! {
    async fn impact_tells_before_and_after_and_says_when_it_is_too_early(engine) {
        let mut trade = Trade::open(engine, "2026-08-01").await;
        trade.shop.top_up(200_000).await;
        let prices = [(BillingInterval::Monthly, 1_000)];
        let (first, second) = (trade.shop.product("AI Writer", &prices).await, trade.shop.product("Voice", &prices).await);
        let ana = trade.shop.client("Ana").await;
        let old = trade.activate(first, ana, BillingInterval::Monthly).await;
        trade.go_on_to("2026-10-25T11:00:00Z").await;
        let new = trade.activate(second, ana, BillingInterval::Monthly).await;
        trade.go_on_to("2026-11-21T22:59:00Z").await;
        trade.used(old, [date("2026-08-02"), date("2026-09-26")], &["0"]).await;
        trade.used(old, [date("2026-09-27"), date("2026-10-24")], &["1", "2"]).await;
        trade.used(old, [date("2026-10-26")], &["2"]).await;
        trade.used(new, [date("2026-10-28")], &["2", "3"]).await;
        trade.used(new, [date("2026-10-31")], &["2", "3", "4"]).await;
        trade.used(new, [date("2026-11-21")], &["5"]).await;

        let path = format!("{}?activation={}", paths::REPORT_IMPACT, new.id);
        let report: ActivationImpacts = trade.shop.owner.read(&path).await;
        let impact = &report.items[0];
        assert_eq!((report.count, impact.days_over, impact.is_complete, impact.is_before_whole), (1, 27, false, true));
        assert_eq!((impact.before.from_on, impact.after.to_on), (date("2026-09-27"), date("2026-11-21")));
        assert_eq!((impact.client_users_before, impact.client_users_after, impact.activation_users_after), (Some(2), 4, 4));
        assert_eq!((impact.first_used_on, impact.days_to_first_use), (Some(date("2026-10-28")), Some(3)));
        assert_eq!((impact.day_7.users, impact.day_28.on, impact.day_28.users), (Some(3), date("2026-11-21"), None));

        // A minute later it is midnight in Berlin, and the 28 days are over.
        trade.go_on_to("2026-11-21T23:00:00Z").await;
        let report: ActivationImpacts = trade.shop.owner.read(&path).await;
        let impact = &report.items[0];
        assert_eq!((impact.days_over, impact.is_complete, impact.day_28.users), (28, true, Some(1)));
        let listed: ActivationImpacts = trade.shop.owner.read(paths::REPORT_IMPACT).await;
        assert_eq!(listed.items.iter().map(|item| item.activation.id).collect::<Vec<_>>(), [new.id, old.id]);
        // Nothing was counted before the first event ever.
        let of_old = &listed.items[1];
        assert_eq!((of_old.client_users_before, of_old.is_before_whole, of_old.client_users_after), (None, false, 1));
        let open: ActivationImpacts = trade.shop.owner.read(&format!("{}?complete=false", paths::REPORT_IMPACT)).await;
        assert_eq!(open.count, 0);
    }
}

on_both_databases! {
    async fn demand_ranks_what_was_activated_and_counts_what_ended(engine) {
        let mut trade = Trade::open(engine, "2026-09-20").await;
        trade.shop.top_up(200_000).await;
        let prices = [(BillingInterval::Monthly, 1_000)];
        let mut products = Vec::new();
        for name in ["AI Writer", "Voice", "Chat"] {
            products.push(trade.shop.product(name, &prices).await);
        }
        let ana = trade.shop.client("Ana").await;
        let monthly = BillingInterval::Monthly;
        trade.activate(products[2], ana, monthly).await;
        trade.go_on_to("2026-10-23T21:59:00Z").await;
        trade.activate(products[0], ana, monthly).await;
        let gone = trade.activate(products[1], ana, monthly).await;
        // One minute later it is the 24th in Berlin, the first of 30 days that end on 22 November.
        trade.go_on_to("2026-10-23T22:00:00Z").await;
        trade.activate(products[0], ana, monthly).await;
        let used = trade.activate(products[0], ana, monthly).await;
        trade.activate(products[1], ana, monthly).await;
        trade.go_on_to(NOW).await;
        trade.shop.act(gone.id, ActivationAction::Deactivate, json!({"takes_effect": "now"})).await.is_done();
        trade.used(used, [date("2026-11-01")], &["1", "2"]).await;
        let report: Demand = trade.shop.owner.read(paths::REPORT_DEMAND).await;
        let rows: Vec<_> = report.items.iter().map(|row| {
            let figures = row.figures;
            (row.rank, row.product.name.as_str(), figures.new_activations, figures.previous_new_activations, figures.ended, figures.net, figures.active_activations, figures.active_users)
        }).collect();
        assert_eq!(rows, [
            (1, "AI Writer", 2, 1, 0, 2, 3, 2),
            (2, "Voice", 1, 1, 1, 0, 1, 0),
            (3, "Chat", 0, 0, 0, 0, 1, 0),
        ]);
        let total = report.total;
        assert_eq!((total.new_activations, total.previous_new_activations, total.ended, total.net, total.active_users), (3, 2, 1, 2, 2));
        let week: Demand = trade.shop.owner.read(&format!("{}?days=90", paths::REPORT_DEMAND)).await;
        assert_eq!(week.total.new_activations, 6);
    }
}

on_both_databases! {
    async fn each_renewal_gets_a_suggestion_with_its_reasons_and_pausing_takes_it_off_the_list(engine) {
        let mut trade = Trade::open(engine, "2026-08-25").await;
        trade.shop.top_up(200_000).await;
        let product = trade.shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await;
        let ana = trade.shop.client("Ana").await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(trade.activate(product, ana, BillingInterval::Monthly).await);
        }
        trade.go_on_to("2026-11-01T11:00:00Z").await;
        let young = trade.activate(product, ana, BillingInterval::Monthly).await;
        trade.go_on_to(NOW).await;
        let [never, old, lately, falling, growing] = made[..] else { panic!("five") };
        let (before, now) = (date("2026-10-20"), date("2026-11-20"));
        trade.used(old, [date("2026-09-23")], &["1"]).await;
        trade.used(lately, [before], &["1"]).await;
        trade.used(falling, [before], &["1", "2", "3", "4", "5", "6"]).await;
        trade.used(falling, [now], &["1"]).await;
        trade.used(growing, [now], &["7", "8", "9", "10", "11", "12", "13", "14"]).await;

        let report: RenewalDecisions = trade.shop.owner.read(paths::REPORT_DECISIONS).await;
        let rows: Vec<_> = report.items.iter().map(|row| (row.activation.id, row.suggestion, row.reasons.clone())).collect();
        // In each suggestion what is due earliest, which are ids in the order of activation here.
        assert_eq!(rows, [
            (never.id, Suggestion::Drop, vec![Why::NeverUsed]),
            (old.id, Suggestion::Drop, vec![Why::Unused60Days]),
            (lately.id, Suggestion::Pause, vec![Why::Unused30Days]),
            // 10.00 for one, where 60.00 for nine is usual.
            (falling.id, Suggestion::Renew, vec![Why::InUse, Why::FallingUse]),
            (growing.id, Suggestion::Renew, vec![Why::InUse, Why::GrowingUse]),
            (young.id, Suggestion::Renew, vec![Why::TooNew]),
        ]);
        let row = &report.items[3];
        assert_eq!((row.active_users, row.previous_active_users, row.is_unused), (1, Some(6), false));
        assert_eq!((amount(row.amount), amount(row.cost_per_user)), ("10.00".to_owned(), "10.00".to_owned()));
        let totals: Vec<_> = report.by_suggestion.iter().map(|total| (total.suggestion, total.count, amount(total.amount))).collect();
        assert_eq!(totals, [
            (Suggestion::Drop, 2, "20.00".to_owned()),
            (Suggestion::Pause, 1, "10.00".to_owned()),
            (Suggestion::Renew, 3, "30.00".to_owned()),
        ]);
        assert_eq!(report.count, 6);

        trade.shop.act(lately.id, ActivationAction::Pause, json!({})).await.is_done();
        let path = format!("{}?suggestion=drop,pause", paths::REPORT_DECISIONS);
        let report: RenewalDecisions = trade.shop.owner.read(&path).await;
        assert_eq!(report.items.iter().map(|row| row.activation.id).collect::<Vec<_>>(), [never.id, old.id]);
        assert_eq!(report.by_suggestion.iter().map(|total| total.count).collect::<Vec<_>>(), [2, 0, 3]);
        // Switched on again it starts anew: a pause explains that nobody used it.
        trade.shop.act(lately.id, ActivationAction::Resume, json!({})).await.is_done();
        let report: RenewalDecisions = trade.shop.owner.read(paths::REPORT_DECISIONS).await;
        let again = report.items.iter().find(|row| row.activation.id == lately.id).unwrap();
        assert_eq!((again.suggestion, again.reasons.clone()), (Suggestion::Renew, vec![Why::TooNew]));
    }
}

on_both_databases! {
    async fn a_caller_without_the_wallet_sees_the_rows_and_no_amount(engine) {
        let trade = at_random(engine, 3).await;
        let viewer = trade.shop.app.with_key(trade.shop.id(), &[Permission::ActivationsRead, Permission::UsageRead]).await;
        let owner: UnusedActivations = trade.shop.owner.read(&format!("{}?limit=200", paths::REPORT_UNUSED)).await;
        let seen: UnusedActivations = viewer.read(&format!("{}?limit=200", paths::REPORT_UNUSED)).await;
        assert_eq!((seen.count, seen.at_stake), (owner.count, None));
        assert!(owner.count > 1 && seen.items.iter().all(|item| item.at_stake.is_none()));
        assert!(seen.items.is_sorted_by_key(|item| -item.unused_days));
        let seen: CostsPerActiveUser = viewer.read(paths::REPORT_COST_PER_USER).await;
        let is_hidden = |figures: &shared::dto::report::CostPerActiveUser| {
            [figures.monthly_equivalent, figures.cost_per_user, figures.previous_cost_per_user] == [None; 3]
        };
        assert!(!seen.items.is_empty() && is_hidden(&seen.total) && seen.items.iter().all(|row| is_hidden(&row.figures)));
        let seen: RenewalDecisions = viewer.read(paths::REPORT_DECISIONS).await;
        assert!(!seen.items.is_empty());
        assert!(seen.items.iter().all(|row| [row.amount, row.monthly_equivalent, row.cost_per_user] == [None; 3]));
        assert!(seen.by_suggestion.iter().all(|total| total.amount.is_none()));
    }
}

on_both_databases! {
    async fn what_is_set_up_by_hand_counts_from_the_day_it_could_be_used(engine) {
        let trade = Trade::open(engine, "2026-10-01").await;
        let shop = &trade.shop;
        let prices = [(BillingInterval::Monthly, 2_900)];
        let product = shop.product_provided("By hand", &prices, Provisioning::ByHand).await;
        shop.top_up(10_000).await;
        let id = shop.activate(product, BillingInterval::Monthly).await;
        trade.go_on_to("2026-10-20T11:00:00Z").await;
        let ops = shop.app.operator("ops@example.com").await;
        ops.post_once(&paths::operator_provision(shop.id(), id), &json!({})).await.is_done();
        trade.go_on_to(NOW).await;
        let report: ActivationImpacts = shop.owner.read(paths::REPORT_IMPACT).await;
        assert_eq!((report.items[0].before.to_on, report.items[0].after.from_on), (date("2026-10-19"), date("2026-10-20")));
        let report: UnusedActivations = shop.owner.read(paths::REPORT_UNUSED).await;
        assert_eq!((report.items[0].activation.id, report.items[0].unused_days), (id, 33));
    }
}
