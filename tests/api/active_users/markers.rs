//! What happened on the days of a series, as the lane under the chart tells it.

use serde_json::json;
use shared::dto::marker::{Marker, Markers};
use shared::paths;
use shared::vocab::ActivationAction::{Deactivate, Pause};
use shared::vocab::{BillingInterval, ClientId, MarkerKind, Permission, ProductId, Role};
use tests::{Caller, Shop, on_both_databases};

use super::activate;

async fn markers(caller: &Caller, query: &str) -> Vec<Marker> {
    let found: Markers = caller.read(&format!("{}?{query}", paths::ACTIVE_USERS_MARKERS)).await;
    assert!(found.items.iter().all(|item| found.from_on <= item.on && item.on <= found.to_on), "{found:?}");
    assert!(found.items.is_sorted_by_key(|item| (item.on, item.kind)), "{found:?}");
    for item in &found.items {
        assert!(item.events.iter().all(|event| (event.on, event.kind) == (item.on, item.kind)), "{item:?}");
    }
    found.items
}

/// "day kind count first title".
fn told(markers: &[Marker]) -> Vec<String> {
    let line = |marker: &Marker| {
        let title = marker.events.first().map_or("", |event| event.title.as_str());
        format!("{} {} {} {title}", marker.on, marker.kind, marker.count)
    };
    markers.iter().map(line).collect()
}

struct Business {
    shop: Shop,
    products: [ProductId; 2],
    clients: [ClientId; 2],
}

/// Two products for two clients; in November one is paused, one deactivated, one expires.
async fn business(engine: tests::Engine) -> Business {
    let shop = Shop::open(engine).await;
    let products = [
        shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await,
        shop.product("AI Chat", &[(BillingInterval::Monthly, 1_000)]).await,
    ];
    let clients = [shop.client("Ana").await, shop.client("Ben").await];
    // Both sides of midnight in Berlin; the first is before the range of 30 days.
    activate(&shop, "2026-10-05T09:00:00Z", products[0], clients[0]).await;
    // Its renewal of the 5th cannot be paid.
    shop.app.set_time("2026-11-06T09:00:00Z");
    shop.run_due().await;
    let paused = activate(&shop, "2026-11-09T22:59:59Z", products[1], clients[0]).await;
    let deactivated = activate(&shop, "2026-11-09T23:00:00Z", products[0], clients[1]).await;
    activate(&shop, "2026-11-10T09:00:00Z", products[1], clients[1]).await;
    shop.app.set_time("2026-11-14T09:00:00Z");
    // The grace of the first is over.
    shop.run_due().await;
    shop.app.set_time("2026-11-20T09:00:00Z");
    shop.act(paused, Pause, json!({})).await.is_done();
    shop.act(deactivated, Deactivate, json!({"takes_effect": "now"})).await.is_done();
    shop.app.set_time(tests::app::NOW);
    Business { shop, products, clients }
}

