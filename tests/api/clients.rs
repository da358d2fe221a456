//! `/clients`: added, changed, found, put away and brought back.

use serde_json::{Value, json};
use shared::dto::client::Client;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationAction::Deactivate;
use shared::vocab::{BillingInterval, ClientId};
use tests::{Shop, on_both_databases};

async fn names(shop: &Shop, query: &str) -> Vec<String> {
    let page: Value = shop.owner.read(&format!("{}?{query}", paths::CLIENTS)).await;
    page["items"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn a_client_is_added_once(engine) {
        let shop = Shop::open(engine).await;
        let body = json!({"name": " Café Lindenhof ", "email": "hallo@cafe.example", "external_reference": "C-1"});
        let first = shop.owner.post_keyed(paths::CLIENTS, "k", &body).await;
        let client: Client = first.data();
        assert_eq!((first.status.as_u16(), client.name.as_str(), client.archived_at), (201, "Café Lindenhof", None));
        assert_eq!(shop.owner.post_keyed(paths::CLIENTS, "k", &body).await.bytes, first.bytes);
        assert_eq!(shop.owner.read::<Client>(&paths::client(client.id)).await, client);
        assert_eq!(names(&shop, "q=caf").await, ["Café Lindenhof"]);
        for (wrong, pointer) in [
            (json!({"name": "Other", "external_reference": "C-1"}), "/external_reference"),
            (json!({"name": "  "}), "/name"),
            (json!({"name": "n".repeat(201)}), "/name"),
            (json!({"name": "a\u{0}"}), "/name"),
            (json!({"name": "Ana", "email": "ana"}), "/email"),
            (json!({"name": "Ana", "email": "ana@"}), "/email"),
            (json!({"name": "Ana", "email": "a b@c"}), "/email"),
            (json!({"name": "Ana", "phone": "1"}), "/phone"),
            (json!({}), "/"),
        ] {
            let problem = shop.owner.post_once(paths::CLIENTS, &wrong).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer, "{wrong}");
        }
    }
}

on_both_databases! {
    async fn a_change_names_what_it_changes_and_is_found_by_it(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900)]).await;
        shop.top_up(2_900).await;
        shop.activate(product, BillingInterval::Monthly).await;
        let page: Value = shop.owner.read(paths::CLIENTS).await;
        let id: ClientId = page["items"][0]["id"].as_str().unwrap().parse().unwrap();
        let path = paths::client(id);
        let seen = shop.owner.get(&path).await;
        let tag = seen.header("etag").unwrap();
        let body = json!({"name": "Zora Klein", "email": "zora@klein.example", "notes": "Mornings"});
        let answer = shop.owner.patch(&path, tag, &body).await;
        let client: Client = answer.data();
        assert_eq!((client.name.as_str(), client.notes.as_deref(), client.active_activations), ("Zora Klein", Some("Mornings"), 1));
        assert_eq!(answer.header("etag"), shop.owner.get(&path).await.header("etag"));
        shop.owner.patch(&path, tag, &json!({"name": "Late"})).await.problem(412, ProblemCode::PreconditionFailed);
        let client: Client = shop.owner.patch(&path, "*", &json!({"email": null})).await.data();
        assert_eq!((client.email, client.name.as_str(), client.notes.as_deref()), (None, "Zora Klein", Some("Mornings")));
        // Its activations are found by the new name.
        let found: Value = shop.owner.read("/api/v1/activations?q=zora&include_total=true").await;
        assert_eq!((found["page"]["total"].as_i64(), &found["items"][0]["client"]["name"]), (Some(1), &json!("Zora Klein")));
        shop.owner.patch(&path, "*", &json!({"name": null})).await.is_done();
        assert_eq!(shop.owner.read::<Client>(&path).await.name, "Zora Klein");
    }
}

on_both_databases! {
    async fn a_client_is_put_away_when_nothing_of_it_runs(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900)]).await;
        shop.top_up(2_900).await;
        let activation = shop.activate(product, BillingInterval::Monthly).await;
        let page: Value = shop.owner.read(paths::CLIENTS).await;
        let id: ClientId = page["items"][0]["id"].as_str().unwrap().parse().unwrap();
        shop.owner.post(&paths::client_archive(id), &json!({})).await.problem(409, ProblemCode::ClientInUse);
        shop.act(activation, Deactivate, json!({"takes_effect": "now"})).await.is_done();
        let client: Client = shop.owner.post(&paths::client_archive(id), &json!({})).await.data();
        assert!(client.archived_at.is_some());
        assert_eq!(shop.owner.post(&paths::client_archive(id), &json!({})).await.data::<Client>(), client);
        assert_eq!(names(&shop, "").await, Vec::<String>::new());
        let client: Client = shop.owner.post(&paths::client_restore(id), &json!({})).await.data();
        assert_eq!((client.archived_at, names(&shop, "").await.len()), (None, 1));
        shop.owner.post(&paths::client_restore(id), &json!({})).await.is_done();
    }
}
