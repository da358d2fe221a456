//! Writes the files of the app: names by content, compressed twins, the table of sizes.

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// A folder of finished files.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    is_small: bool,
    written: Vec<Written>,
}

#[derive(Debug)]
struct Written {
    name: String,
    raw: usize,
    brotli: usize,
}

impl Output {
    /// An empty folder. `is_small` spends time on compression.
    pub fn create(folder: &Path, is_small: bool) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self { folder: folder.to_path_buf(), is_small, written: Vec::new() })
    }

    /// Writes `<stem>-<hash>.<ending>` and returns that name. An equal name means equal content.
    pub fn write_hashed(&mut self, stem: &str, ending: &str, content: &[u8]) -> Result<String> {
        let name = format!("{stem}-{}.{ending}", &hexadecimal(&Sha256::digest(content))[..16]);
        self.write(&name, content)?;
        Ok(name)
    }

    /// Writes files whose scripts import each other as `./name`: all carry one hash, that of everything in them. The new
    /// names come in the order of the files.
    pub fn write_together(&mut self, files: &[(&str, &[u8])]) -> Result<Vec<String>> {
        let mut hasher = Sha256::new();
        for (name, content) in files {
            hasher.update(name);
            hasher.update(content.len().to_le_bytes());
            hasher.update(content);
        }
        let hash = &hexadecimal(&hasher.finalize())[..16];
        let mut names = Vec::new();
        for (name, _) in files {
            let (stem, ending) = name.split_once('.').with_context(|| format!("{name} has no ending"))?;
            names.push(format!("{stem}-{hash}.{ending}"));
        }
        for ((name, content), new) in files.iter().zip(&names) {
            if ending_of(name) != "js" {
                self.write(new, content)?;
                continue;
            }
            let mut script = std::str::from_utf8(content).with_context(|| format!("{name} is no text"))?.to_owned();
            for ((other, _), new) in files.iter().zip(&names) {
                // Only what is fetched: the same words also name the import inside the WebAssembly, which stays.
                for fetches in ["from \"./", "from './", "new URL(\"./"] {
                    script = script.replace(&format!("{fetches}{other}"), &format!("{fetches}{new}"));
                }
            }
            self.write(new, script.as_bytes())?;
        }
        Ok(names)
    }

    /// Writes a file with its `.br` and `.gz`.
    pub fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let brotli = compress_brotli(content, self.is_small)?;
        let gzip = compress_gzip(content, self.is_small)?;
        for (ending, bytes) in [("", content), (".br", &brotli), (".gz", &gzip)] {
            let path = self.folder.join(format!("{name}{ending}"));
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
            }
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.written.push(Written { name: name.to_owned(), raw: content.len(), brotli: brotli.len() });
        Ok(())
    }

    /// Writes what the server must allow in its content security policy: the inline style of the page.
    pub fn write_policy(&mut self, inline_style: &str) -> Result<()> {
        let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(inline_style)));
        let policy = serde_json::json!({ "style_hashes": [hash] });
        self.write("csp.json", policy.to_string().as_bytes())
    }

    /// Name, bytes and bytes after brotli of each file, and the sum of what a first visit loads.
    pub fn table(&self) -> String {
        let mut table = format!("{:<28}{:>10}{:>10}\n", "file", "raw", "brotli");
        for file in &self.written {
            let _ = writeln!(table, "{:<28}{:>10}{:>10}", file.name, file.raw, file.brotli);
        }
        let first_load = self.written.iter().filter(|file| is_in_first_load(&file.name));
        let (raw, brotli) = first_load.fold((0, 0), |sum, file| (sum.0 + file.raw, sum.1 + file.brotli));
        let _ = write!(table, "{:<28}{raw:>10}{brotli:>10}", "first load");
        table
    }
}

/// Whether a browser fetches the file on the first visit.
fn is_in_first_load(name: &str) -> bool {
    let is_part = ending_of(name) == "wasm" && !name.starts_with("app-");
    !is_part && !matches!(name, "csp.json" | "robots.txt")
}

fn ending_of(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn compress_brotli(content: &[u8], is_small: bool) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: if is_small { 11 } else { 4 },
        lgwin: if is_small { 24 } else { 20 },
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters).context("brotli failed")?;
    Ok(compressed)
}

fn compress_gzip(content: &[u8], is_small: bool) -> Result<Vec<u8>> {
    let level = if is_small { Compression::best() } else { Compression::fast() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(content)?;
    encoder.finish().context("gzip failed")
}

/// Lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn compressed_twins_hold_the_same_bytes_and_the_name_follows_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let mut output = Output::create(folder.path(), true).unwrap();
        let content = b"body{color:var(--text)}".repeat(50);
        let name = output.write_hashed("app", "css", &content).unwrap();
        assert_eq!(name.len(), "app-0123456789abcdef.css".len());
        assert_ne!(name, output.write_hashed("app", "css", b"other").unwrap());

        let mut unpacked = Vec::new();
        let packed = fs::read(folder.path().join(format!("{name}.br"))).unwrap();
        assert!(packed.len() < content.len());
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, content);

        let mut unpacked = Vec::new();
        let packed = fs::read(folder.path().join(format!("{name}.gz"))).unwrap();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
        assert!(output.table().contains(&name));
    }

    #[test]
    fn files_that_import_each_other_find_each_other_and_change_names_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut output = Output::create(folder.path(), false).unwrap();
        let main = br#"import * as a from "./parts.js"; imports = {"./parts.js": a}"#.as_slice();
        let loader = br#"import { b } from './app.js'; new URL("./pages.wasm", import.meta.url)"#.as_slice();
        let names =
            output.write_together(&[("app.js", main), ("parts.js", loader), ("pages.wasm", b"./app.js")]).unwrap();
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        let expected = format!(r#"import * as a from "./{}"; imports = {{"./parts.js": a}}"#, names[1]);
        assert_eq!(text(&names[0]), expected);
        let expected = format!(r#"import {{ b }} from './{}'; new URL("./{}", import.meta.url)"#, names[0], names[2]);
        assert_eq!(text(&names[1]), expected);
        assert_eq!(text(&names[2]), "./app.js");
        let others =
            output.write_together(&[("app.js", main), ("parts.js", b""), ("pages.wasm", b"./app.js")]).unwrap();
        assert!(names.iter().zip(&others).all(|(name, other)| name != other));
        assert!(!output.table().is_empty());
    }

    #[test]
    fn the_policy_names_the_hash_of_the_inline_style() {
        let folder = tempfile::tempdir().unwrap();
        Output::create(folder.path(), false).unwrap().write_policy("").unwrap();
        let policy = fs::read_to_string(folder.path().join("csp.json")).unwrap();
        // The SHA-256 of nothing, as `openssl dgst -sha256 -binary /dev/null | base64` prints it.
        assert_eq!(policy, r#"{"style_hashes":["sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]}"#);
    }
}
