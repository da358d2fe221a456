//! What a file may name is decided by its place: layers of a feature, the clock, rules without I/O.

use super::{Sources, Violation, code_only, has_ending, words};

/// Words that must not occur in the files of a layer, neither in `use` nor as the head of a path.
struct Layer {
    name: &'static str,
    forbidden: &'static [&'static str],
    instead: &'static str,
}

const LAYERS: [Layer; 3] = [
    Layer { name: "routes", forbidden: &["sea_orm", "entity", "domain"], instead: "call the service" },
    Layer {
        name: "service",
        forbidden: &["actix_web", "dto", "entity"],
        instead: "take and return types of the rules and of the own store",
    },
    Layer {
        name: "store",
        forbidden: &["actix_web", "dto", "StatusCode"],
        instead: "return rows or types of the rules",
    },
];

/// Folders whose code gets the time as an argument, and the one file that asks for it.
const TIMELESS: [&str; 4] = ["api/src/", "domain/src/", "shared/src/", "migrations/src/"];
const CLOCK: &str = "api/src/clock.rs";

/// Every forbidden word, with its line.
pub fn check(sources: &Sources) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in sources.iter().filter(|(path, _)| has_ending(path, &["rs"])) {
        let code = code_only(text);
        if let Some(layer) = layer_of(path) {
            check_layer(path, &code, layer, &mut found);
        }
        for (line, text) in numbered(&code) {
            let asks_time = ["Utc::now", "Local::now", "SystemTime::now"].iter().any(|call| text.contains(call));
            if asks_time && path != CLOCK && TIMELESS.iter().any(|folder| path.starts_with(folder)) {
                found.push(Violation::new(
                    path,
                    line,
                    format!("only {CLOCK} asks for the time; take it as an argument"),
                ));
            }
            if path.starts_with("domain/src/")
                && words(text, &[]).any(|word| matches!(word, "async" | "await" | "f64" | "f32"))
            {
                found.push(Violation::new(path, line, "the rules know neither async nor floating point"));
            }
            if path.starts_with("domain/src/") && text.contains("shared::dto") {
                found.push(Violation::new(path, line, "the rules do not know the types of the API"));
            }
        }
    }
    found
}

/// The layer of a file below `api/src/features/<feature>/`: its name, or that of a folder it is in.
fn layer_of(path: &str) -> Option<&'static Layer> {
    let inside = path.strip_prefix("api/src/features/")?.split_once('/')?.1;
    let head = inside.split('/').next()?.trim_end_matches(".rs");
    LAYERS.iter().find(|layer| layer.name == head)
}

fn check_layer(path: &str, code: &str, layer: &Layer, found: &mut Vec<Violation>) {
    let mut is_use = false;
    for (line, text) in numbered(code) {
        let trimmed = text.trim_start();
        is_use |=
            trimmed.starts_with("use ") || trimmed.starts_with("pub use ") || trimmed.starts_with("pub(crate) use ");
        for word in layer.forbidden {
            let is_named = words(text, &[]).any(|named| named == *word);
            let is_path = heads_of_paths(text).any(|head| head == *word);
            if is_path || (is_use && is_named) {
                let message = format!("{}.rs must not use {word}: {}", layer.name, layer.instead);
                found.push(Violation::new(path, line, message));
            }
        }
        if text.contains(';') {
            is_use = false;
        }
    }
}

/// Words that are followed by `::`.
fn heads_of_paths(text: &str) -> impl Iterator<Item = &str> {
    let mut parts = text.split("::").collect::<Vec<_>>();
    parts.pop();
    parts.into_iter().filter_map(|part| words(part, &[]).last())
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&sources(&[(path, text)])).iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn each_layer_refuses_what_is_below_or_above_it() {
        let feature = |file: &str| format!("api/src/features/activations/{file}");
        assert_eq!(lines(&feature("routes.rs"), "use sea_orm::EntityTrait;"), [1]);
        assert_eq!(lines(&feature("routes.rs"), "use crate::{\n  db,\n  db::entity,\n};"), [3]);
        assert_eq!(lines(&feature("routes.rs"), "fn a() { domain::ledger::post() }"), [1]);
        assert_eq!(lines(&feature("routes/list.rs"), "use domain::Rule;"), [1]);
        assert_eq!(lines(&feature("service.rs"), "use actix_web::web;"), [1]);
        assert_eq!(lines(&feature("service.rs"), "use shared::{dto, vocab};"), [1]);
        assert_eq!(lines(&feature("service.rs"), "fn a() -> entity::term::Model {}"), [1]);
        assert_eq!(lines(&feature("store.rs"), "use actix_web::http::StatusCode;"), [1, 1]);
        assert_eq!(lines(&feature("store.rs"), "fn a() -> shared::dto::Activation {}"), [1]);
    }

    #[test]
    fn each_layer_may_use_its_own() {
        let feature = |file: &str| format!("api/src/features/activations/{file}");
        assert!(lines(&feature("routes.rs"), "use actix_web::web;\nuse shared::dto;\nuse super::service;").is_empty());
        assert!(
            lines(&feature("service.rs"), "use domain::ledger;\n/// Not entity:: here.\nuse super::store;").is_empty()
        );
        assert!(lines(&feature("store.rs"), "use sea_orm::EntityTrait;\nuse crate::db::entity;").is_empty());
        assert!(lines(&feature("dto.rs"), "use shared::dto;\nuse domain::Rule;").is_empty());
        assert!(lines("api/src/db/connect.rs", "use sea_orm::Database;").is_empty());
    }

    #[test]
    fn only_the_clock_asks_for_the_time() {
        let text = "let now = Utc::now();";
        assert_eq!(lines("api/src/jobs/expire.rs", text), [1]);
        assert_eq!(lines("shared/src/vocab.rs", "std::time::SystemTime::now()"), [1]);
        assert!(lines("api/src/clock.rs", text).is_empty());
        assert!(lines("tests/api/login.rs", text).is_empty());
        assert!(lines("api/src/jobs/expire.rs", "// never Utc::now()").is_empty());
    }

    #[test]
    fn the_rules_are_plain() {
        assert_eq!(lines("domain/src/ledger.rs", "async fn post() {}"), [1]);
        assert_eq!(lines("domain/src/ledger.rs", "let share = 0.5_f64;\nlet x: f64 = y;"), [2]);
        assert_eq!(lines("domain/src/ledger.rs", "use shared::dto::Entry;"), [1]);
        assert!(lines("domain/src/ledger.rs", "use shared::vocab::Money;").is_empty());
    }
}
