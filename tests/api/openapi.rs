//! The document says what is sent.

use serde_json::Value;
use shared::paths;
use shared::vocab::BillingInterval;
use tests::{Engine, TestApp};

#[test]
fn enumerations_are_documented_by_the_words_that_are_sent() {
    tests::block_on(async {
        let app = TestApp::start(Engine::Sqlite).await;
        let document: Value = app.anonymous().read(paths::OPENAPI).await;
        let words = |schema: &Value| -> Vec<String> {
            let words = schema["enum"].as_array().into_iter().flatten();
            words.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let schemas = &document["components"]["schemas"];
        assert_eq!(
            words(&schemas["BillingInterval"]),
            BillingInterval::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>()
        );
        let mut found = 0;
        for (name, schema) in schemas.as_object().unwrap() {
            for word in words(schema) {
                found += 1;
                assert_eq!(word, word.to_lowercase(), "{name}");
            }
        }
        assert!(found > 50, "{found}");
    });
}
