//! Usage is sent: each event once, in any order, and the figures have it at once.

use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use shared::dto::overview::Overview;
use shared::dto::usage_event::RecordedUsageEvents;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::UsageEventOutcome::{
    self, Counted, Duplicate, InFuture, InvalidEndUserKey, InvalidId, NotCounted, TooOld, UnknownActivation,
};
use shared::vocab::{ActivationAction, ActivationId, Permission};
use tests::{Answer, Caller, Engine, Shop, on_both_databases};

fn event(id: &str, activation_id: ActivationId, person: &str, at: &str) -> Value {
    json!({"id": id, "activation_id": activation_id, "end_user_key": person, "occurred_at": at})
}

async fn post(caller: &Caller, events: &[Value]) -> Answer {
    caller.post(paths::USAGE_EVENTS, &json!({ "events": events })).await
}

async fn send(caller: &Caller, events: &[Value]) -> Vec<UsageEventOutcome> {
    let recorded: RecordedUsageEvents = post(caller, events).await.data();
    let ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(recorded.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ids);
    recorded.items.into_iter().map(|item| item.outcome).collect()
}

async fn active_users(caller: &Caller) -> (i64, i64) {
    let overview: Overview = caller.read(paths::OVERVIEW).await;
    (overview.total_active_users.value, overview.total_active_users.ever_used)
}

