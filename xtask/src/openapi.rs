//! Keeps `openapi/openapi.json` equal to what the routes say.

use crate::tools;
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Writes the document, or compares it when `is_check`.
pub fn run(is_check: bool) -> Result<()> {
    let artifacts = tools::build(&["--package", "api"])?;
    run_with(&tools::executable(&artifacts, "resellportal")?, is_check)
}

/// The same with a server that is built already.
pub fn run_with(server: &Path, is_check: bool) -> Result<()> {
    let document = tools::output(tools::program(server).arg("openapi"))?;
    let file = tools::root().join("openapi/openapi.json");
    if is_check { compare(&document, &file) } else { write(&document, &file) }
}

fn write(document: &str, file: &PathBuf) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(file, document).with_context(|| format!("cannot write {}", file.display()))?;
    println!("Wrote {}.", tools::relative(file));
    Ok(())
}

fn compare(document: &str, file: &PathBuf) -> Result<()> {
    let committed = fs::read_to_string(file).unwrap_or_default();
    if committed == document {
        println!("{} is what the routes say.", tools::relative(file));
        return Ok(());
    }
    let line = committed.lines().zip(document.lines()).take_while(|(old, new)| old == new).count() + 1;
    bail!("{} differs from the routes, first in line {line}. To repair: cargo xtask openapi", tools::relative(file));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_or_missing_document_fails_with_the_command_that_repairs_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("openapi/openapi.json");
        let error = compare("{\n}\n", &file).unwrap_err().to_string();
        assert!(error.contains("cargo xtask openapi"), "{error}");
        write("{\n}\n", &file).unwrap();
        compare("{\n}\n", &file).unwrap();
        let error = compare("{\n1}\n", &file).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
