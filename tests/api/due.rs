//! What is due is what the renewals take, wherever it is shown: docs/domain.md §7.

use serde_json::json;
use shared::dto::explanation::Explanation;
use shared::dto::forecast::{Forecast, UpcomingRenewal};
use shared::dto::overview::Overview;
use shared::dto::page::Page;
use shared::dto::recurring_costs::{RecurringCostCard, RecurringCosts};
use shared::dto::wallet::Wallet;
use shared::paths;
use shared::vocab::ActivationAction::ChangeInterval;
use shared::vocab::BillingInterval::{Monthly, Yearly};
use shared::vocab::{Figure, Money};
use tests::{Shop, on_both_databases};

/// What each panel says is due within 30 days.
async fn due(shop: &Shop) -> Vec<String> {
    let costs: RecurringCosts = shop.owner.read(paths::RECURRING_COSTS).await;
    let cards: i64 = costs.cards.iter().map(|card| card.due_in_30_days.amount.minor).sum();
    let tile: Overview = shop.owner.read(paths::OVERVIEW).await;
    let wallet: Wallet = shop.owner.read(paths::WALLET).await;
    let forecast: Forecast = shop.owner.read(paths::FORECAST).await;
    let upcoming: Page<UpcomingRenewal> = shop.owner.read(paths::UPCOMING_RENEWALS).await;
    let listed: i64 = upcoming.items.iter().map(|row| row.amount.minor).sum();
    let explained: Explanation = shop.owner.read(&paths::explanation(Figure::DueIn30Days)).await;
    let amount = |minor| Money::new(minor, shop.reseller.currency).amount();
    vec![
        amount(cards),
        tile.balance.unwrap().due_in_30_days.amount(),
        wallet.due_in_30_days.amount.amount(),
        forecast.recommended_top_ups[0].due.amount.amount(),
        amount(listed),
        explained.value.amount.unwrap().amount(),
    ]
}

fn shown(card: &RecurringCostCard) -> (String, i64, String, String) {
    let next = card.next_charge.as_ref().unwrap();
    (card.total.amount(), card.due_in_30_days.count, card.due_in_30_days.amount.amount(), next.amount.amount())
}

on_both_databases! {
    /// One is yearly, one monthly, one goes from monthly to yearly; both prices are replaced on the day on which all renew.
    async fn a_chosen_interval_and_an_announced_price_are_due_as_they_are_charged(engine) {
        let shop = Shop::open_at(engine, "2025-12-22T10:00:00Z").await;
        let product = shop.product("AI Writer", &[(Monthly, 1_000), (Yearly, 10_000)]).await;
        shop.top_up(12_000).await;
        shop.activate(product, Yearly).await;
        shop.app.set_time("2026-11-22T10:00:00Z");
        shop.activate(product, Monthly).await;
        let changing = shop.activate(product, Monthly).await;
        assert_eq!(due(&shop).await, vec!["120.00"; 6]);
        shop.act(changing, ChangeInterval, json!({"billing_interval": "yearly"})).await.is_done();
        assert_eq!(due(&shop).await, vec!["210.00"; 6]);
        shop.announce(product, Monthly, (1_000, 1_200), "2026-12-22").await;
        shop.announce(product, Yearly, (10_000, 15_000), "2026-12-22").await;
        assert_eq!(due(&shop).await, vec!["312.00"; 6]);
        // A card holds what is paid at its interval now.
        let costs: RecurringCosts = shop.owner.read(paths::RECURRING_COSTS).await;
        let card = |total: &str, count, due: &str| (total.to_owned(), count, due.to_owned(), due.to_owned());
        assert_eq!(shown(&costs.cards[0]), card("20.00", 2, "162.00"));
        assert_eq!(shown(&costs.cards[3]), card("100.00", 1, "150.00"));
        // Nobody pays: what is overdue is what they take as well.
        shop.app.set_time("2026-12-22T10:00:00Z");
        shop.run_due().await;
        let overdue = async || shop.owner.read::<Wallet>(paths::WALLET).await.overdue;
        assert_eq!((overdue().await.count, overdue().await.amount.amount()), (3, "312.00".to_owned()));
        shop.top_up(31_200).await;
        shop.run_due().await;
        assert_eq!((overdue().await.count, shop.balance().await), (0, 0));
        shop.prove().await;
    }
}
