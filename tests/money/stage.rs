//! A reseller with a catalogue and clients, to act upon.

use api::auth::{Actor, Reseller};
use api::clock::Clock;
use api::db::Db;
use api::error::Error;
use api::features::accounts::service::{NewReseller, create_reseller, get_reseller};
use api::features::catalogue::store::{PriceDetails, ProductDetails, Provisioning, insert_price, insert_product};
use api::features::clients::store::{ClientDetails, insert as insert_client};
use api::features::ledger::store::find_wallet;
use api::features::ledger::verify::verify;
use api::features::lifecycle::service::{self as lifecycle, Context, NewActivation};
use api::features::lifecycle::store::{Stored, get};
use chrono::{DateTime, Utc};
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, BillingInterval, ClientId, Currency, ProductId};
use tests::wal::Wal;
use tests::{Engine, TestDatabase};

/// An instant; a bare date is its midnight in Berlin's winter.
pub fn at(text: &str) -> DateTime<Utc> {
    if text.len() == 10 {
        let midnight: chrono::NaiveDateTime = format!("{text}T00:00:00").parse().unwrap();
        let zone: chrono_tz::Tz = "Europe/Berlin".parse().unwrap();
        return midnight.and_local_timezone(zone).unwrap().to_utc();
    }
    text.parse().unwrap()
}

pub struct Stage {
    pub db: Db,
    pub reseller: Reseller,
    database: Option<TestDatabase>,
}

impl Stage {
    pub async fn new(engine: Engine) -> Self {
        let database = TestDatabase::create(engine).await.unwrap();
        let db = database.connect().await;
        let clock = Clock::fixed(at("2026-01-01"));
        let new = NewReseller {
            name: "Harbour".to_owned(),
            currency: Currency::from_code("EUR").unwrap(),
            time_zone: "Europe/Berlin".parse().unwrap(),
        };
        let id = create_reseller(&db, &clock, new).await.unwrap();
        let reseller = get_reseller(&db, id).await.unwrap();
        Self { db, reseller, database: Some(database) }
    }

    /// The same database, as another process sees it.
    pub async fn replica(&self) -> Db {
        self.database.as_ref().unwrap().connect().await
    }

    /// The log of an embedded database, as it is.
    pub fn wal(&self) -> Wal {
        self.database.as_ref().unwrap().wal()
    }

    /// Another reseller on the same database.
    pub async fn second_reseller(&self) -> Self {
        let new = NewReseller {
            name: "Stranger".to_owned(),
            currency: self.reseller.currency,
            time_zone: self.reseller.time_zone,
        };
        let id = create_reseller(&self.db, &Clock::fixed(at("2026-01-01")), new).await.unwrap();
        let reseller = get_reseller(&self.db, id).await.unwrap();
        Self { db: self.db.clone(), reseller, database: None }
    }

    /// A product with one price per month.
    pub async fn product(&self, reference: &str, monthly_minor: i64) -> ProductId {
        let details = ProductDetails {
            external_reference: reference.to_owned(),
            name: reference.to_owned(),
            description: String::new(),
            provisioning: Provisioning::AtOnce,
            grace_days: 7,
            access_url: None,
            access_note: None,
        };
        self.db
            .write(self.reseller.id, async |tx| {
                let product_id = insert_product(tx, &details, at("2026-01-01")).await?;
                let price = PriceDetails {
                    product_id,
                    interval: BillingInterval::Monthly,
                    currency: self.reseller.currency,
                    amount_minor: monthly_minor,
                    valid_from_on: "2020-01-01".parse().unwrap(),
                };
                insert_price(tx, &price, at("2026-01-01")).await?;
                Ok(product_id)
            })
            .await
            .unwrap()
    }

    pub async fn client(&self, name: &str) -> ClientId {
        let details = ClientDetails {
            name: name.to_owned(),
            email: Some(format!("{name}@example.com")),
            external_reference: None,
            notes: None,
        };
        let id = ClientId(uuid::Uuid::now_v7());
        let write =
            async |tx: &api::db::WriteTx| insert_client(tx, self.reseller.id, id, &details, at("2026-01-01")).await;
        self.db.write(self.reseller.id, write).await.unwrap();
        id
    }

    /// Runs one service at a moment.
    pub async fn act<T>(
        &self,
        now: &str,
        action: impl AsyncFn(&api::db::WriteTx, Context<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let actor = Actor::system();
        let context = Context::new(&self.reseller, at(now), &actor);
        self.db.write(self.reseller.id, async |tx| action(tx, context).await).await
    }

    pub async fn top_up(&self, now: &str, minor: i64) {
        self.act(now, async |tx, context| lifecycle::top_up(tx, &context, minor, "Bank transfer", None).await)
            .await
            .unwrap();
        self.run(now).await;
    }

    /// What the scheduler does at a moment.
    pub async fn run(&self, now: &str) -> u64 {
        self.act(now, async |tx, context| lifecycle::run_due(tx, &context).await).await.unwrap().charged
    }

    pub async fn activate(&self, now: &str, product_id: ProductId, client_id: ClientId) -> Result<Stored, Error> {
        let new = NewActivation {
            id: None,
            client_id,
            product_id,
            interval: BillingInterval::Monthly,
            auto_renew: true,
            priority: 5,
            price_id: None,
            external_reference: None,
            notes: None,
        };
        self.act(now, async |tx, context| lifecycle::activate(tx, &context, &new).await).await
    }

    /// An activation that costs so much a month, paid for from a top-up of the same sum.
    pub async fn paid(&self, now: &str, name: &str, monthly_minor: i64) -> ActivationId {
        let (product_id, client_id) = (self.product(name, monthly_minor).await, self.client(name).await);
        self.top_up(now, monthly_minor).await;
        self.activate(now, product_id, client_id).await.unwrap().id
    }

    pub async fn load(&self, id: ActivationId) -> Stored {
        self.db.write(self.reseller.id, async |tx| get(tx, self.reseller.id, id).await).await.unwrap()
    }

    pub async fn balance(&self) -> i64 {
        find_wallet(self.db.pool(), self.reseller.id).await.unwrap().unwrap().balance_minor
    }

    /// The books agree.
    pub async fn prove(&self) {
        let differences = verify(self.db.pool(), self.reseller.id).await.unwrap();
        assert!(differences.is_empty(), "{differences:#?}");
        self.summaries_agree("everything").await;
    }
}

/// The problem an action was refused with.
pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ProblemCode {
    result.unwrap_err().code()
}
