//! `/notes`: written, changed and taken away; a personal one is there for nobody else.

use reqwest::Method;
use serde_json::{Value, json};
use shared::dto::note::Note;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{BillingInterval, Permission, Role};
use tests::{Answer, Caller, Shop, on_both_databases};

async fn texts(caller: &Caller, query: &str) -> Vec<String> {
    let page: Page<Note> = caller.read(&format!("{}?{query}", paths::NOTES)).await;
    page.items.into_iter().map(|note| note.text).collect()
}

pub(super) async fn delete(caller: &Caller, path: &str, if_match: &str) -> Answer {
    caller.clone().with_header("if-match", if_match).delete(path).await
}

async fn events(shop: &Shop) -> Vec<String> {
    use sea_orm::{ConnectionTrait, Statement};
    let pool = shop.app.db().pool();
    let sql = "SELECT kind FROM events WHERE kind LIKE 'note.%' ORDER BY sequence";
    let rows = pool.query_all_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

on_both_databases! {
    async fn a_note_is_written_once_changed_and_deleted(engine) {
        let shop = Shop::open(engine).await;
        let body = json!({"on": "2026-11-12", "text": "  Newsletter to all clients ", "visibility": "team"});
        let first = shop.owner.post_keyed(paths::NOTES, "k", &body).await;
        let note: Note = first.data();
        assert_eq!((first.status.as_u16(), note.text.as_str(), note.is_own), (201, "Newsletter to all clients", true));
        assert_eq!(shop.owner.post_keyed(paths::NOTES, "k", &body).await.bytes, first.bytes);
        let path = paths::note(note.id);
        let seen = shop.owner.get(&path).await;
        assert_eq!(seen.data::<Note>(), note);
        let tag = seen.header("etag").unwrap();
        shop.app.set_time("2026-11-22T14:00:00Z");
        let changed = shop.owner.patch(&path, tag, &json!({"text": "Two newsletters", "on": "2026-11-13"})).await;
        let note: Note = changed.data();
        assert_eq!((note.text.as_str(), note.on.to_string().as_str()), ("Two newsletters", "2026-11-13"));
        assert!(note.updated_at > note.created_at);
        assert_eq!(changed.header("etag"), shop.owner.get(&path).await.header("etag"));
        shop.owner.patch(&path, tag, &json!({"text": "Late"})).await.problem(412, ProblemCode::PreconditionFailed);
        // Nothing changed, nothing told.
        shop.owner.patch(&path, "*", &json!({"text": "Two newsletters"})).await.is_done();
        delete(&shop.owner, &path, tag).await.problem(412, ProblemCode::PreconditionFailed);
        shop.owner.delete(&path).await.problem(428, ProblemCode::PreconditionRequired);
        assert_eq!(delete(&shop.owner, &path, changed.header("etag").unwrap()).await.status, 204);
        delete(&shop.owner, &path, "*").await.problem(404, ProblemCode::NotFound);
        shop.owner.get(&path).await.problem(404, ProblemCode::NotFound);
        shop.owner.patch(&path, "*", &json!({"text": "x"})).await.problem(404, ProblemCode::NotFound);
        assert_eq!(events(&shop).await, ["note.created", "note.changed", "note.deleted"]);
    }
}

on_both_databases! {
    async fn what_a_note_may_say(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        let plain = |changes: Value| {
            let mut body = json!({"on": "2026-11-12", "text": "Fair", "visibility": "team"});
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            body
        };
        let about: Note = shop.owner.post_once(paths::NOTES, &plain(json!({"product_id": product}))).await.data();
        assert_eq!(about.product.map(|product| product.name), Some("AI Writer".to_owned()));
        let about: Note = shop.owner.post_once(paths::NOTES, &plain(json!({"client_id": client}))).await.data();
        assert_eq!(about.client.map(|client| client.name), Some("Ana".to_owned()));
        shop.owner.post_once(paths::NOTES, &plain(json!({"text": "n".repeat(200)}))).await.is_done();
        let stranger = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(stranger, Role::Owner.permissions()).await;
        let mut refusals = Vec::new();
        for (wrong, pointer) in [
            (json!({"text": "  "}), "/text"),
            (json!({"text": "n".repeat(201)}), "/text"),
            (json!({"text": "two\nlines"}), "/text"),
            (json!({"text": "a\u{0}"}), "/text"),
            (json!({"on": "1999-12-31"}), "/on"),
            (json!({"on": "+10000-01-01"}), "/on"),
            (json!({"on": "12.11.2026"}), "/on"),
            (json!({"visibility": "everybody"}), "/visibility"),
            (json!({"product_id": product, "client_id": client}), "/client_id"),
            (json!({"product_id": "prd_01k4kneba5pr8v6j2c0d3f7g9h"}), "/product_id"),
            (json!({"client_id": "cli_01k4kneba5pr8v6j2c0d3f7g9h"}), "/client_id"),
            (json!({"client_id": client}), "/client_id"),
            (json!({"colour": "red"}), "/colour"),
        ] {
            // Everything of the shop is foreign to the stranger.
            let problem = stranger.post_once(paths::NOTES, &plain(wrong.clone())).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer, "{wrong}");
            refusals.push(problem.errors);
        }
        assert_eq!(refusals[10], refusals[11], "a foreign client answers as one that is not there");
        let path = paths::note(about.id);
        stranger.get(&path).await.problem(404, ProblemCode::NotFound);
        stranger.patch(&path, "*", &json!({"text": "x"})).await.problem(404, ProblemCode::NotFound);
        delete(&stranger, &path, "*").await.problem(404, ProblemCode::NotFound);
        shop.owner.patch(&path, "*", &json!({"product_id": product})).await.problem(422, ProblemCode::ValidationFailed);
        let moved: Note =
            shop.owner.patch(&path, "*", &json!({"product_id": product, "client_id": null})).await.data();
        assert_eq!((moved.product.is_some(), moved.client), (true, None));
        assert_eq!(texts(&shop.owner, &format!("product={product}")).await, ["Fair", "Fair"]);
        assert_eq!(texts(&shop.owner, &format!("client={client}")).await, Vec::<String>::new());
    }
}

