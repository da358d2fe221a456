//! Compiles the app to WebAssembly and makes the JavaScript that loads it.
//!
//! wasm-bindgen is used as a library, so its version is the one of `Cargo.lock` and nothing has to be installed.

use crate::tools;
use anyhow::{Context as _, Result, anyhow, bail};
use std::{fs, path::Path};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// The app as the browser runs it. Scripts name the other files by their names below, without a hash.
#[derive(Debug)]
pub struct App {
    pub wasm: Vec<u8>,
    /// The module that loads it; its default export takes the compiled WebAssembly.
    pub script: String,
    /// Scripts that libraries bring along, by the path under which the module imports them.
    pub snippets: Vec<(String, String)>,
    /// The module that fetches the parts, and the parts: WebAssembly that comes when it is first wanted.
    pub parts: Vec<Part>,
}

/// One file of the app that is not loaded at first, or that says how the others are.
#[derive(Debug)]
pub struct Part {
    pub name: String,
    pub content: Vec<u8>,
}

/// The module the app is loaded by, as the parts' loader imports it.
pub const MAIN_MODULE: &str = "app.js";
/// The parts' loader, as the app's module imports it.
pub const LOADER: &str = "parts.js";

/// Compiles the app with the given cargo profile.
pub fn build(profile: &str) -> Result<App> {
    install_target()?;
    let artifacts =
        tools::build(&["--package", "frontend", "--bin", "frontend", "--target", TARGET, "--profile", profile])?;
    let program = tools::executable(&artifacts, "frontend")?.with_extension("wasm");
    let bytes = read(&program)?;
    let folder = tempfile::tempdir()?;
    let (main, parts) = split(&bytes, folder.path())?;
    bind(main, parts)
}

/// Cuts the parts out that the app loads later.
fn split(bytes: &[u8], folder: &Path) -> Result<(Vec<u8>, Vec<Part>)> {
    let main = folder.join("main.wasm");
    let (loader, main_module) = (format!("./{LOADER}"), format!("./{MAIN_MODULE}"));
    let mut options = wasm_split_cli_support::Options::new(bytes);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &loader;
    options.main_module = &main_module;
    let split =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cannot split the app: {error:#}"))?;
    let mut parts = Vec::new();
    for path in split.split_modules.iter().chain([&folder.join(LOADER)]) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        parts.push(Part { name, content: read(path)? });
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((read(&main)?, parts))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Makes sure that the compiler can build for the browser.
pub fn install_target() -> Result<()> {
    let rustc = || tools::program(tools::environment("RUSTC").unwrap_or_else(|| "rustc".to_owned()));
    let libraries = tools::output(rustc().args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    if !tools::is_installed("rustup") {
        bail!("the compiler has no standard library for {TARGET}; install it, or use rustup");
    }
    tools::run(tools::program("rustup").args(["target", "add", TARGET]))
}

/// Splits cargo's output into the module proper and its loader.
fn bind(bytes: Vec<u8>, parts: Vec<Part>) -> Result<App> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("app", bytes)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // The parts share the table of functions and the memory with the main file.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    let mut output = bindgen.generate_output().context("wasm-bindgen refuses the app")?;
    let mut snippets = Vec::new();
    for (crate_name, scripts) in output.snippets() {
        for (position, script) in scripts.iter().enumerate() {
            snippets.push((format!("snippets/{crate_name}/inline{position}.js"), script.clone()));
        }
    }
    for (path, script) in output.local_modules() {
        snippets.push((format!("snippets/{path}"), script.clone()));
    }
    snippets.sort();
    let script = output.js().to_owned();
    Ok(App { wasm: output.wasm_mut().emit_wasm(), script, snippets, parts })
}
