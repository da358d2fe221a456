//! Every figure against sets of people and rows of lists, on random data.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use shared::dto::activation::ActivationRow;
use shared::dto::overview::Overview;
use shared::dto::page::Page;
use shared::dto::recurring_costs::RecurringCosts;
use shared::dto::report::{ActivationImpacts, CostsPerActiveUser, Demand, RenewalDecisions, UnusedActivations};
use shared::paths;
use shared::vocab::{ActivationId, ActivationStatus, Money, Suggestion};
use tests::on_both_databases;

use super::trade::{TODAY, Trade, Use, at_random, date};

fn back(days: u64) -> NaiveDate {
    date(TODAY) - Days::new(days)
}

async fn rows(trade: &Trade, query: &str) -> Vec<ActivationRow> {
    let path = format!("{}?limit=200&{query}", paths::ACTIVATIONS);
    let page: Page<ActivationRow> = trade.shop.owner.read(&path).await;
    assert_eq!(page.page.next_cursor, None);
    page.items
}

fn of(id: ActivationId) -> impl Fn(&Use) -> bool {
    move |used| used.activation == id
}

on_both_databases! {
    async fn reports_agree_with_sets_of_people_and_with_the_lists(engine) {
        for seed in [1, 2] {
            let trade = at_random(engine, seed).await;
            unused_is_what_nobody_used(&trade).await;
            costs_are_shared_by_whom_the_model_counts(&trade).await;
            impact_is_what_the_model_counts(&trade).await;
            demand_is_what_was_activated(&trade).await;
            decisions_are_the_renewals_that_are_due(&trade).await;
            trade.shop.prove().await;
        }
    }
}

async fn unused_is_what_nobody_used(trade: &Trade) {
    for days in [7, 30, 90] {
        let path = format!("{}?limit=200&days={days}", paths::REPORT_UNUSED);
        let report: UnusedActivations = trade.shop.owner.read(&path).await;
        let from = back(days - 1);
        let served = rows(trade, "status=active,paused").await;
        let mut expected: Vec<ActivationId> = served
            .iter()
            .filter(|row| row.status == ActivationStatus::Active || row.paid_until_on.unwrap() > date(TODAY))
            .filter(|row| row.activated_on < from && trade.use_of(row.id).is_none_or(|(_, last)| last < from))
            .map(|row| row.id)
            .collect();
        let mut found: Vec<_> = report.items.iter().map(|item| item.activation.id).collect();
        assert!(report.items.is_sorted_by_key(|item| -item.at_stake.unwrap().total.minor));
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{days} days");
        assert_eq!(report.count, i64::try_from(expected.len()).unwrap());
        let sum = |of: fn(&shared::dto::report::MoneyAtStake) -> Money| -> i64 {
            report.items.iter().map(|item| of(item.at_stake.as_ref().unwrap()).minor).sum()
        };
        let total = report.at_stake.unwrap();
        assert_eq!(
            [total.paid_unused.minor, total.renewal.minor],
            [sum(|stake| stake.paid_unused), sum(|stake| stake.renewal)]
        );
        assert_eq!(total.total.minor, total.paid_unused.minor + total.renewal.minor);
        for item in &report.items {
            assert_eq!(item.last_used_on, trade.use_of(item.activation.id).map(|(_, last)| last));
            // Without an announced price the next renewal takes the price, where there is one.
            let renewal = item.activation.renews_on.map_or(0, |_| item.activation.price.minor);
            assert_eq!(item.at_stake.unwrap().renewal.minor, renewal);
        }
    }
}

async fn costs_are_shared_by_whom_the_model_counts(trade: &Trade) {
    let renewing = rows(trade, "renewing=true").await;
    for by in ["product", "client"] {
        let path = format!("{}?limit=200&by={by}", paths::REPORT_COST_PER_USER);
        let report: CostsPerActiveUser = trade.shop.owner.read(&path).await;
        let mut counted = 0;
        for row in &report.items {
            let is_of = |of: &ActivationRow| match (&row.product, &row.client) {
                (Some(product), None) => of.product.id == product.id,
                (None, Some(client)) => of.client.id == client.id,
                _ => panic!("one of both"),
            };
            let is_used = |used: &Use| match (&row.product, &row.client) {
                (Some(product), _) => used.product == product.id,
                (_, client) => used.client == client.as_ref().unwrap().id,
            };
            let twelfths: i64 = renewing
                .iter()
                .filter(|row| is_of(row))
                .map(|row| row.price.minor * 12 / i64::from(row.billing_interval.months()))
                .sum();
            let users = [trade.people(back(29), back(0), is_used), trade.people(back(59), back(30), is_used)];
            let figures = &row.figures;
            assert_eq!([figures.active_users, figures.previous_active_users.unwrap()], users);
            // Half-up: the doubled remainder is compared with the divisor.
            let share = |users: i64| (users > 0).then(|| (2 * twelfths + 12 * users) / (24 * users));
            assert_eq!(figures.monthly_equivalent.unwrap().minor, share(1).unwrap());
            let told = [figures.cost_per_user, figures.previous_cost_per_user].map(|cost| cost.map(|cost| cost.minor));
            assert_eq!(told, users.map(share));
            counted += row.renewing_count;
        }
        assert_eq!(counted, i64::try_from(renewing.len()).unwrap());
        let costs: RecurringCosts = trade.shop.owner.read(paths::RECURRING_COSTS).await;
        let overview: Overview = trade.shop.owner.read(paths::OVERVIEW).await;
        assert_eq!(report.total.monthly_equivalent, Some(costs.monthly_equivalent));
        assert_eq!(report.total.active_users, overview.total_active_users.value);
        assert_eq!(report.total.previous_active_users, overview.total_active_users.previous);
    }
}

