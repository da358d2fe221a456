//! Who may not write: every write × everybody else, with bodies that would work for the owner.

use reqwest::Method;
use serde_json::{Value, json};
use shared::paths;
use shared::vocab::{ActivationId, ClientId, Permission, Role};
use tests::shop::new_key;
use tests::{Answer, Caller, Shop, on_both_databases};

/// A write as the owner may make it, in an order in which each works, with the permission it needs.
struct Write {
    method: Method,
    path: String,
    body: Value,
    needs: Permission,
}

fn writes(activation: &str, client: &str, product: &str) -> Vec<Write> {
    use Permission::{ActivationsPause, ActivationsRead, ActivationsSpend, ClientsWrite};
    let one = format!("{}/{activation}", paths::ACTIVATIONS);
    let who = format!("{}/{client}", paths::CLIENTS);
    let new = json!({"product_id": product, "billing_interval": "monthly"});
    let items = json!([{"activation_id": activation}]);
    let write = |method: &Method, path: String, body: Value, needs| Write { method: method.clone(), path, body, needs };
    let post = |path: String, body: Value, needs| write(&Method::POST, path, body, needs);
    vec![
        post(paths::ACTIVATIONS_QUOTE.to_owned(), new, ActivationsRead),
        post(format!("{one}/quote"), json!({"action": "renew"}), ActivationsRead),
        post(paths::ACTIVATIONS_BULK_QUOTE.to_owned(), json!({"action": "renew", "items": items}), ActivationsRead),
        post(format!("{one}/renew"), json!({}), ActivationsSpend),
        post(format!("{one}/pause"), json!({}), ActivationsPause),
        post(format!("{one}/resume"), json!({}), ActivationsPause),
        post(format!("{one}/change-interval"), json!({"billing_interval": "yearly"}), ActivationsSpend),
        post(format!("{one}/deactivate"), json!({}), ActivationsSpend),
        post(format!("{one}/keep"), json!({}), ActivationsSpend),
        write(&Method::PATCH, one.clone(), json!({"priority": 2}), ActivationsSpend),
        post(paths::ACTIVATIONS_BULK.to_owned(), json!({"action": "pause", "items": items}), ActivationsPause),
        post(paths::CLIENTS.to_owned(), json!({"name": "New"}), ClientsWrite),
        write(&Method::PATCH, who.clone(), json!({"name": "Other"}), ClientsWrite),
        post(format!("{who}/archive"), json!({}), ClientsWrite),
        post(format!("{who}/restore"), json!({}), ClientsWrite),
    ]
}

async fn send(caller: &Caller, write: &Write) -> Answer {
    let body = Some(("application/json", serde_json::to_vec(&write.body).unwrap()));
    let caller = caller.clone().with_header("if-match", "*").with_header("idempotency-key", &new_key());
    caller.send(write.method.clone(), &write.path, body).await
}

/// An answer without what differs between any two.
fn compared(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_slice(&answer.bytes).unwrap();
    body["request_id"] = Value::Null;
    (answer.status.as_u16(), body)
}

on_both_databases! {
    async fn every_write_for_everybody(engine) {
        use shared::vocab::BillingInterval::{Monthly, Yearly};
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(Monthly, 2_900), (Yearly, 29_000)]).await;
        shop.top_up(20_000).await;
        let activation: ActivationId = shop.activate(product, Monthly).await;
        let client: ClientId = shop.client("Idle").await;
        let rival = shop.app.reseller("Rival").await;
        let rivals = [
            shop.app.logged_in(rival, "rival@example.com", Role::Owner).await,
            shop.app.with_key(rival, Permission::ALL).await,
        ];
        let viewer = shop.app.logged_in(shop.id(), "viewer@harbour.example", Role::Viewer).await;
        let everything_else = async |needs: Permission| {
            let scopes: Vec<_> = Permission::ALL.iter().copied().filter(|scope| *scope != needs).collect();
            shop.app.with_key(shop.id(), &scopes).await
        };
        let product = product.to_string();
        let own = writes(&activation.to_string(), &client.to_string(), &product);
        let missing = writes("act_01k4kneba5pr8v6j2c0d3f7g9h", "cli_01k4kneba5pr8v6j2c0d3f7g9h", &product);
        let balance = shop.balance().await;
        for (write, unknown) in own.iter().zip(&missing) {
            let name = format!("{} {}", write.method, write.path);
            assert_eq!(send(&shop.app.anonymous(), write).await.status, 401, "{name}");
            assert_eq!(send(&everything_else(write.needs).await, write).await.status, 403, "{name}");
            if write.needs != Permission::ActivationsRead {
                assert_eq!(send(&viewer, write).await.status, 403, "{name}");
            }
            for rival in rivals.iter().filter(|_| write.path.contains("act_") || write.path.contains("cli_")) {
                let foreign = compared(&send(rival, write).await);
                assert_eq!(foreign.0, 404, "{name}");
                assert_eq!(foreign, compared(&send(rival, unknown).await), "{name}");
            }
        }
        assert_eq!(shop.balance().await, balance);
        // They were all good: the owner may.
        for write in &own {
            let answer = send(&shop.owner, write).await;
            assert!(answer.status.is_success(), "{} {}: {}", write.method, write.path, answer.text());
        }
        shop.prove().await;
    }
}

on_both_databases! {
    /// The document says of exactly those operations that they need a key that do.
    async fn the_document_names_the_writes_that_need_a_key(engine) {
        let shop = Shop::open(engine).await;
        let document: Value = shop.app.anonymous().read(paths::OPENAPI).await;
        let needs = |method: &str, path: &str, header: &str| {
            let parameters = &document["paths"][path][method]["parameters"];
            parameters.as_array().into_iter().flatten().any(|parameter| parameter["name"] == header)
        };
        for write in writes("{id}", "{id}", "prd") {
            let method = write.method.as_str().to_lowercase();
            let path = write.path.as_str();
            assert!(document["paths"][path][&method].is_object(), "{method} {path}");
            let sample = path.replace("/activations/{id}", "/activations/act_01k4kneba5pr8v6j2c0d3f7g9h");
            let sample = sample.replace("/clients/{id}", "/clients/cli_01k4kneba5pr8v6j2c0d3f7g9h");
            let answer = shop.owner.send(write.method.clone(), &sample, Some(("application/json", b"{}".to_vec()))).await;
            assert_eq!(answer.text().contains("idempotency_key_missing"), needs(&method, path, "Idempotency-Key"), "{path}");
            assert_eq!(answer.text().contains("precondition_required"), needs(&method, path, "If-Match"), "{path}");
        }
    }
}
