//! Every relative link of a Markdown file leads to something in the repository.

use super::{Sources, Violation, has_ending};
use std::path::Path;

/// Every link to nothing.
pub fn check(sources: &Sources, root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in sources.iter().filter(|(path, _)| has_ending(path, &["md"])) {
        let folder = root.join(path).parent().map_or_else(|| root.to_path_buf(), Path::to_path_buf);
        for (line, link) in links(text) {
            let target = link.split(['#', '?']).next().unwrap_or_default();
            let is_elsewhere = link.contains(':') || target.is_empty();
            let place = target.strip_prefix('/').map_or_else(|| folder.join(target), |inside| root.join(inside));
            if !is_elsewhere && !place.exists() {
                found.push(Violation::new(path, line, format!("links to {target}, which does not exist")));
            }
        }
    }
    found
}

/// The targets of `[text](target)` and `[name]: target`, outside of code, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut is_fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        }
        if is_fenced {
            continue;
        }
        let is_definition = line.starts_with('[') && !line.starts_with("[^");
        if let Some((_, target)) = line.split_once("]: ").filter(|_| is_definition) {
            links.extend(target.split_whitespace().next().map(|target| (index + 1, target)));
        }
        // Even pieces between back-ticks are text, odd ones code; a link may have code in its words.
        let inline = line.match_indices("](").filter(|(position, _)| line[..*position].matches('`').count() % 2 == 0);
        for (position, _) in inline {
            let target = line[position + 2..].split([')', ' ']).next().unwrap_or_default();
            links.push((index + 1, target.trim_matches(['<', '>'])));
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sources, *};

    #[test]
    fn a_link_to_nothing_is_found_and_others_pass() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("docs")).unwrap();
        std::fs::write(folder.path().join("docs/api.md"), "").unwrap();
        let text = "[a](docs/api.md#get) [b](docs/gone.md) ![c](/docs/lost.png \"title\")\n\
                    [`code`](docs/api.md) `[d](no.md)` [e](https://example.com/x) [f](#here)\n\
                    ```\n[g](no.md)\n```\n[h]: docs/missing.md\n";
        let found =
            check(&sources(&[("README.md", text), ("docs/api.md", "[up](../README.md) [api](api.md)")]), folder.path());
        let lines: Vec<_> = found.iter().map(|violation| (violation.path.as_str(), violation.line)).collect();
        assert_eq!(lines, [("README.md", 1), ("README.md", 1), ("README.md", 6), ("docs/api.md", 1)]);
    }
}
