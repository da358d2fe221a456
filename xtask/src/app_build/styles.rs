//! Joins and shrinks the style sheets.
//!
//! The minifier removes comments and the white space that cannot matter; it understands strings and nothing else of
//! CSS, so it neither merges nor reorders rules.

use super::read;
use anyhow::{Context as _, Result};
use std::{fs, path::Path};

/// Sheets that come first, in this order; all others follow by name.
const FIRST: [&str; 2] = ["tokens.css", "app.css"];

/// All sheets of the folder as one.
pub fn app(folder: &Path) -> Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|ending| ending == "css") {
            names.push(name);
        }
    }
    names.sort_by_key(|name| {
        let rank = FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len());
        (rank, name.clone())
    });
    let sheets = names.iter().map(|name| read(&folder.join(name))).collect::<Result<Vec<_>>>()?;
    Ok(minify(&sheets.join("\n")))
}

/// The style inside the page: every token, so that colours are written in one file only, and the painted shell.
pub fn critical(tokens: &Path, shell: &Path) -> Result<String> {
    Ok(minify(&format!("{}\n{}", read(tokens)?, read(shell)?)))
}

/// Removes comments and needless white space.
fn minify(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut characters = css.chars().peekable();
    let mut has_space = false;
    while let Some(character) = characters.next() {
        if character == '/' && characters.peek() == Some(&'*') {
            skip_comment(&mut characters);
            // A comment separates two words as a space does.
            has_space = true;
            continue;
        }
        if character.is_whitespace() {
            has_space = true;
            continue;
        }
        if matches!(character, '{' | '}' | ';' | ',') {
            has_space = false;
        }
        if character == '}' && text.ends_with(';') {
            text.pop();
        }
        // Before a colon a space is a descendant combinator; after it, it never matters.
        if has_space && !text.is_empty() && !text.ends_with(['{', '}', ';', ',', ':']) {
            text.push(' ');
        }
        has_space = false;
        text.push(character);
        if matches!(character, '"' | '\'') {
            copy_string(character, &mut characters, &mut text);
        }
    }
    text
}

/// Moves behind the end of a comment whose slash has been read.
fn skip_comment(characters: &mut impl Iterator<Item = char>) {
    let mut previous = ' ';
    // The star that opens the comment does not close it.
    characters.next();
    for character in characters {
        if previous == '*' && character == '/' {
            return;
        }
        previous = character;
    }
}

/// Copies a string up to its closing quote, escapes included.
fn copy_string(quote: char, characters: &mut impl Iterator<Item = char>, text: &mut String) {
    let mut is_escaped = false;
    for character in characters {
        text.push(character);
        if character == quote && !is_escaped {
            return;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_that_matters_stays() {
        let cases = [
            ("a :focus { color : red ; }", "a :focus{color :red}"),
            ("a:focus,\n b > c {\n  margin: 0 auto;\n}\n", "a:focus,b > c{margin:0 auto}"),
            ("a { width: calc(100% - 2px) }", "a{width:calc(100% - 2px)}"),
            (
                "@media (min-width: 1px) and (max-width: 2px) { a { top: 0 } }",
                "@media (min-width:1px) and (max-width:2px){a{top:0}}",
            ),
            ("a::after { content: \" a;  } /* b */ \\\" \"; }", "a::after{content:\" a;  } /* b */ \\\" \"}"),
            ("/* one */ a/* two */b { c: d }", "a b{c:d}"),
            ("/*/ still a comment */ a { }", "a{}"),
            (".a .b {} .a.b {}", ".a .b{}.a.b{}"),
            (":root { --font: system-ui, \"Segoe UI\"; }", ":root{--font:system-ui,\"Segoe UI\"}"),
        ];
        for (given, expected) in cases {
            assert_eq!(minify(given), expected, "from {given}");
        }
    }

    #[test]
    fn tokens_come_first_then_app_then_the_others_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["chart.css", "app.css", "tokens.css", "auth.css"] {
            fs::write(folder.path().join(name), format!(".{} {{ top: 0 }}", name.replace(".css", ""))).unwrap();
        }
        fs::write(folder.path().join("notes.txt"), "no style").unwrap();
        assert_eq!(app(folder.path()).unwrap(), ".tokens{top:0}.app{top:0}.auth{top:0}.chart{top:0}");
    }
}
