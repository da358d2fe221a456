//! A Rust file that has grown past 400 lines hides a concept. Tests and generated files may be longer.

use super::{Sources, Violation, has_ending};

const LIMIT: usize = 400;

/// Every file that is too long.
pub fn check(sources: &Sources) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in sources.iter().filter(|(path, _)| has_ending(path, &["rs"])) {
        let is_test = path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs");
        let is_generated = text.lines().take(5).any(|line| line.contains("@generated"));
        let lines = text.lines().count();
        if lines > LIMIT && !is_test && !is_generated {
            let message = format!("has {lines} lines, {LIMIT} are the limit: look for the missing concept");
            found.push(Violation::new(path, 0, message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};

    #[test]
    fn a_long_file_is_found_unless_it_is_tests_or_generated() {
        let long = "fn a() {}\n".repeat(LIMIT + 1);
        let generated = format!("// @generated\n{long}");
        let files = [
            ("api/src/app.rs", long.as_str()),
            ("api/src/short.rs", "fn a() {}\n"),
            ("api/src/words.rs", generated.as_str()),
            ("domain/src/ledger/tests.rs", long.as_str()),
            ("domain/tests/ledger.rs", long.as_str()),
            ("tests/api/login.rs", long.as_str()),
        ];
        let found = check(&sources(&files));
        assert_eq!(found.iter().map(|violation| violation.path.as_str()).collect::<Vec<_>>(), ["api/src/app.rs"]);
    }
}
