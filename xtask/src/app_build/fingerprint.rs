//! Tells whether `dist/` is what the present sources would give, by hashing everything that goes into it.

use super::output::hexadecimal;
use crate::tools;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::{fs, path::Path};

/// Hidden, so that neither the server nor the release binary takes it for a part of the app.
const FILE: &str = ".fingerprint";

/// What the app is made of, besides the profile. This tool is among it: it writes the files.
const INPUTS: [&str; 7] = [
    "frontend",
    "shared",
    "xtask/src/app_build",
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// The fingerprint of the sources below `root`.
pub fn of_sources(root: &Path, profile: &str) -> Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(profile);
    for input in INPUTS {
        let path = root.join(input);
        let files = if path.is_dir() { tools::files_below(&path)? } else { vec![path] };
        for file in files {
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            hasher.update(file.strip_prefix(root)?.to_string_lossy().as_bytes());
            hasher.update(content.len().to_le_bytes());
            hasher.update(content);
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

/// The fingerprint of the build in `dist`, if there is one.
pub fn of_build(dist: &Path) -> Option<String> {
    fs::read_to_string(dist.join(FILE)).ok()
}

/// Remembers the fingerprint of a build.
pub fn store(dist: &Path, fingerprint: &str) -> Result<()> {
    fs::write(dist.join(FILE), fingerprint).context("cannot write the fingerprint of the app")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_follows_content_names_and_profile() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for input in INPUTS {
            if Path::new(input).extension().is_some() {
                fs::create_dir_all(root.join(input).parent().unwrap()).unwrap();
                fs::write(root.join(input), "").unwrap();
            } else {
                fs::create_dir_all(root.join(input)).unwrap();
            }
        }
        let take = |profile| of_sources(root, profile).unwrap();
        let empty = take("wasm-release");
        assert_eq!(empty, take("wasm-release"));
        assert_ne!(empty, take("wasm-dev"));

        fs::write(root.join("frontend/a.css"), "a").unwrap();
        let with_file = take("wasm-release");
        assert_ne!(empty, with_file);
        fs::rename(root.join("frontend/a.css"), root.join("frontend/b.css")).unwrap();
        assert_ne!(with_file, take("wasm-release"));

        assert_eq!(of_build(root), None);
        store(root, &empty).unwrap();
        assert_eq!(of_build(root), Some(empty));
    }
}
