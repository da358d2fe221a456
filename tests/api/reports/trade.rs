//! A reseller with months of activations and use behind it, and what is known of both.

use std::collections::HashSet;

use api::features::usage::service::{NewUsageEvent, Outcome, ingest};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::json;
use shared::dto::lifecycle::ActivationChange;
use shared::paths;
use shared::vocab::{ActivationAction, ActivationId, BillingInterval, ClientId, ProductId};
use tests::app::{NOW, at};
use tests::{Dice, Engine, Shop};

/// Today, where [`NOW`] is.
pub const TODAY: &str = "2026-11-22";

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What was put in service.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    pub id: ActivationId,
    pub product: ProductId,
    pub client: ClientId,
    pub activated_on: NaiveDate,
}

/// Somebody used something on a day, and it counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Use {
    pub activation: ActivationId,
    pub product: ProductId,
    pub client: ClientId,
    pub person: String,
    pub day: NaiveDate,
}

pub struct Trade {
    pub shop: Shop,
    pub made: Vec<Made>,
    pub uses: HashSet<Use>,
}

impl Trade {
    /// Opened on a day, at noon in Berlin.
    pub async fn open(engine: Engine, on: &str) -> Self {
        let shop = Shop::open_at(engine, &format!("{on}T11:00:00Z")).await;
        Self { shop, made: Vec::new(), uses: HashSet::new() }
    }

    pub async fn activate(&mut self, product: ProductId, client: ClientId, interval: BillingInterval) -> Made {
        let body = json!({"client_id": client, "product_id": product, "billing_interval": interval});
        let change: ActivationChange = self.shop.owner.post_once(paths::ACTIVATIONS, &body).await.data();
        let row = change.activation.row;
        let made = Made { id: row.id, product, client, activated_on: row.activated_on };
        self.made.push(made);
        made
    }

    /// Goes on to a moment, with everything done that is due.
    pub async fn go_on_to(&self, moment: &str) {
        self.shop.app.set_time(moment);
        self.shop.run_due().await;
    }

    /// These people used it at noon of these days.
    pub async fn used(&mut self, made: Made, days: impl IntoIterator<Item = NaiveDate>, people: &[&str]) {
        let days: Vec<NaiveDate> = days.into_iter().collect();
        let of_day =
            |day: &NaiveDate| people.iter().map(|person| (made, *day, (*person).to_owned())).collect::<Vec<_>>();
        self.ingest(days.iter().flat_map(of_day).collect()).await;
    }

    async fn ingest(&mut self, used: Vec<(Made, NaiveDate, String)>) {
        let moment = |day: NaiveDate| -> DateTime<Utc> { day.and_hms_opt(11, 0, 0).unwrap().and_utc() };
        let event = |(index, (made, day, person)): (usize, &(Made, NaiveDate, String))| NewUsageEvent {
            id: format!("{}-{index}", self.uses.len()),
            activation_id: made.id,
            end_user_key: person.clone(),
            occurred_at: moment(*day),
            label: None,
        };
        let batch: Vec<_> = used.iter().enumerate().map(event).collect();
        let secret = SecretString::from("a secret of the instance".to_owned());
        let reseller = &self.shop.reseller;
        let now = self.shop.app.clock().now(reseller);
        let take = async |tx: &api::db::WriteTx| ingest(tx, reseller, &batch, None, now, &secret).await;
        let outcomes = self.shop.app.db().write(reseller.id, take).await.unwrap();
        for (outcome, (made, day, person)) in outcomes.into_iter().zip(used) {
            if outcome == Outcome::Counted {
                let Made { id: activation, product, client, .. } = made;
                self.uses.insert(Use { activation, product, client, person, day });
            }
        }
    }

    /// Distinct people among the uses of some days.
    pub fn people(&self, from: NaiveDate, to: NaiveDate, of: impl Fn(&Use) -> bool) -> i64 {
        let people: HashSet<_> = self
            .uses
            .iter()
            .filter(|used| (from..=to).contains(&used.day) && of(used))
            .map(|used| (used.client, &used.person))
            .collect();
        i64::try_from(people.len()).unwrap()
    }

    /// First and last day of use of an activation.
    pub fn use_of(&self, id: ActivationId) -> Option<(NaiveDate, NaiveDate)> {
        let days = || self.uses.iter().filter(|used| used.activation == id).map(|used| used.day);
        Some((days().min()?, days().max()?))
    }
}

/// Half a year of business, all at random but for the seed.
pub async fn at_random(engine: Engine, seed: u64) -> Trade {
    let mut dice = Dice::new(seed);
    let mut trade = Trade::open(engine, "2026-06-01").await;
    trade.shop.top_up(900_000).await;
    let prices =
        [(BillingInterval::Monthly, 2_900), (BillingInterval::Quarterly, 8_000), (BillingInterval::Yearly, 29_001)];
    let mut products = Vec::new();
    let mut clients = Vec::new();
    // A name that a spreadsheet would run.
    for name in ["AI Writer", "=Chat", "Voice"] {
        products.push(trade.shop.product(name, &prices).await);
    }
    for name in ["Ana", "+Ben", "Cleo", "Dora"] {
        clients.push(trade.shop.client(name).await);
    }
    let mut day = date("2026-06-01");
    while day < date("2026-11-18") {
        trade.go_on_to(&format!("{day}T11:00:00Z")).await;
        let (product, client) = (products[dice.below(3)], clients[dice.below(4)]);
        let made = trade.activate(product, client, prices[dice.below(3)].0).await;
        match dice.roll(9) {
            0 => trade.shop.act(made.id, ActivationAction::Pause, json!({})).await.is_done(),
            1 => trade
                .shop
                .act(made.id, ActivationAction::Deactivate, json!({"takes_effect": "period_end"}))
                .await
                .is_done(),
            _ => {}
        }
        day = day + Days::new(2 + dice.roll(9));
    }
    trade.go_on_to(NOW).await;
    let mut used = Vec::new();
    for made in trade.made.clone() {
        // Some are never used, some not any more, some by more and more people.
        let until =
            [made.activated_on, date("2026-09-20"), date("2026-10-20"), date(TODAY), date(TODAY)][dice.below(5)];
        for day in made.activated_on.iter_days().take_while(|day| *day < until) {
            for _ in 0..dice.roll(4) {
                used.push((made, day, format!("person {}", dice.roll(9))));
            }
        }
    }
    trade.ingest(used).await;
    assert!(trade.made.len() > 20 && trade.uses.len() > 300, "{} {}", trade.made.len(), trade.uses.len());
    assert_eq!(at(NOW) - TimeDelta::zero(), trade.shop.app.clock().now(&trade.shop.reseller));
    trade
}
