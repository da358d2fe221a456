//! Rules of ARCHITECTURE.md that no compiler checks.
//!
//! Each rule is a function from the source files to what is wrong with them, so that each can be shown to fire. The
//! list of rules is the function `violations`; a rule knows nothing of the others.

mod colours;
mod contrast;
mod imports;
mod length;
mod links;
mod manifests;
mod map;

use crate::tools;
use anyhow::{Context as _, Result, bail};
use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

/// Text files of the repository by their path, with forward slashes.
type Sources = BTreeMap<String, String>;

const READ_ENDINGS: [&str; 6] = ["rs", "css", "html", "js", "md", "toml"];

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    /// Counted from 1; 0 where the file as a whole is meant.
    line: usize,
    message: String,
}

impl Violation {
    fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.path, self.message),
            line => write!(formatter, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Checks the repository, and names all violations.
pub fn run() -> Result<()> {
    let root = tools::root();
    let sources = read_sources(root)?;
    let violations = violations(&sources, root)?;
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("tidy found {} violations of ARCHITECTURE.md", violations.len());
    }
    println!("tidy: {} files keep the rules.", sources.len());
    Ok(())
}

/// Every rule over the same sources.
fn violations(sources: &Sources, root: &Path) -> Result<Vec<Violation>> {
    let mut found = imports::check(sources);
    found.extend(manifests::check(sources));
    found.extend(map::check(sources, root)?);
    found.extend(colours::check(sources));
    found.extend(contrast::check(sources));
    found.extend(length::check(sources));
    found.extend(links::check(sources, root));
    Ok(found)
}

/// The top-level folders that belong to the repository: neither hidden nor made by a build or a running server.
fn top_level_folders(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root).with_context(|| format!("cannot list {}", root.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_made = matches!(name.as_str(), "target" | "data" | "dist") || name.starts_with("dist.");
        if entry.file_type()?.is_dir() && !name.starts_with('.') && !is_made {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read_sources(root: &Path) -> Result<Sources> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    for folder in top_level_folders(root)? {
        files.extend(tools::files_below(&root.join(folder))?);
    }
    let mut sources = Sources::new();
    for file in files {
        if file.extension().is_some_and(|ending| READ_ENDINGS.iter().any(|read| ending == *read)) {
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let path = file.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            sources.insert(path, text);
        }
    }
    Ok(sources)
}

/// Whether the path has that ending.
fn has_ending(path: &str, endings: &[&str]) -> bool {
    Path::new(path).extension().is_some_and(|found| endings.iter().any(|ending| found == *ending))
}

/// Rust or JavaScript without `//` comments and without what stands in double quotes; lines stay where they are.
fn code_only(text: &str) -> String {
    text.lines().map(line_of_code).collect::<Vec<_>>().join("\n")
}

fn line_of_code(line: &str) -> String {
    let mut code = String::new();
    let mut is_string = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if is_string => {
                characters.next();
            }
            '"' => is_string = !is_string,
            '/' if !is_string && characters.peek() == Some(&'/') => break,
            _ if !is_string => code.push(character),
            _ => {}
        }
    }
    code
}

/// Words of letters, digits, `_` and what `extra` allows.
fn words<'a>(text: &'a str, extra: &'a [char]) -> impl Iterator<Item = &'a str> {
    text.split(move |character: char| !(character.is_alphanumeric() || character == '_' || extra.contains(&character)))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sources for the tests of a rule.
    pub(super) fn sources(files: &[(&str, &str)]) -> Sources {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        assert_eq!(code_only("use a; // use b;\nlet c = \"d \\\" // e\"; f"), "use a; \nlet c = ; f");
    }

    #[test]
    fn generated_folders_are_no_sources() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["api", "target", "data", "dist", "dist.partial", ".git"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("a.rs"), "fn a() {}").unwrap();
        }
        fs::write(folder.path().join("README.md"), "text").unwrap();
        fs::write(folder.path().join("picture.png"), [0xff]).unwrap();
        let read = read_sources(folder.path()).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["README.md", "api/a.rs"]);
    }

    #[test]
    fn a_violation_is_printed_so_that_an_editor_finds_it() {
        assert_eq!(Violation::new("a.rs", 3, "no").to_string(), "a.rs:3: no");
        assert_eq!(Violation::new("a.rs", 0, "no").to_string(), "a.rs: no");
    }
}
