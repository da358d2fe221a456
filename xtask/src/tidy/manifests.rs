//! What a crate may depend on. Cargo enforces it once `Cargo.toml` says so; this keeps `Cargo.toml` from saying more.

use super::{Sources, Violation};

const OURS: [&str; 5] = ["api", "domain", "frontend", "migrations", "shared"];

/// Crates that may not stand among the dependencies of a crate, besides those of ours that are not in `ours`.
struct Manifest {
    krate: &'static str,
    ours: &'static [&'static str],
    never: &'static [&'static str],
}

const MANIFESTS: [Manifest; 6] = [
    Manifest { krate: "shared", ours: &[], never: &["sea-orm", "actix-web", "leptos"] },
    Manifest { krate: "domain", ours: &["shared"], never: &["sea-orm", "actix-web", "tokio"] },
    Manifest { krate: "migrations", ours: &[], never: &["actix-web"] },
    Manifest { krate: "api", ours: &["domain", "migrations", "shared"], never: &["leptos"] },
    Manifest { krate: "frontend", ours: &["shared"], never: &["sea-orm", "actix-web", "chrono-tz"] },
    Manifest { krate: "xtask", ours: &[], never: &["sea-orm", "actix-web"] },
];

/// Every dependency that a crate must not have.
pub fn check(sources: &Sources) -> Vec<Violation> {
    let mut found = Vec::new();
    for manifest in &MANIFESTS {
        let path = format!("{}/Cargo.toml", manifest.krate);
        let Some(text) = sources.get(&path) else { continue };
        for (line, name) in dependencies(text) {
            let is_foreign = OURS.contains(&name) && !manifest.ours.contains(&name);
            if is_foreign || manifest.never.contains(&name) {
                let message = format!("{} must not depend on {name} (see ARCHITECTURE.md)", manifest.krate);
                found.push(Violation::new(&path, line, message));
            }
        }
    }
    found
}

/// The names in all tables of dependencies, with their lines.
fn dependencies(text: &str) -> Vec<(usize, &str)> {
    let mut is_inside = false;
    let mut names = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(table) = line.trim().strip_prefix('[') {
            is_inside = table.trim_end_matches(']').ends_with("dependencies");
        } else if is_inside && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            names.push((index + 1, name.trim()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};

    #[test]
    fn a_forbidden_dependency_is_found_in_every_table() {
        for (krate, line) in [
            ("frontend", "domain.workspace = true"),
            ("frontend", "chrono-tz = \"1\""),
            ("migrations", "shared.workspace = true"),
            ("shared", "sea-orm = { workspace = true }"),
            ("domain", "api.workspace = true"),
        ] {
            for table in ["dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"] {
                let text = format!("[package]\nname = \"{krate}\"\n[{table}]\nserde.workspace = true\n{line}\n");
                let found = check(&sources(&[(&format!("{krate}/Cargo.toml"), &text)]));
                assert_eq!(found.len(), 1, "{krate} {line}");
                assert_eq!(found[0].line, 5);
            }
        }
    }

    #[test]
    fn allowed_dependencies_and_features_pass() {
        let text = "[features]\napi = []\n[dependencies]\nshared.workspace = true\nleptos.workspace = true\n";
        assert!(check(&sources(&[("frontend/Cargo.toml", text)])).is_empty());
    }
}