on_both_databases! {
    async fn a_personal_note_is_there_for_its_author_alone(engine) {
        let shop = Shop::open(engine).await;
        let mara = shop.app.logged_in(shop.id(), "mara@harbour.example", Role::Owner).await;
        let jon = shop.app.logged_in(shop.id(), "jon@harbour.example", Role::Support).await;
        let ines = shop.app.logged_in(shop.id(), "ines@harbour.example", Role::Viewer).await;
        let body = |text: &str, visibility: &str| json!({"on": "2026-11-12", "text": text, "visibility": visibility});
        let own: Note = mara.post_once(paths::NOTES, &body("Mine", "personal")).await.data();
        let team: Note = mara.post_once(paths::NOTES, &body("Ours", "team")).await.data();
        assert_eq!(own.author.name.as_deref(), Some("mara"));
        assert_eq!(events(&shop).await, ["note.created"]);
        let path = paths::note(own.id);
        for other in [&jon, &ines, &shop.owner] {
            assert_eq!(texts(other, "").await, ["Ours"]);
            other.get(&path).await.problem(404, ProblemCode::NotFound);
        }
        for other in [&jon, &shop.owner] {
            other.patch(&path, "*", &json!({"text": "x"})).await.problem(404, ProblemCode::NotFound);
            delete(other, &path, "*").await.problem(404, ProblemCode::NotFound);
        }
        assert_eq!(texts(&mara, "").await, ["Ours", "Mine"]);
        // A viewer reads and does not write.
        for (method, path) in [(Method::POST, paths::NOTES.to_owned()), (Method::PATCH, path.clone()), (Method::DELETE, path.clone())] {
            let body = (method != Method::DELETE).then(|| ("application/json", b"{}".to_vec()));
            ines.clone().with_header("if-match", "*").send(method, &path, body).await.problem(403, ProblemCode::PermissionDenied);
        }
        // The team's note is the team's to change; who reads it is its author's to decide.
        let team_path = paths::note(team.id);
        let changed: Note = jon.patch(&team_path, "*", &json!({"text": "Ours as well"})).await.data();
        assert!(!changed.is_own && changed.author.name.as_deref() == Some("mara"));
        jon.patch(&team_path, "*", &json!({"visibility": "personal"})).await.problem(403, ProblemCode::PermissionDenied);
        mara.patch(&team_path, "*", &json!({"visibility": "personal"})).await.is_done();
        assert_eq!((texts(&jon, "").await, events(&shop).await.len()), (Vec::<String>::new(), 3));
        mara.patch(&team_path, "*", &json!({"text": "Mine again"})).await.is_done();
        assert_eq!(events(&shop).await.len(), 3);
        // A scope of its own for keys.
        let key = shop.app.with_key(shop.id(), &[Permission::NotesWrite]).await;
        key.post_once(paths::NOTES, &body("By a key", "team")).await.is_done();
        key.get(paths::NOTES).await.problem(403, ProblemCode::PermissionDenied);
    }
}

