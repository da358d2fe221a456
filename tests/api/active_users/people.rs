//! The people behind a figure: as many as the figure says, and nothing that names them.

use serde_json::Value;
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::end_user::EndUser;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{BillingInterval, Permission};
use tests::{Shop, on_both_databases};

use super::{activate, take, take_at, used};

async fn people(shop: &Shop, query: &str) -> Page<EndUser> {
    shop.owner.read(&format!("{}?include_total=true&limit=200&{query}", paths::END_USERS)).await
}

on_both_databases! {
    async fn a_filter_keeps_the_people_of_a_product_a_client_or_an_activation(engine) {
        let shop = Shop::open(engine).await;
        let writer = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let chat = shop.product("AI Chat", &[(BillingInterval::Monthly, 100)]).await;
        let (ana, ben) = (shop.client("Ana").await, shop.client("Ben").await);
        let at = "2026-11-01T09:00:00Z";
        let (of_ana, chat_of_ana) = (activate(&shop, at, writer, ana).await, activate(&shop, at, chat, ana).await);
        let of_ben = activate(&shop, at, writer, ben).await;
        take_at(&shop, &[
            (of_ana, "mia", "2026-11-10T12:00:00Z"),
            (chat_of_ana, "mia", "2026-11-10T13:00:00Z"),
            (chat_of_ana, "tom", "2026-11-11T12:00:00Z"),
            // The same key is another person with another client.
            (of_ben, "mia", "2026-11-12T12:00:00Z"),
        ]).await;
        for (query, expected) in [
            (String::new(), 3),
            (format!("client={ana}"), 2),
            (format!("client={ben}"), 1),
            (format!("product={writer}"), 2),
            (format!("product={chat}"), 2),
            (format!("activation={of_ana}"), 1),
            (format!("activation={chat_of_ana}"), 2),
            (format!("client={ana}&active_from=2026-11-11&active_to=2026-11-11"), 1),
            (format!("client={ana}&active_from=2026-11-12&active_to=2026-11-22"), 0),
        ] {
            let page = people(&shop, &query).await;
            assert_eq!((page.items.len(), page.page.total), (expected, i64::try_from(expected).ok()), "{query}");
        }
        let page = people(&shop, &format!("client={ana}")).await;
        assert!(page.items.iter().all(|user| user.client.id == ana && user.client.name == "Ana"));
        let names: Vec<_> = page.items[1].products.iter().map(|product| product.name.as_str()).collect();
        assert_eq!(names, ["AI Chat", "AI Writer"]);
    }
}

on_both_databases! {
    async fn pages_and_the_download_have_everybody_once(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("=HYPERLINK(\"https://x.example\")").await;
        let activation = activate(&shop, "2026-11-01T09:00:00Z", product, client).await;
        // More than one chunk of the download.
        let uses: Vec<_> = (0..2_050).map(|number| used(activation, &format!("person {number}"), tests::app::at("2026-11-20T12:00:00Z"))).collect();
        take(&shop, &uses).await;
        let filter = format!("activation={activation}&active_from=2026-11-20&active_to=2026-11-20");
        let series: ActiveUsersSeries =
            shop.owner.read(&format!("{}?from=2026-11-20&to=2026-11-20&activation={activation}", paths::ACTIVE_USERS)).await;
        assert_eq!(series.points[0].value, Some(2_050));
        let mut listed = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page<EndUser> =
                shop.owner.read(&format!("{}?limit=200&{filter}{cursor}", paths::END_USERS)).await;
            listed.extend(page.items.iter().map(|user| user.id.to_string()));
            let Some(next) = page.page.next_cursor else { break };
            cursor = format!("&cursor={next}");
        }
        let answer = shop.owner.get(&format!("{}?{filter}", paths::END_USERS_CSV)).await;
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"end-users_2026-11-20_2026-11-20.csv\""));
        let csv = answer.text();
        assert!(!csv.contains("person"), "a key is never shown");
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows[0], "end_user,client_id,client,products,first_used_at,last_used_at,label");
        assert!(rows[1].contains("\"'=HYPERLINK(\"\"https://x.example\"\")\",AI Writer,2026-11-20T12:00:00Z,"), "{}", rows[1]);
        let written: Vec<_> = rows[1..].iter().map(|row| row.split(',').next().unwrap().to_owned()).collect();
        assert_eq!((listed.len(), &written), (2_050, &listed));
        // A cursor belongs to its filter.
        let other = shop.owner.get(&format!("{}?limit=200{cursor}", paths::END_USERS)).await;
        other.problem(422, ProblemCode::ValidationFailed);
    }
}

on_both_databases! {
    async fn a_download_is_an_export(engine) {
        let shop = Shop::open(engine).await;
        let empty = shop.owner.get(paths::END_USERS_CSV).await.text();
        assert_eq!(empty, "end_user,client_id,client,products,first_used_at,last_used_at,label\r\n");
        let key = shop.app.with_key(shop.id(), &[Permission::UsageRead]).await;
        key.get(paths::END_USERS).await.is_done();
        key.get(paths::END_USERS_CSV).await.problem(403, ProblemCode::PermissionDenied);
        for (query, pointer) in [
            ("active_from=2026-11-12&active_to=2026-11-10", "?active_to"),
            ("limit=10", "?limit"),
            ("client=1", "?client"),
        ] {
            let path = format!("{}?{query}", paths::END_USERS_CSV);
            let problem = shop.owner.get(&path).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer, "{query}");
        }
        let listed: Value = shop.owner.read(paths::END_USERS).await;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(0));
    }
}
