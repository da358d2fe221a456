//! Auto-renew and priority, changed only on what the caller saw.

use serde_json::json;
use shared::dto::activation::{Activation, HistoryEntry};
use shared::dto::lifecycle::ActivationChange;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{BillingState, HistoryKind};
use tests::{Shop, on_both_databases};

on_both_databases! {
    async fn a_change_needs_the_tag_of_what_was_seen(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        let path = paths::activation(id);
        let seen = shop.owner.get(&path).await;
        let tag = seen.header("etag").unwrap();
        let body = json!({"auto_renew": false, "priority": 1});
        let unconditional = Some(("application/json", serde_json::to_vec(&body).unwrap()));
        shop.owner.send(reqwest::Method::PATCH, &path, unconditional).await.problem(428, ProblemCode::PreconditionRequired);
        let answer = shop.owner.patch(&path, tag, &body).await;
        let change: ActivationChange = answer.data();
        assert_eq!((change.activation.row.auto_renew, change.activation.priority), (false, 1));
        assert_eq!(change.activation.row.billing_state, Some(BillingState::Ending));
        shop.owner.patch(&path, tag, &json!({"auto_renew": true})).await.problem(412, ProblemCode::PreconditionFailed);
        // The answer's tag is that of reading it, and so good for the next change.
        let read = shop.owner.get(&path).await;
        assert_eq!(answer.header("etag"), read.header("etag"));
        assert_eq!(change.activation, read.data::<Activation>());
        let again: ActivationChange = shop.owner.patch(&path, answer.header("etag").unwrap(), &json!({"auto_renew": true})).await.data();
        assert_eq!(again.activation.row.billing_state, Some(BillingState::Current));
        shop.owner.patch(&path, "*", &json!({"priority": 9})).await.is_done();
        shop.owner.patch(&path, &format!("\"other\", {}", shop.owner.get(&path).await.header("etag").unwrap()), &json!({})).await.is_done();
        let history: Page<HistoryEntry> = shop.owner.read(&paths::activation_history(id)).await;
        let kinds: Vec<_> = history.items.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [HistoryKind::PriorityChanged, HistoryKind::AutoRenewChanged, HistoryKind::AutoRenewChanged,
            HistoryKind::PriorityChanged, HistoryKind::Activated]);
    }
}

on_both_databases! {
    async fn the_same_setting_again_changes_nothing(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        let path = paths::activation(id);
        let before = shop.owner.get(&path).await;
        shop.owner.patch(&path, "*", &json!({"auto_renew": true, "priority": 5})).await.is_done();
        assert_eq!(shop.owner.get(&path).await.header("etag"), before.header("etag"));
        for wrong in [json!({"priority": 0}), json!({"priority": 10}), json!({"priority": 256}), json!({"status": "active"})] {
            shop.owner.patch(&path, "*", &wrong).await.problem(422, ProblemCode::ValidationFailed);
        }
    }
}

on_both_databases! {
    async fn of_two_changes_on_the_same_sight_one_is_refused(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        let path = paths::activation(id);
        let seen = shop.owner.get(&path).await;
        let tag = seen.header("etag").unwrap();
        let bodies: Vec<_> = (1..=9).filter(|priority| *priority != 5).map(|priority| json!({"priority": priority})).collect();
        let answers = futures_util::future::join_all(bodies.iter().map(|body| shop.owner.patch(&path, tag, body))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1);
        for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
            answer.problem(412, ProblemCode::PreconditionFailed);
        }
    }
}
