//! Builds the browser app into `dist/`: WebAssembly, its loader, one style sheet and the page, each file compressed.
//!
//! Files are named by their content, so that browsers may keep them for ever; only `index.html` keeps its name. The
//! folder is written beside `dist/` and then renamed, so nobody sees half of it. Nothing happens when no input has
//! changed. Does not know what the app shows.

mod fingerprint;
mod output;
mod page;
mod styles;
mod wasm;

pub use wasm::install_target;

use crate::{tokens::Tokens, tools};
use anyhow::{Context as _, Result};
use clap::ValueEnum;
use output::Output;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// How the WebAssembly is compiled: the profiles of that name in `Cargo.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Small and slow to build; the one that is tested and shipped.
    WasmRelease,
    /// Quick to build, large; the page reloads itself after a rebuild.
    WasmDev,
}

impl Profile {
    /// Cargo's name of the profile.
    fn name(self) -> &'static str {
        match self {
            Self::WasmRelease => "wasm-release",
            Self::WasmDev => "wasm-dev",
        }
    }
}

/// Where the app lands.
pub fn folder() -> PathBuf {
    tools::root().join("dist")
}

/// Builds the app unless `dist/` already holds what these sources and this profile give.
pub fn run(profile: Profile) -> Result<()> {
    let dist = folder();
    let wanted = fingerprint::of_sources(tools::root(), profile.name())?;
    if fingerprint::of_build(&dist).as_deref() == Some(wanted.as_str()) {
        println!("The app in dist/ is up to date ({}).", profile.name());
        return Ok(());
    }
    let started = Instant::now();
    let app = wasm::build(profile.name())?;
    let partial = tools::root().join("dist.partial");
    remove_folder(&partial)?;
    let output = write(&app, &tools::root().join("frontend"), &partial, profile)?;
    fingerprint::store(&partial, &wanted)?;
    replace_folder(&partial, &dist)?;
    println!("{}", output.table());
    println!("The app is in dist/ after {} s.", started.elapsed().as_secs());
    Ok(())
}

/// Writes every file of the app into `folder`.
fn write(app: &wasm::App, frontend: &Path, folder: &Path, profile: Profile) -> Result<Output> {
    let mut output = Output::create(folder, profile == Profile::WasmRelease)?;
    let mut modules = vec![("app.wasm", app.wasm.as_slice()), (wasm::MAIN_MODULE, app.script.as_bytes())];
    modules.extend(app.parts.iter().map(|part| (part.name.as_str(), part.content.as_slice())));
    let names = output.write_together(&modules)?;
    let name_of = |module: &str| {
        let position = modules.iter().position(|(name, _)| *name == module);
        position.map(|position| names[position].clone()).with_context(|| format!("the app has no {module}"))
    };
    let (wasm, script, loader) = (name_of("app.wasm")?, name_of(wasm::MAIN_MODULE)?, name_of(wasm::LOADER)?);
    for (path, content) in &app.snippets {
        output.write(path, content.as_bytes())?;
    }
    let style_sheet = output.write_hashed("app", "css", styles::app(&frontend.join("styles"))?.as_bytes())?;

    let files = page::Files { wasm, script, loader, style_sheet, boot: String::new() };
    let boot = page::fill(&read(&frontend.join("boot.js"))?, &files.placeholders())?;
    let files = page::Files { boot: output.write_hashed("boot", "js", boot.as_bytes())?, ..files };

    let critical = styles::critical(&frontend.join("styles/tokens.css"), &frontend.join("critical.css"))?;
    let template = page::without_indentation(&read(&frontend.join("index.html"))?);
    let mut placeholders = files.placeholders();
    let tokens = Tokens::parse(&read(&frontend.join("styles/tokens.css"))?)?;
    for (name, theme) in [("theme_colour_light", tokens.light), ("theme_colour_dark", tokens.dark)] {
        placeholders.push((name, theme.get("bg").context("tokens.css names no --bg")?.clone()));
    }
    placeholders.push(("critical_css", critical.clone()));
    placeholders.push(("dev", if profile == Profile::WasmDev { " data-dev" } else { "" }.to_owned()));
    output.write("index.html", page::fill(&template, &placeholders)?.as_bytes())?;
    output.write_policy(&critical)?;

    let public = frontend.join("public");
    for path in tools::files_below(&public)? {
        let name = path.strip_prefix(&public)?.to_string_lossy().replace('\\', "/");
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        output.write(&name, &content)?;
    }
    Ok(output)
}

/// Puts `new` in the place of `old`.
fn replace_folder(new: &Path, old: &Path) -> Result<()> {
    let outgoing = old.with_extension("outgoing");
    remove_folder(&outgoing)?;
    if old.exists() {
        fs::rename(old, &outgoing).with_context(|| format!("cannot move {} away", old.display()))?;
    }
    fs::rename(new, old).with_context(|| format!("cannot rename {} to {}", new.display(), old.display()))?;
    remove_folder(&outgoing)
}

/// Removes a folder with everything in it, if it is there.
fn remove_folder(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// The text of a source file.
fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loader() -> wasm::Part {
        wasm::Part { name: wasm::LOADER.to_owned(), content: b"export {}".to_vec() }
    }

    #[test]
    fn the_written_app_refers_to_its_own_files_and_each_is_compressed() {
        let folder = tempfile::tempdir().unwrap();
        let app = wasm::App {
            wasm: b"\0asm".repeat(100),
            script: "import './parts.js'; export default 1;".to_owned(),
            parts: vec![loader()],
            snippets: vec![("snippets/a/b.js".to_owned(), "export {}".to_owned())],
        };
        let dist = folder.path().join("dist");
        write(&app, &tools::root().join("frontend"), &dist, Profile::WasmDev).unwrap();

        let page = fs::read_to_string(dist.join("index.html")).unwrap();
        assert!(!page.contains("{{"), "a placeholder is left");
        assert!(page.contains(" data-dev"), "the page of a wasm-dev build reloads itself");
        for file in tools::files_below(&dist).unwrap() {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|ending| ending == "br" || ending == "gz") {
                continue;
            }
            assert!(dist.join("snippets").exists());
            assert!(file.with_file_name(format!("{name}.br")).exists(), "{name} has no .br");
            assert!(file.with_file_name(format!("{name}.gz")).exists(), "{name} has no .gz");
            if name.starts_with("boot-") {
                assert!(page.contains(&name), "the page does not load {name}");
            }
        }
    }

    #[test]
    fn the_painted_page_stays_within_one_round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let app = wasm::App { wasm: vec![], script: String::new(), snippets: vec![], parts: vec![loader()] };
        let dist = folder.path().join("dist");
        write(&app, &tools::root().join("frontend"), &dist, Profile::WasmRelease).unwrap();
        for ending in ["br", "gz"] {
            let size = fs::metadata(dist.join(format!("index.html.{ending}"))).unwrap().len();
            assert!(size <= 14 * 1024, "index.html.{ending} has {size} bytes");
        }
    }

    #[test]
    fn a_folder_takes_the_place_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("dist.partial"), folder.path().join("dist"));
        for (path, text) in [(&new, "new"), (&old, "old")] {
            fs::create_dir(path).unwrap();
            fs::write(path.join("index.html"), text).unwrap();
        }
        replace_folder(&new, &old).unwrap();
        assert_eq!(fs::read_to_string(old.join("index.html")).unwrap(), "new");
        assert!(!new.exists() && !folder.path().join("dist.outgoing").exists());
    }
}