async fn kept(shop: &Shop) -> i64 {
    let pool = shop.app.db().pool();
    let count = Statement::from_string(pool.get_database_backend(), "SELECT COUNT(*) FROM usage_events");
    pool.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

on_both_databases! {
    async fn a_batch_counts_once_however_often_it_is_sent(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("writer", 1_000).await;
        shop.app.set_time("2026-11-23T08:00:00Z");
        let batch = [
            event("1", id, "ana", "2026-11-22T14:00:00Z"),
            event("2", id, "ben", "2026-11-22T15:00:00.123456789Z"),
            event("3", id, "ANA@example.com", "2026-11-23T07:00:00+01:00"),
            event("3", id, "somebody else", "2026-11-23T07:30:00Z"),
        ];
        // Another process sees it in its very next answer.
        let replica = shop.app.replica();
        let there = shop.owner.at(&replica.url());
        assert_eq!(active_users(&there).await, (0, 0));
        assert_eq!(send(&shop.owner, &batch).await, [Counted, Counted, Counted, Duplicate]);
        for caller in [&shop.owner, &there] {
            assert_eq!(active_users(caller).await, (3, 3));
        }
        assert_eq!(send(&there, &batch).await, [Duplicate; 4]);
        let more = [batch[0].clone(), event("4", id, " ana ", "2026-11-23T07:59:59Z"), batch[1].clone()];
        let recorded: RecordedUsageEvents = post(&shop.owner, &more).await.data();
        assert_eq!((recorded.totals.counted, recorded.totals.duplicate), (1, 2));
        assert_eq!(active_users(&there).await, (3, 3));
        assert_eq!(kept(&shop).await, 4);
        let series: Value = shop.owner.read(&format!("{}?range=7d", paths::ACTIVE_USERS)).await;
        let values: Vec<&Value> = series["points"].as_array().unwrap().iter().rev().take(3).map(|point| &point["value"]).collect();
        assert_eq!(values, [&json!(2), &json!(2), &Value::Null]);
    }
}

on_both_databases! {
    async fn each_event_is_told_what_was_done_with_it(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("writer", 1_000).await;
        let unknown: ActivationId = "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
        shop.app.set_time("2026-12-22T13:02:00Z");
        shop.top_up(1_000).await;
        shop.run_due().await;
        let batch = [
            event("a", id, "ana", "2026-12-22T13:00:00Z"),
            event("b", id, "ana", "2026-11-22T13:02:00Z"),
            event("c", id, "ana", "2026-11-22T13:01:59.999999Z"),
            event("d", id, "ana", "2026-12-22T13:07:00Z"),
            event("e", id, "ana", "2026-12-22T13:07:00.000001Z"),
            event("f", unknown, "ana", "2026-12-22T13:00:00Z"),
            event("", id, "ana", "2026-12-22T13:00:00Z"),
            event("with space", id, "ana", "2026-12-22T13:00:00Z"),
            event(&"x".repeat(65), id, "ana", "2026-12-22T13:00:00Z"),
            event("g", id, "  ", "2026-12-22T13:00:00Z"),
            event("h", id, &"x".repeat(255), "2026-12-22T13:00:00Z"),
            event("a", id, "ben", "2026-12-22T13:00:00Z"),
        ];
        let expected = [
            Counted, Counted, TooOld, Counted, InFuture, UnknownActivation, InvalidId, InvalidId, InvalidId,
            InvalidEndUserKey, InvalidEndUserKey, Duplicate,
        ];
        assert_eq!(send(&shop.owner, &batch).await, expected);
        // What was not kept may come again, and what was kept is a duplicate even when it has grown too old.
        shop.app.set_time("2026-12-22T13:08:00Z");
        let again: RecordedUsageEvents = post(&shop.owner, &batch).await.data();
        let outcomes: Vec<_> = again.items.iter().map(|item| item.outcome).collect();
        assert_eq!(outcomes[..5], [Duplicate, Duplicate, TooOld, Duplicate, Counted]);
        let totals = again.totals;
        assert_eq!((totals.counted, totals.duplicate, totals.too_old, totals.in_future), (1, 4, 1, 0));
        assert_eq!((totals.unknown_activation, totals.invalid_id, totals.invalid_end_user_key), (1, 3, 2));
    }
}

on_both_databases! {
    async fn somebody_elses_activation_answers_like_one_that_does_not_exist(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("writer", 1_000).await;
        let stranger = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(stranger, &[Permission::UsageWrite, Permission::UsageRead]).await;
        let unknown: ActivationId = "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
        let at = "2026-11-22T13:02:00Z";
        let foreign = post(&stranger, &[event("1", id, "ana", at)]).await;
        let missing = post(&stranger, &[event("1", unknown, "ana", at)]).await;
        assert_eq!(foreign.data::<RecordedUsageEvents>().items[0].outcome, UnknownActivation);
        assert_eq!(foreign.bytes, missing.bytes);
        assert_eq!(kept(&shop).await, 0);
        // Ids are each sender's own.
        assert_eq!(send(&shop.owner, &[event("1", id, "ana", at)]).await, [Counted]);
    }
}

on_both_databases! {
    async fn a_batch_that_cannot_be_read_is_refused_whole(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("writer", 1_000).await;
        let good = event("1", id, "ana", "2026-11-22T13:02:00Z");
        let with = |field: &str, value: Value| {
            let mut event = good.clone();
            event[field] = value;
            json!({ "events": [good, event] })
        };
        for (body, pointer) in [
            (json!({}), "/"),
            (json!({ "events": [] }), "/events"),
            (json!({ "events": vec![good.clone(); 1_001] }), "/events"),
            (json!({ "events": [good], "dry_run": true }), "/dry_run"),
            (with("labl", json!("Ana")), "/events/1/labl"),
            (with("id", json!(7)), "/events/1/id"),
            (with("id", json!("x".repeat(257))), "/events/1/id"),
            (with("activation_id", json!("act_1")), "/events/1/activation_id"),
            (with("occurred_at", json!("yesterday")), "/events/1/occurred_at"),
            (with("occurred_at", json!("2026-11-22T13:02:00")), "/events/1/occurred_at"),
            (with("end_user_key", Value::Null), "/events/1/end_user_key"),
            (with("end_user_key", json!("é".repeat(1_001))), "/events/1/end_user_key"),
            (with("label", json!("x".repeat(1_001))), "/events/1/label"),
        ] {
            let problem = shop.owner.post(paths::USAGE_EVENTS, &body).await.problem(422, ProblemCode::ValidationFailed);
            assert!(problem.errors.iter().any(|error| error.pointer == pointer), "{pointer}: {problem:?}");
        }
        let json = "application/json";
        let half = format!("{{\"events\": [{good}");
        shop.owner.send(Method::POST, paths::USAGE_EVENTS, Some((json, half.into_bytes()))).await
            .problem(400, ProblemCode::Malformed);
        shop.owner.send(Method::POST, paths::USAGE_EVENTS, Some((json, vec![b' '; (5 << 20) + 1]))).await
            .problem(413, ProblemCode::PayloadTooLarge);
        shop.owner.send(Method::POST, paths::USAGE_EVENTS, Some(("text/csv", b"{}".to_vec()))).await
            .problem(415, ProblemCode::UnsupportedMediaType);
        let reader = shop.app.with_key(shop.id(), &[Permission::UsageRead, Permission::ActivationsSpend]).await;
        post(&reader, &[good]).await.problem(403, ProblemCode::PermissionDenied);
        assert_eq!(kept(&shop).await, 0);
        assert_eq!(active_users(&shop.owner).await, (0, 0));
    }
}

on_both_databases! {
    async fn a_thousand_of_the_longest_events_fit(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("writer", 1_000).await;
        let escaped = |letter: &str, times: usize| letter.repeat(times);
        let events: Vec<String> = (0..1_000)
            .map(|number| {
                let (key, label) = (escaped("\\u00e9", 250), escaped("\\uD83D\\uDE00", 100));
                format!(
                    "{{\"id\": \"{number:064}\", \"activation_id\": \"{id}\", \"end_user_key\": \"{key}{number}\", \
                     \"occurred_at\": \"2026-11-22T13:02:00Z\", \"label\": \"{label}\"}}"
                )
            })
            .collect();
        let body = format!("{{\"events\": [{}]}}", events.join(", ")).into_bytes();
        assert!(body.len() > 2 << 20, "{}", body.len());
        let answer = shop.owner.send(Method::POST, paths::USAGE_EVENTS, Some(("application/json", body))).await;
        assert_eq!(answer.data::<RecordedUsageEvents>().totals.counted, 1_000);
        assert_eq!(active_users(&shop.owner).await, (1_000, 1_000));
    }
}

on_both_databases! {
    async fn what_time_has_switched_off_does_not_count_whenever_a_run_notices(engine) {
        for runs_in_between in [false, true] {
            let shop = Shop::open_at(engine, "2026-03-15T11:00:00Z").await;
            let renewed = shop.activated("renewed", 1_000).await;
            let unpaid = shop.activated("unpaid", 1_000).await;
            shop.app.set_time("2026-03-20T11:00:00Z");
            let ending = shop.activated("ending", 1_000).await;
            shop.act(ending, ActivationAction::Deactivate, json!({})).await.is_done();
            shop.app.set_time("2026-03-21T11:00:00Z");
            let running_out = shop.activated("running out", 1_000).await;
            shop.owner.patch(&paths::activation(running_out), "*", &json!({"auto_renew": false})).await.is_done();
            // On 15 April there is money for the first one only; the other is in grace until midnight in Berlin, 22 April.
            shop.app.set_time("2026-04-14T22:30:00Z");
            shop.top_up(1_000).await;
            shop.run_due().await;
            shop.app.set_time("2026-04-22T10:00:00Z");
            if runs_in_between {
                shop.run_due().await;
            }
            let batch = |name: &str| {
                let events = [
                    (renewed, "2026-04-22T09:59:59Z"),
                    (unpaid, "2026-04-21T21:59:59.999999Z"),
                    (unpaid, "2026-04-21T22:00:00Z"),
                    (ending, "2026-04-19T21:59:59.999999Z"),
                    (ending, "2026-04-19T22:00:00Z"),
                    (running_out, "2026-04-20T21:59:59.999999Z"),
                    (running_out, "2026-04-20T22:00:00Z"),
                ];
                let events = events.into_iter().enumerate();
                events.map(|(number, (id, at))| event(&format!("{name}-{number}"), id, "ana", at)).collect::<Vec<_>>()
            };
            let expected = [Counted, Counted, NotCounted, Counted, NotCounted, Counted, NotCounted];
            assert_eq!(send(&shop.owner, &batch("before")).await, expected, "{runs_in_between}");
            shop.run_due().await;
            assert_eq!(send(&shop.owner, &batch("after")).await, expected, "{runs_in_between}");
        }
    }
}

on_both_databases! {
    async fn a_blocked_wallet_lets_grace_stand_still_and_its_usage_counts(engine) {
        let shop = Shop::open_at(engine, "2026-03-15T11:00:00Z").await;
        let id = shop.activated("unpaid", 1_000).await;
        shop.app.set_time("2026-04-14T22:30:00Z");
        shop.run_due().await;
        let block = "UPDATE ledger_accounts SET blocked_at = '2026-04-20 10:00:00+00:00' WHERE kind = 'wallet'";
        shop.app.db().pool().execute_unprepared(block).await.unwrap();
        shop.app.set_time("2026-04-23T10:00:00Z");
        let batch = [event("1", id, "ana", "2026-04-23T09:00:00Z")];
        assert_eq!(send(&shop.owner, &batch).await, [Counted]);
        let unblock = "UPDATE ledger_accounts SET blocked_at = NULL WHERE kind = 'wallet'";
        shop.app.db().pool().execute_unprepared(unblock).await.unwrap();
        let batch = [event("2", id, "ana", "2026-04-23T09:00:00Z")];
        assert_eq!(send(&shop.owner, &batch).await, [NotCounted]);
    }
}

on_both_databases! {
    async fn the_same_batch_from_many_senders_at_once_counts_once(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("writer", 1_000).await;
        let replica = shop.app.replica();
        let batch: Vec<Value> =
            (0..50).map(|number| event(&format!("{number}"), id, &format!("p{}", number % 20), "2026-11-22T13:02:00Z")).collect();
        let senders = (0..12).map(|number| {
            let caller = if number % 2 == 0 { shop.owner.clone() } else { shop.owner.at(&replica.url()) };
            let batch = &batch;
            async move { send(&caller, batch).await.iter().filter(|outcome| **outcome == Counted).count() }
        });
        let counted: usize = futures_util::future::join_all(senders).await.into_iter().sum();
        assert_eq!(counted, 50);
        assert_eq!(active_users(&shop.owner).await, (20, 20));
        assert_eq!(kept(&shop).await, 50);
    }
}

#[test]
fn the_example_of_the_guide_does_what_it_says() {
    tests::block_on(async {
        let guide = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/integrating.md");
        let guide = std::fs::read_to_string(guide).unwrap();
        let (_, section) = guide.split_once("## Sending usage").unwrap();
        let mut blocks = section.split("```").skip(1).step_by(2);
        let (command, answer) = (blocks.next().unwrap(), blocks.next().unwrap());
        let shop = Shop::open_at(Engine::Sqlite, "2026-11-20T08:00:00Z").await;
        let id = shop.activated("writer", 1_000).await;
        shop.app.set_time("2026-11-22T13:02:00Z");
        let scopes = [Permission::UsageWrite];
        let (_, key) = api::features::accounts::service::create_api_key(
            shop.app.db(),
            shop.app.clock(),
            shop.id(),
            "guide",
            &scopes,
        )
        .await
        .unwrap();
        let command = command
            .strip_prefix("sh\n")
            .unwrap()
            .replace("rsp_live_…", secrecy::ExposeSecret::expose_secret(&key))
            .replace("act_…", &id.to_string())
            .replace("http://127.0.0.1:8080", &shop.app.server.url());
        let run = tokio::task::spawn_blocking(move || {
            std::process::Command::new("sh").args(["-c", &format!("{} --silent", command.trim())]).output()
        });
        let output = run.await.unwrap().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let expected: Value = serde_json::from_str(answer.strip_prefix("json\n").unwrap()).unwrap();
        assert_eq!(said, expected);
    });
}