async fn impact_is_what_the_model_counts(trade: &Trade) {
    let report: ActivationImpacts = trade.shop.owner.read(&format!("{}?limit=200", paths::REPORT_IMPACT)).await;
    assert_eq!(report.count, i64::try_from(trade.made.len()).unwrap());
    let first_event = trade.uses.iter().map(|used| used.day).min().unwrap();
    for (item, made) in report.items.iter().zip(trade.made.iter().rev()) {
        assert_eq!(item.activation.id, made.id);
        let (start, end) = (made.activated_on, made.activated_on + Days::new(27));
        let before = (start - Days::new(28), start - Days::new(1));
        let of_client = |used: &Use| used.client == made.client;
        let counted = trade.people(before.0, before.1, of_client);
        assert_eq!(item.client_users_before, (first_event <= before.1).then_some(counted));
        assert_eq!(item.client_users_after, trade.people(start, end, of_client));
        assert_eq!(item.activation_users_after, trade.people(start, end, of(made.id)));
        assert_eq!(item.first_used_on, trade.use_of(made.id).map(|(first, _)| first));
        for (day, told) in [(6, &item.day_7), (27, &item.day_28)] {
            let on = start + Days::new(day);
            let users = (on < date(TODAY)).then(|| trade.people(on, on, of(made.id)));
            assert_eq!((told.on, told.users), (on, users));
        }
        assert_eq!(item.is_complete, end < date(TODAY));
    }
    let mut complete = 0;
    for is_complete in [true, false] {
        let path = format!("{}?limit=200&complete={is_complete}", paths::REPORT_IMPACT);
        let part: ActivationImpacts = trade.shop.owner.read(&path).await;
        assert!(part.items.iter().all(|item| item.is_complete == is_complete));
        complete += part.count;
    }
    assert_eq!(complete, report.count);
}

async fn demand_is_what_was_activated(trade: &Trade) {
    for days in [7, 30, 90] {
        let path = format!("{}?limit=200&days={days}", paths::REPORT_DEMAND);
        let report: Demand = trade.shop.owner.read(&path).await;
        let mut expected: BTreeMap<_, [i64; 2]> = BTreeMap::new();
        for made in &trade.made {
            let age = u64::try_from((date(TODAY) - made.activated_on).num_days()).unwrap();
            if age < 2 * days {
                expected.entry(made.product).or_default()[usize::from(age >= days)] += 1;
            }
        }
        for row in &report.items {
            let [new, previous] = expected.remove(&row.product.id).unwrap_or_default();
            let figures = row.figures;
            assert_eq!([figures.new_activations, figures.previous_new_activations], [new, previous]);
            let on = rows(trade, &format!("status=active&product={}", row.product.id)).await;
            assert_eq!(figures.active_activations, i64::try_from(on.len()).unwrap());
            assert_eq!(figures.active_users, trade.people(back(29), back(0), |used| used.product == row.product.id));
            assert_eq!(figures.net, figures.new_activations - figures.ended);
        }
        assert_eq!(expected, BTreeMap::new());
        assert!(report.items.is_sorted_by_key(|row| (row.rank, -row.figures.new_activations, -row.figures.net)));
        let sum: i64 = report.items.iter().map(|row| row.figures.new_activations).sum();
        assert_eq!(report.total.new_activations, sum);
    }
}

async fn decisions_are_the_renewals_that_are_due(trade: &Trade) {
    let report: RenewalDecisions = trade.shop.owner.read(&format!("{}?limit=200", paths::REPORT_DECISIONS)).await;
    let due = rows(trade, "renews=30d").await;
    let mut known: HashMap<_, _> = due.iter().map(|row| (row.id, row.price)).collect();
    assert!(known.len() > 3);
    for item in &report.items {
        let id = item.activation.id;
        assert_eq!(item.amount, known.remove(&id));
        let users = [trade.people(back(29), back(0), of(id)), trade.people(back(59), back(30), of(id))];
        assert_eq!([item.active_users, item.previous_active_users.unwrap()], users);
        assert_eq!(item.is_unused, users[0] == 0);
        assert!(item.suggestion == Suggestion::Renew || users[0] * 2 <= users[1].max(1), "{item:?}");
    }
    assert_eq!(known.len(), 0);
    let counted: i64 = report.by_suggestion.iter().map(|total| total.count).sum();
    let amount: i64 = report.by_suggestion.iter().map(|total| total.amount.unwrap().minor).sum();
    let overview: Overview = trade.shop.owner.read(paths::OVERVIEW).await;
    let balance = overview.balance.unwrap();
    assert_eq!((counted, amount), (balance.renewals_in_30_days, balance.due_in_30_days.minor));
    assert_eq!(report.count, counted);
    for total in &report.by_suggestion {
        let path = format!("{}?limit=200&suggestion={}", paths::REPORT_DECISIONS, total.suggestion);
        let part: RenewalDecisions = trade.shop.owner.read(&path).await;
        let of_it: Vec<_> = report.items.iter().filter(|item| item.suggestion == total.suggestion).cloned().collect();
        assert_eq!((part.count, &part.items), (total.count, &of_it));
    }
}
