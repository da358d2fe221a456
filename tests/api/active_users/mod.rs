//! Active users over time, the people behind a figure, and what is noted beside it.

mod at_the_edge;
mod markers;
mod model;
mod notes;
mod people;
mod promotions;
mod series;

use api::auth::Reseller;
use api::features::accounts::service::{self as accounts, NewReseller};
use api::features::lifecycle::service::{self as lifecycle, Context, NewActivation};
use api::features::usage::service::{NewUsageEvent, Outcome, ingest};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use shared::vocab::{ActivationId, BillingInterval, ClientId, Currency, ProductId, Role};
use tests::{Engine, Shop, TestApp};

/// Opens a shop in a zone, with the clock set.
pub(crate) async fn open_in(engine: Engine, zone: &str, now: &str) -> Shop {
    let app = TestApp::start(engine).await;
    app.set_time(now);
    let new = NewReseller {
        name: "Harbour Digital".to_owned(),
        currency: Currency::from_code("EUR").unwrap(),
        time_zone: zone.parse().unwrap(),
    };
    let id = accounts::create_reseller(app.db(), app.clock(), new).await.unwrap();
    let owner = app.with_key(id, Role::Owner.permissions()).await;
    let reseller = accounts::get_reseller(app.db(), id).await.unwrap();
    Shop { app, reseller, owner }
}

/// Puts a product in service for a client at a moment, paid from a top-up of the same sum.
pub(crate) async fn activate(shop: &Shop, at: &str, product_id: ProductId, client_id: ClientId) -> ActivationId {
    let actor = api::auth::Actor::system();
    let context = Context::new(&shop.reseller, tests::app::at(at), &actor);
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
    let work = async |tx: &api::db::WriteTx| {
        lifecycle::top_up(tx, &context, 1_000, "Bank transfer", None).await?;
        lifecycle::activate(tx, &context, &new).await
    };
    shop.app.db().write(shop.id(), work).await.unwrap().id
}

/// Somebody used an activation; each use has an id of its own.
pub(crate) fn used(activation_id: ActivationId, person: &str, at: DateTime<Utc>) -> NewUsageEvent {
    let id = uuid::Uuid::now_v7().to_string();
    NewUsageEvent { id, activation_id, end_user_key: person.to_owned(), occurred_at: at, label: None }
}

/// Takes uses in as they are sent; every one of them must count.
pub(crate) async fn take(shop: &Shop, uses: &[NewUsageEvent]) {
    let secret = SecretString::from("a secret of the instance".to_owned());
    let reseller: &Reseller = &shop.reseller;
    let now = shop.app.clock().now(reseller);
    let write = async |tx: &api::db::WriteTx| ingest(tx, reseller, uses, None, now, &secret).await;
    let outcomes = shop.app.db().write(reseller.id, write).await.unwrap();
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Counted), "{outcomes:?}");
}

/// The same, by the written moment.
pub(crate) async fn take_at(shop: &Shop, uses: &[(ActivationId, &str, &str)]) {
    let uses: Vec<_> = uses.iter().map(|(id, person, at)| used(*id, person, tests::app::at(at))).collect();
    take(shop, &uses).await;
}