on_both_databases! {
    async fn what_happened_to_activations_is_told_by_local_day_and_filter(engine) {
        let Business { shop, products, clients } = business(engine).await;
        let all = markers(&shop.owner, "range=30d").await;
        assert_eq!(told(&all), [
            "2026-11-09 activation 1 AI Chat activated for Ana",
            "2026-11-10 activation 2 AI Writer activated for Ben",
            "2026-11-12 deactivation 1 AI Writer expired for Ana",
            "2026-11-20 pause 1 AI Chat paused for Ana",
            "2026-11-20 deactivation 1 AI Writer deactivated for Ben",
        ]);
        let first = &all[0].events[0];
        assert_eq!(first.at.map(|at| at.to_rfc3339()), Some("2026-11-09T22:59:59+00:00".to_owned()));
        assert_eq!((first.product.as_ref().map(|product| product.id), first.client.as_ref().map(|client| client.id)), (Some(products[1]), Some(clients[0])));
        let of_ana = markers(&shop.owner, &format!("range=30d&client={}", clients[0])).await;
        assert_eq!(of_ana.iter().map(|marker| (marker.on.to_string(), marker.count)).collect::<Vec<_>>(),
            [("2026-11-09".to_owned(), 1), ("2026-11-12".to_owned(), 1), ("2026-11-20".to_owned(), 1)]);
        let of_chat = markers(&shop.owner, &format!("range=30d&product={}", products[1])).await;
        assert_eq!(told(&of_chat), [
            "2026-11-09 activation 1 AI Chat activated for Ana",
            "2026-11-10 activation 1 AI Chat activated for Ben",
            "2026-11-20 pause 1 AI Chat paused for Ana",
        ]);
        let id = first.activation_id.unwrap();
        assert_eq!(markers(&shop.owner, &format!("range=30d&activation={id}")).await.len(), 2);
        // Only the days asked for; by week and month these are whole.
        assert_eq!(markers(&shop.owner, "from=2026-11-10&to=2026-11-12").await.len(), 2);
        assert_eq!(markers(&shop.owner, "from=2026-11-11&to=2026-11-11").await.len(), 0);
        assert_eq!(markers(&shop.owner, "from=2026-11-11&to=2026-11-11&bucket=week").await.len(), 3);
        assert_eq!(markers(&shop.owner, "from=2026-10-01&to=2026-10-31&bucket=month").await.len(), 1);
        // Without the permission to read activations they are left out.
        let key = shop.app.with_key(shop.id(), &[Permission::UsageRead]).await;
        assert_eq!(markers(&key, "range=30d").await.len(), 0);
        let stranger = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(stranger, Role::Owner.permissions()).await;
        assert_eq!(markers(&stranger, "range=30d").await.len(), 0);
    }
}

on_both_databases! {
    async fn many_on_a_day_are_counted_and_twenty_are_told(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await;
        for number in 0..23 {
            let client = shop.client(&format!("Client {number:02}")).await;
            activate(&shop, &format!("2026-11-10T09:00:{number:02}Z"), product, client).await;
        }
        let found = markers(&shop.owner, "range=30d").await;
        assert_eq!((found.len(), found[0].count, found[0].events.len()), (1, 23, 20));
        assert_eq!(found[0].events[19].title, "AI Writer activated for Client 19");
    }
}

on_both_databases! {
    async fn promotions_show_on_their_first_day_to_those_they_are_for(engine) {
        let shop = Shop::open(engine).await;
        let other = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(other, Role::Owner.permissions()).await;
        let operator = shop.app.operator("ops@example.com").await;
        for body in [
            json!({"kind": "promotion", "title": "For all", "starts_on": "2026-11-10", "ends_on": "2026-12-24", "scope": "all", "text": "More"}),
            json!({"kind": "launch", "title": "For one", "starts_on": "2026-11-10", "scope": "chosen", "reseller_ids": [shop.id()]}),
            // Runs into the range, but did not begin in it; and one that has not begun.
            json!({"kind": "promotion", "title": "Earlier", "starts_on": "2026-10-01", "ends_on": "2026-11-15", "scope": "all"}),
            json!({"kind": "promotion", "title": "Later", "starts_on": "2026-11-23", "scope": "all"}),
        ] {
            operator.post_once(paths::OPERATOR_PROMOTIONS, &body).await.is_done();
        }
        let seen = markers(&shop.owner, "range=30d").await;
        assert_eq!(told(&seen), ["2026-11-10 promotion 1 For all", "2026-11-10 launch 1 For one"]);
        let event = &seen[0].events[0];
        assert_eq!((event.ends_on.map(|day| day.to_string()), event.text.as_deref()), (Some("2026-12-24".to_owned()), Some("More")));
        assert!(event.promotion_id.is_some() && event.at.is_none());
        assert_eq!(told(&markers(&stranger, "range=30d").await), ["2026-11-10 promotion 1 For all"]);
    }
}

