//! The map in ARCHITECTURE.md and the tree agree: what it names exists, and what exists on top is named.
//!
//! The map is the first fenced block of the file. A line that starts in the first column names a top-level entry by
//! its first word; in the indented lines below it, every word that looks like a path is inside that entry, or inside
//! its `src`. Words with `<`, `{`, `*` or `…` are patterns and are not looked up.

use super::{Sources, Violation, has_ending, top_level_folders, words};
use anyhow::Result;
use std::{fs, path::Path};

const MAP: &str = "ARCHITECTURE.md";

/// What the map names and is not there, and the reverse.
pub fn check(sources: &Sources, root: &Path) -> Result<Vec<Violation>> {
    let Some(text) = sources.get(MAP) else {
        return Ok(vec![Violation::new(MAP, 0, "is missing: it is the map of the repository")]);
    };
    let mut found = Vec::new();
    let entries = entries(text);
    for entry in &entries {
        if !entry.paths().iter().any(|path| root.join(path).exists()) {
            found.push(Violation::new(MAP, entry.line, format!("names {}, which does not exist", entry.paths()[0])));
        }
    }
    for folder in top_level_folders(root)? {
        if !entries.iter().any(|entry| entry.is_top() && entry.top == folder) {
            found.push(Violation::new(MAP, 0, format!("does not name the folder {folder}/")));
        }
    }
    let features = root.join("api/src/features");
    for feature in fs::read_dir(features).into_iter().flatten() {
        let name = feature?.file_name().to_string_lossy().replace(".rs", "");
        if name != "mod" && !words(text, &[]).any(|word| word == name) {
            found.push(Violation::new(MAP, 0, format!("does not name the feature {name}")));
        }
    }
    Ok(found)
}

struct Entry {
    line: usize,
    top: String,
    inside: String,
}

impl Entry {
    fn is_top(&self) -> bool {
        self.inside.is_empty()
    }

    /// Where the entry may be.
    fn paths(&self) -> Vec<String> {
        if self.is_top() {
            return vec![self.top.clone()];
        }
        vec![format!("{}/{}", self.top, self.inside), format!("{}/src/{}", self.top, self.inside)]
    }
}

fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut top = String::new();
    let fenced = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("```")).skip(1);
    for (index, line) in fenced.take_while(|(_, line)| !line.starts_with("```")) {
        if line.starts_with(|character: char| !character.is_whitespace()) {
            let first = line.split_whitespace().next().unwrap_or_default();
            first.trim_end_matches('/').clone_into(&mut top);
            entries.push(Entry { line: index + 1, top: top.clone(), inside: String::new() });
            continue;
        }
        for word in line.split_whitespace() {
            let word = word.trim_matches(['(', ')', ',', ';', '.']);
            let is_path = word.ends_with('/') || has_ending(word, &["rs", "json", "toml", "md"]);
            if is_path && !word.contains(['<', '{', '*', '…', ':']) {
                let inside = word.trim_end_matches('/').to_owned();
                entries.push(Entry { line: index + 1, top: top.clone(), inside });
            }
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};

    fn messages(map: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("api/src/features/wallet")).unwrap();
        fs::create_dir_all(folder.path().join("api/src/http")).unwrap();
        fs::create_dir_all(folder.path().join("shared")).unwrap();
        fs::create_dir_all(folder.path().join("target")).unwrap();
        let found = check(&sources(&[(MAP, map)]), folder.path()).unwrap();
        found.into_iter().map(|violation| violation.to_string()).collect()
    }

    #[test]
    fn a_true_map_passes() {
        let map = "# Map\n```text\nshared/  words (ids/)\napi/     server\n         http/ (etag)  features/<section>/{routes}.rs\n         features/wallet/\n```\n";
        assert_eq!(messages(map), Vec::<String>::new());
    }

    #[test]
    fn what_is_gone_and_what_is_new_is_found() {
        let map = "```\napi/  server\n      http/, jobs/\nold/\n```\n";
        let expected = [
            "ARCHITECTURE.md:3: names api/jobs, which does not exist",
            "ARCHITECTURE.md:4: names old, which does not exist",
            "ARCHITECTURE.md: does not name the folder shared/",
            "ARCHITECTURE.md: does not name the feature wallet",
        ];
        assert_eq!(messages(map), expected);
    }

    #[test]
    fn without_a_map_nothing_passes() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(check(&Sources::new(), folder.path()).unwrap().len(), 1);
    }
}
