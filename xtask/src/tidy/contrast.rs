//! Text and graphics can be read in both themes: WCAG 2 contrast of every pair of tokens that meet on a page.

use super::{Sources, Violation};
use crate::tokens::{Theme, Tokens, contrast};
use anyhow::{Context as _, Result};

const TOKENS: &str = "frontend/styles/tokens.css";
const TEXT: f64 = 4.5;
const GRAPHICS: f64 = 3.0;

/// Tokens, what they are drawn on, and the contrast that is needed.
const PAIRS: [(&[&str], &[&str], f64); 14] = [
    (&["text"], &["surface", "bg", "sunken", "hover", "selected", "raised", "warn-bg", "bad-bg", "info-bg"], TEXT),
    (&["muted"], &["surface", "bg", "sunken", "hover", "selected", "raised", "warn-bg", "bad-bg", "info-bg"], TEXT),
    (&["accent", "accent-hover"], &["surface", "bg", "hover", "selected", "warn-bg", "bad-bg", "info-bg"], TEXT),
    (&["ok", "warn", "bad", "info", "neutral"], &["surface", "bg", "hover", "selected"], TEXT),
    (&["ok"], &["ok-bg"], TEXT),
    (&["warn"], &["warn-bg"], TEXT),
    (&["bad", "danger"], &["bad-bg", "surface", "bg"], TEXT),
    (&["info"], &["info-bg"], TEXT),
    (&["neutral"], &["neutral-bg"], TEXT),
    (&["on-accent"], &["accent-solid", "accent-solid-hover"], TEXT),
    (&["on-danger"], &["danger-solid", "danger-solid-hover"], TEXT),
    // On a selected row or money well a control has the accent's outline.
    (&["border-strong"], &["surface", "bg", "sunken", "hover"], GRAPHICS),
    (&["focus"], &["surface", "bg", "sunken", "hover", "selected"], GRAPHICS),
    (
        &["series", "prev", "m-act", "m-promo", "m-launch", "m-note", "accent-solid", "danger-solid"],
        &["surface"],
        GRAPHICS,
    ),
];

/// Every pair below its limit.
pub fn check(sources: &Sources) -> Vec<Violation> {
    let Some(text) = sources.get(TOKENS) else {
        return vec![Violation::new(TOKENS, 0, "is missing")];
    };
    let tokens = match Tokens::parse(text) {
        Ok(tokens) => tokens,
        Err(error) => return vec![Violation::new(TOKENS, 0, error.to_string())],
    };
    let mut found = Vec::new();
    for (name, theme) in [("light", &tokens.light), ("dark", &tokens.dark)] {
        for (front, back, limit) in pairs() {
            let message = match ratio(theme, front, back) {
                Ok(ratio) if ratio >= limit => continue,
                Ok(ratio) => format!("{name}: --{front} on --{back} has contrast {ratio:.2}, needed is {limit}"),
                Err(error) => format!("{name}: {error:#}"),
            };
            found.push(Violation::new(TOKENS, 0, message));
        }
    }
    found
}

fn pairs() -> impl Iterator<Item = (&'static str, &'static str, f64)> {
    PAIRS.iter().flat_map(|(fronts, backs, limit)| {
        fronts.iter().flat_map(move |front| backs.iter().map(move |back| (*front, *back, *limit)))
    })
}

fn ratio(theme: &Theme, front: &str, back: &str) -> Result<f64> {
    let colour = |name: &str| theme.get(name).with_context(|| format!("there is no token --{name}"));
    contrast(colour(front)?, colour(back)?)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};
    use crate::tools;

    fn tokens() -> String {
        std::fs::read_to_string(tools::root().join(TOKENS)).unwrap()
    }

    fn messages(text: &str) -> Vec<String> {
        check(&sources(&[(TOKENS, text)])).into_iter().map(|violation| violation.message).collect()
    }

    #[test]
    fn the_tokens_can_be_read() {
        assert_eq!(messages(&tokens()), Vec::<String>::new());
    }

    #[test]
    fn a_paler_text_a_paler_line_and_a_missing_token_are_found() {
        let tokens = tokens();
        let paler = |from: &str, to: &str| {
            assert!(tokens.contains(from), "{from} is not in tokens.css");
            messages(&tokens.replace(from, to))
        };
        assert!(
            paler("--muted: #555F6D", "--muted: #8A94A2")
                .iter()
                .any(|message| message.starts_with("light: --muted on"))
        );
        assert!(
            paler("--border-strong: #6D7887", "--border-strong: #39424F")
                .iter()
                .all(|message| message.starts_with("dark"))
        );
        assert!(paler("  --ok:", "  --okay:").iter().any(|message| message.contains("no token --ok")));
    }
}