on_both_databases! {
    async fn notes_show_to_those_who_read_them_where_they_belong(engine) {
        let Business { shop, products, clients } = business(engine).await;
        let mara = shop.app.logged_in(shop.id(), "mara@harbour.example", Role::Owner).await;
        let ines = shop.app.logged_in(shop.id(), "ines@harbour.example", Role::Viewer).await;
        for body in [
            json!({"on": "2026-11-15", "text": "General", "visibility": "team"}),
            json!({"on": "2026-11-16", "text": "Mine", "visibility": "personal"}),
            json!({"on": "2026-11-17", "text": "About Chat", "visibility": "team", "product_id": products[1]}),
            json!({"on": "2026-11-18", "text": "About Ben", "visibility": "team", "client_id": clients[1]}),
            json!({"on": "2026-10-01", "text": "Long ago", "visibility": "team"}),
            json!({"on": "2026-12-01", "text": "To come", "visibility": "team"}),
        ] {
            mara.post_once(paths::NOTES, &body).await.is_done();
        }
        let notes = async |caller: &Caller, query: &str| -> Vec<String> {
            let found = markers(caller, query).await.into_iter().filter(|marker| marker.kind == MarkerKind::Note);
            found.flat_map(|marker| marker.events).map(|event| event.title).collect()
        };
        assert_eq!(notes(&mara, "").await, ["General", "Mine", "About Chat", "About Ben"]);
        assert_eq!(notes(&ines, "").await, ["General", "About Chat", "About Ben"]);
        assert_eq!(notes(&shop.owner, "").await, ["General", "About Chat", "About Ben"]);
        assert_eq!(notes(&ines, &format!("product={}", products[1])).await, ["General", "About Chat"]);
        assert_eq!(notes(&ines, &format!("client={}", clients[1])).await, ["General", "About Ben"]);
        assert_eq!(notes(&ines, &format!("client={}", clients[0])).await, ["General"]);
        let of_ben = markers(&shop.owner, &format!("client={}", clients[1])).await;
        let writer = of_ben.iter().flat_map(|marker| &marker.events).find(|event| event.product.as_ref().is_some_and(|product| product.id == products[0]));
        let activation = writer.and_then(|event| event.activation_id).unwrap();
        assert_eq!(notes(&ines, &format!("activation={activation}")).await, ["General", "About Ben"]);
        let events = markers(&mara, "").await;
        let event = events.iter().flat_map(|marker| &marker.events).find(|event| event.title == "About Chat").unwrap();
        assert_eq!((event.by.as_deref(), event.product.as_ref().map(|product| product.name.as_str())), (Some("mara"), Some("AI Chat")));
        assert!(event.note_id.is_some() && event.visibility.is_some());
    }
}

on_both_databases! {
    async fn a_new_price_is_told_to_those_who_have_it_in_service(engine) {
        let shop = Shop::open_at(engine, "2026-09-01T09:00:00Z").await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await;
        let client = shop.client("Ana").await;
        let activation = activate(&shop, "2026-09-01T09:00:00Z", product, client).await;
        let other_client = shop.client("Ben").await;
        let operator = shop.app.operator("ops@example.com").await;
        shop.price(product, BillingInterval::Monthly, 1_200, "2026-10-01").await;
        let seen: serde_json::Value = operator.read(&paths::operator_product(product)).await;
        let ids: Vec<_> = seen["prices"].as_array().unwrap().iter().map(|price| price["id"].clone()).collect();
        let announced = json!({"from_price_id": ids[1], "to_price_id": ids[0], "effective_on": "2026-11-05"});
        operator.post_once(paths::OPERATOR_PRICE_MIGRATIONS, &announced).await.is_done();
        shop.app.set_time(tests::app::NOW);
        for filter in [String::new(), format!("&product={product}"), format!("&client={client}"), format!("&activation={activation}")] {
            let found = markers(&shop.owner, &format!("range=30d{filter}")).await;
            let change = found.iter().find(|marker| marker.kind == MarkerKind::PriceChange).unwrap_or_else(|| panic!("{filter}: {found:?}"));
            let event = &change.events[0];
            assert_eq!((change.on.to_string().as_str(), event.title.as_str()), ("2026-11-05", "New price of AI Writer (monthly)"));
            assert_eq!((event.price_before.map(|price| price.minor), event.price_after.map(|price| price.minor)), (Some(1_000), Some(1_200)));
        }
        let stranger = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(stranger, Role::Owner.permissions()).await;
        assert_eq!(markers(&stranger, "range=30d").await.len(), 0);
        assert_eq!(markers(&shop.owner, &format!("range=30d&client={other_client}")).await.len(), 0);
    }
}
