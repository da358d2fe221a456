//! A reseller with money, products and clients, and its owner at the API.

use std::sync::atomic::{AtomicU64, Ordering};

use api::auth::{Actor, Reseller};
use api::features::accounts::service::get_reseller;
use api::features::catalogue::service::NewPrice;
use api::features::catalogue::store::{PriceDetails, ProductDetails, Provisioning, insert_price, insert_product};
use api::features::clients::store::{ClientDetails, insert as insert_client};
use api::features::lifecycle::service::{self as lifecycle, Context};
use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::dto::lifecycle::ActivationChange;
use shared::paths;
use shared::vocab::{ActivationAction, ActivationId, BillingInterval, ClientId, Money, ProductId, ResellerId, Role};

use crate::client::{Answer, Caller};
use crate::prices::{add_price, announce_price};
use crate::{Engine, TestApp};

/// A key that no other request of this process has.
pub fn new_key() -> String {
    static LAST: AtomicU64 = AtomicU64::new(0);
    format!("key-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

impl Caller {
    /// POST under a key.
    pub async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.clone().with_header("idempotency-key", key).post(path, body).await
    }

    /// POST under a new key.
    pub async fn post_once(&self, path: &str, body: &Value) -> Answer {
        self.post_keyed(path, &new_key(), body).await
    }

    /// PATCH of what was seen.
    pub async fn patch(&self, path: &str, if_match: &str, body: &Value) -> Answer {
        self.send_seen(reqwest::Method::PATCH, path, if_match, body).await
    }

    /// PUT in the place of what was seen.
    pub async fn put(&self, path: &str, if_match: &str, body: &Value) -> Answer {
        self.send_seen(reqwest::Method::PUT, path, if_match, body).await
    }

    async fn send_seen(&self, method: reqwest::Method, path: &str, if_match: &str, body: &Value) -> Answer {
        let body = Some(("application/json", serde_json::to_vec(body).unwrap()));
        self.clone().with_header("if-match", if_match).send(method, path, body).await
    }
}

/// A reseller under test.
#[derive(Debug)]
pub struct Shop {
    /// The server it is on.
    pub app: TestApp,
    /// The reseller.
    pub reseller: Reseller,
    /// Its owner, logged in.
    pub owner: Caller,
}

impl Shop {
    /// Opened on a fresh database.
    pub async fn open(engine: Engine) -> Self {
        Self::open_at(engine, crate::app::NOW).await
    }

    /// The same, with the clock set.
    pub async fn open_at(engine: Engine, now: &str) -> Self {
        let app = TestApp::start(engine).await;
        app.set_time(now);
        let id = app.reseller("Harbour Digital").await;
        // A key has no session that ends when a test moves the clock.
        let owner = app.with_key(id, Role::Owner.permissions()).await;
        let reseller = get_reseller(app.db(), id).await.unwrap();
        Self { app, reseller, owner }
    }

    /// Its id.
    pub fn id(&self) -> ResellerId {
        self.reseller.id
    }

    /// Money comes in.
    pub async fn top_up(&self, minor: i64) {
        let actor = Actor::system();
        let context = Context::new(&self.reseller, self.app.clock().now(&self.reseller), &actor);
        let credit = async |tx: &api::db::WriteTx| lifecycle::top_up(tx, &context, minor, "Bank transfer", None).await;
        self.app.db().write(self.id(), credit).await.unwrap();
        self.app.summaries_agree(self.id()).await;
    }

    /// What the scheduler does now.
    pub async fn run_due(&self) {
        let actor = Actor::system();
        let context = Context::new(&self.reseller, self.app.clock().now(&self.reseller), &actor);
        self.app.db().write(self.id(), async |tx| lifecycle::run_due(tx, &context).await).await.unwrap();
        self.app.summaries_agree(self.id()).await;
    }

    /// A product at these prices, in force since 2020.
    pub async fn product(&self, name: &str, prices: &[(BillingInterval, i64)]) -> ProductId {
        self.product_provided(name, prices, Provisioning::AtOnce).await
    }

    /// The same, set up in this way.
    pub async fn product_provided(
        &self,
        name: &str,
        prices: &[(BillingInterval, i64)],
        provisioning: Provisioning,
    ) -> ProductId {
        let details = ProductDetails {
            external_reference: name.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            provisioning,
            grace_days: 7,
            access_url: None,
            access_note: None,
        };
        let now = self.app.clock().system_now();
        let add = async |tx: &api::db::WriteTx| insert_product(tx, &details, now).await;
        let id = self.app.db().write(self.id(), add).await.unwrap();
        for (interval, minor) in prices {
            self.price(id, *interval, *minor, "2020-01-01").await;
        }
        id
    }

    /// A price from a day on.
    pub async fn price(&self, product_id: ProductId, interval: BillingInterval, amount_minor: i64, from: &str) {
        let valid_from_on: NaiveDate = from.parse().unwrap();
        let currency = self.reseller.currency;
        let details = PriceDetails { product_id, interval, currency, amount_minor, valid_from_on };
        let now = self.app.clock().system_now();
        self.app.db().write(self.id(), async |tx| insert_price(tx, &details, now).await).await.unwrap();
    }

    /// Adds a price from a day on and announces that it replaces another. Returns how many activations hold that.
    pub async fn announce(
        &self,
        product: ProductId,
        interval: BillingInterval,
        (from, to): (i64, i64),
        on: &str,
    ) -> i64 {
        let (now, on) = (self.app.clock().system_now(), on.parse().unwrap());
        let new = NewPrice { interval, amount: Money::new(to, self.reseller.currency), valid_from_on: Some(on) };
        let product = add_price(self.app.db(), now, product, new).await;
        announce_price(self.app.db(), now, &product, (from, to), on).await
    }

    /// A client.
    pub async fn client(&self, name: &str) -> ClientId {
        let id = ClientId(uuid::Uuid::now_v7());
        let details = ClientDetails { name: name.to_owned(), email: None, external_reference: None, notes: None };
        let now = self.app.clock().system_now();
        let add = async |tx: &api::db::WriteTx| insert_client(tx, self.id(), id, &details, now).await;
        self.app.db().write(self.id(), add).await.unwrap();
        id
    }

    /// A monthly activation of a product of its own, paid from a top-up of the same sum.
    pub async fn activated(&self, name: &str, monthly_minor: i64) -> ActivationId {
        let product = self.product(name, &[(BillingInterval::Monthly, monthly_minor)]).await;
        self.top_up(monthly_minor).await;
        self.activate(product, BillingInterval::Monthly).await
    }

    /// An activation for a new client.
    pub async fn activate(&self, product: ProductId, interval: BillingInterval) -> ActivationId {
        let client = self.client("Ana Ferreira").await;
        let body = json!({"client_id": client, "product_id": product, "billing_interval": interval});
        let change: ActivationChange = self.owner.post_once(paths::ACTIVATIONS, &body).await.data();
        self.app.summaries_agree(self.id()).await;
        change.activation.row.id
    }

    /// An action under a new key.
    pub async fn act(&self, id: ActivationId, action: ActivationAction, body: Value) -> Answer {
        let answer = self.owner.post_once(&paths::activation_action(id, action), &body).await;
        self.app.summaries_agree(self.id()).await;
        answer
    }

    /// What an action would do.
    pub async fn quote(&self, id: ActivationId, body: Value) -> Answer {
        self.owner.post(&paths::activation_quote(id), &body).await
    }

    /// What the wallet holds, in minor units.
    pub async fn balance(&self) -> i64 {
        api::features::ledger::store::find_wallet(self.app.db().pool(), self.id())
            .await
            .unwrap()
            .map_or(0, |wallet| wallet.balance_minor)
    }

    /// How many entries the ledger has.
    pub async fn entries(&self) -> i64 {
        api::features::ledger::store::find_wallet(self.app.db().pool(), self.id())
            .await
            .unwrap()
            .map_or(0, |wallet| wallet.last_sequence)
    }

    /// The books agree.
    pub async fn prove(&self) {
        self.app.books_balance(self.id()).await;
    }
}