on_both_databases! {
    async fn notes_come_in_pages_by_day(engine) {
        let shop = Shop::open(engine).await;
        for day in [3, 9, 5, 7, 1] {
            let body = json!({"on": format!("2026-11-0{day}"), "text": format!("day {day}"), "visibility": "team"});
            shop.owner.post_once(paths::NOTES, &body).await.is_done();
        }
        assert_eq!(texts(&shop.owner, "").await, ["day 9", "day 7", "day 5", "day 3", "day 1"]);
        assert_eq!(texts(&shop.owner, "from=2026-11-03&to=2026-11-07").await, ["day 7", "day 5", "day 3"]);
        let first: Page<Note> = shop.owner.read(&format!("{}?limit=2&include_total=true", paths::NOTES)).await;
        assert_eq!(first.page.total, Some(5));
        let next = first.page.next_cursor.unwrap();
        assert_eq!(texts(&shop.owner, &format!("limit=2&cursor={next}")).await, ["day 5", "day 3"]);
        let second: Page<Note> = shop.owner.read(&format!("{}?limit=2&cursor={next}", paths::NOTES)).await;
        let back = second.page.prev_cursor.unwrap();
        assert_eq!(texts(&shop.owner, &format!("limit=2&cursor={back}")).await, ["day 9", "day 7"]);
        shop.owner.get(&format!("{}?limit=2&from=2026-11-03&cursor={next}", paths::NOTES)).await
            .problem(422, ProblemCode::ValidationFailed);
    }
}

on_both_databases! {
    async fn a_filter_that_keeps_nothing_by_mistake_is_refused(engine) {
        let shop = Shop::open(engine).await;
        for (query, pointer) in [
            ("from=2026-11-21&to=2026-11-20".to_owned(), "?to"),
            (format!("client={}", shared::vocab::ClientId(uuid::Uuid::now_v7())), "?client"),
            (format!("product={}", shared::vocab::ProductId(uuid::Uuid::now_v7())), "?product"),
        ] {
            let answer = shop.owner.get(&format!("{}?{query}", paths::NOTES)).await;
            assert_eq!(answer.problem(422, ProblemCode::ValidationFailed).errors[0].pointer, pointer, "{query}");
        }
        let point = format!("{}?from=2026-11-10&to=2026-11-01", paths::explanation(shared::vocab::Figure::ActiveUsers));
        assert_eq!(shop.owner.get(&point).await.problem(422, ProblemCode::ValidationFailed).errors[0].pointer, "?to");
    }
}
