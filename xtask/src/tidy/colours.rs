//! A colour is written in `frontend/styles/tokens.css` and nowhere else, so that both themes stay complete.
//!
//! The painted shell keeps the rule as well: the build puts the tokens before `critical.css`, and fills in the two
//! colours of the browser's bar. Pictures in `frontend/public` are outside, because a picture cannot read a token.

use super::{Sources, Violation, code_only, has_ending, words};
use crate::tokens::without_comments;

const TOKENS: &str = "frontend/styles/tokens.css";
const FUNCTIONS: [&str; 9] = ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch"];
const NAMES: [&str; 16] = [
    "black",
    "white",
    "red",
    "green",
    "blue",
    "gray",
    "grey",
    "silver",
    "navy",
    "teal",
    "orange",
    "yellow",
    "purple",
    "maroon",
    "whitesmoke",
    "gainsboro",
];

/// Every colour literal outside the token file.
pub fn check(sources: &Sources) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in sources {
        let is_checked = path.starts_with("frontend/") && has_ending(path, &["css", "rs", "html", "js"]);
        if !is_checked || path == TOKENS {
            continue;
        }
        let is_style = has_ending(path, &["css"]);
        for (index, line) in strip_comments(path, text).lines().enumerate() {
            if let Some(literal) = literal(line, is_style) {
                found.push(Violation::new(path, index + 1, format!("{literal} is a colour: name it in {TOKENS}")));
            }
        }
    }
    found
}

/// Without comments, each line where it was; strings stay, as a colour may be in one.
fn strip_comments(path: &str, text: &str) -> String {
    if has_ending(path, &["rs", "js"]) {
        let is_code = |line: &&str| !code_only(line).trim().is_empty() || line.contains('"');
        return text.lines().map(|line| if is_code(&line) { line } else { "" }).collect::<Vec<_>>().join("\n");
    }
    let mut result = String::new();
    let mut is_comment = false;
    for line in text.split_inclusive('\n') {
        let closes = line.contains("*/") || line.contains("-->");
        if is_comment || line.trim_start().starts_with("/*") || line.trim_start().starts_with("<!--") {
            is_comment = !closes;
            result.push('\n');
        } else {
            let kept = without_comments(line.trim_end_matches('\n'));
            is_comment = !closes && line.contains("/*");
            result.push_str(&kept);
            result.push('\n');
        }
    }
    result
}

/// The first colour of a line.
fn literal(line: &str, is_style: bool) -> Option<&str> {
    for (position, _) in line.match_indices('#') {
        let digits = line[position + 1..]
            .split(|character: char| !character.is_alphanumeric() && !matches!(character, '-' | '_'));
        let word = digits.into_iter().next().unwrap_or_default();
        let is_entity = line[..position].ends_with('&');
        let is_colour = matches!(word.len(), 3 | 4 | 6 | 8) && word.chars().all(|digit| digit.is_ascii_hexdigit());
        if is_colour && !is_entity {
            return Some(&line[position..=position + word.len()]);
        }
    }
    for (position, _) in line.match_indices('(') {
        let function = words(&line[..position], &['-']).last().unwrap_or_default();
        if line[..position].ends_with(function) && FUNCTIONS.contains(&function) {
            return Some(function);
        }
    }
    // A name is a colour only as a value in a style sheet.
    let value = if is_style { line.split_once(':').map_or("", |(_, value)| value) } else { "" };
    words(value, &['-', '.', '#']).find(|word| NAMES.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&sources(&[(path, text)])).iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn a_colour_outside_the_tokens_is_found() {
        assert_eq!(lines("frontend/styles/app.css", "a {\n  color: #FFF;\n}\nb { color: rgb(1 2 3 / .5) }"), [2, 4]);
        assert_eq!(
            lines("frontend/critical.css", "a { background: white }\n/* b\n #fff */\nc { color: #abcdef80 }"),
            [1, 4]
        );
        assert_eq!(lines("frontend/src/chart/svg.rs", "//! #FFF\nlet fill = \"#2351C8\";"), [2]);
        assert_eq!(lines("frontend/index.html", "<meta content=\"#F7F8FA\">"), [1]);
        assert_eq!(lines("frontend/boot.js", "x.color = \"hsl(1deg 2% 3%)\""), [1]);
    }

    #[test]
    fn what_only_looks_like_a_colour_passes() {
        assert!(lines(TOKENS, ":root { --bg: #FFF }").is_empty());
        assert!(lines("frontend/styles/app.css", "#b-mark rect { white-space: nowrap; fill: var(--bg) }").is_empty());
        assert!(lines("frontend/index.html", "<use href=\"#b-home\"/>&#8217; white").is_empty());
        assert!(lines("frontend/src/app.rs", "#[derive(Debug)]\n// #123\nfn tab(a: u8) {}").is_empty());
        assert!(lines("docs/style.md", "#FFF").is_empty());
    }
}
