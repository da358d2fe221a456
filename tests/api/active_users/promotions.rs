//! `/operator/promotions`: announced, changed and taken away by operators.

use serde_json::{Value, json};
use shared::dto::page::Page;
use shared::dto::promotion::Promotion;
use shared::paths;
use shared::problem::ProblemCode;
use tests::{Shop, on_both_databases};

use super::notes::delete;

fn body(changes: &Value) -> Value {
    let mut body = json!({"kind": "promotion", "title": "Autumn offer", "starts_on": "2026-11-10", "scope": "all"});
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

on_both_databases! {
    async fn a_promotion_is_announced_changed_and_deleted(engine) {
        let shop = Shop::open(engine).await;
        let operator = shop.app.operator("ops@example.com").await;
        let first = body(&json!({"text": " ", "ends_on": "2026-11-20"}));
        let created = operator.post_keyed(paths::OPERATOR_PROMOTIONS, "k", &first).await;
        // Once per key: a repeated request is answered, and announces nothing.
        let again = operator.post_keyed(paths::OPERATOR_PROMOTIONS, "k", &first).await;
        assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &created.bytes));
        let promotion: Promotion = created.data();
        assert_eq!((created.status.as_u16(), promotion.title.as_str(), &promotion.text), (201, "Autumn offer", &None));
        let path = paths::operator_promotion(promotion.id);
        let seen = operator.get(&path).await;
        assert_eq!(seen.data::<Promotion>(), promotion);
        let tag = seen.header("etag").unwrap();
        let change = json!({"kind": "launch", "text": "More", "ends_on": null, "scope": "chosen", "reseller_ids": [shop.id()]});
        let changed = operator.patch(&path, tag, &change).await;
        let promotion: Promotion = changed.data();
        assert_eq!((promotion.ends_on, promotion.reseller_ids.as_slice()), (None, &[shop.id()][..]));
        assert_eq!(changed.header("etag"), operator.get(&path).await.header("etag"));
        operator.patch(&path, tag, &json!({"title": "Late"})).await.problem(412, ProblemCode::PreconditionFailed);
        // For all again: who was chosen is forgotten.
        let promotion: Promotion = operator.patch(&path, "*", &json!({"scope": "all"})).await.data();
        assert_eq!((promotion.reseller_ids.len(), promotion.text.as_deref()), (0, Some("More")));
        let listed: Page<Promotion> = operator.read(paths::OPERATOR_PROMOTIONS).await;
        assert_eq!(listed.items, [promotion]);
        operator.delete(&path).await.problem(428, ProblemCode::PreconditionRequired);
        delete(&operator, &path, tag).await.problem(412, ProblemCode::PreconditionFailed);
        assert_eq!(delete(&operator, &path, "*").await.status, 204);
        delete(&operator, &path, "*").await.problem(404, ProblemCode::NotFound);
        operator.get(&path).await.problem(404, ProblemCode::NotFound);
        operator.patch(&path, "*", &json!({})).await.problem(404, ProblemCode::NotFound);
        shop.owner.get(paths::OPERATOR_PROMOTIONS).await.problem(403, ProblemCode::PermissionDenied);
        shop.owner.post(paths::OPERATOR_PROMOTIONS, &body(&json!({}))).await.problem(403, ProblemCode::PermissionDenied);
    }
}

on_both_databases! {
    async fn what_a_promotion_may_say(engine) {
        let shop = Shop::open(engine).await;
        let operator = shop.app.operator("ops@example.com").await;
        let unknown = "res_01k4kneba5pr8v6j2c0d3f7g9h";
        for (wrong, pointer) in [
            (json!({"title": " "}), "/title"),
            (json!({"title": "t".repeat(101)}), "/title"),
            (json!({"title": "a\nb"}), "/title"),
            (json!({"text": "t".repeat(501)}), "/text"),
            (json!({"kind": "party"}), "/kind"),
            (json!({"starts_on": "1999-01-01"}), "/starts_on"),
            (json!({"ends_on": "3000-01-01"}), "/ends_on"),
            (json!({"ends_on": "2026-11-09"}), "/ends_on"),
            (json!({"scope": "chosen"}), "/reseller_ids"),
            (json!({"scope": "all", "reseller_ids": [shop.id()]}), "/reseller_ids"),
            (json!({"scope": "chosen", "reseller_ids": [unknown]}), "/reseller_ids"),
            (json!({"scope": "chosen", "reseller_ids": ["cli_01k4kneba5pr8v6j2c0d3f7g9h"]}), "/reseller_ids/0"),
            (json!({"colour": "red"}), "/colour"),
        ] {
            let answer = operator.post_once(paths::OPERATOR_PROMOTIONS, &body(&wrong)).await;
            assert_eq!(answer.problem(422, ProblemCode::ValidationFailed).errors[0].pointer, pointer, "{wrong}");
        }
        let listed: Page<Promotion> = operator.read(paths::OPERATOR_PROMOTIONS).await;
        assert_eq!(listed.items.len(), 0);
        for number in 1..=5 {
            let day = json!({"starts_on": format!("2026-11-0{number}"), "title": format!("Offer {number}")});
            operator.post_once(paths::OPERATOR_PROMOTIONS, &body(&day)).await.is_done();
        }
        let first: Page<Promotion> = operator.read(&format!("{}?limit=3", paths::OPERATOR_PROMOTIONS)).await;
        let next = first.page.next_cursor.unwrap();
        let second: Page<Promotion> = operator.read(&format!("{}?limit=3&cursor={next}", paths::OPERATOR_PROMOTIONS)).await;
        let titles: Vec<_> = first.items.iter().chain(&second.items).map(|promotion| promotion.title.as_str()).collect();
        assert_eq!(titles, ["Offer 5", "Offer 4", "Offer 3", "Offer 2", "Offer 1"]);
    }
}
