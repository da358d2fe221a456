//! Compiles the app to WebAssembly and makes the JavaScript that loads it.
//!
//! wasm-bindgen is used as a library, so its version is the one of `Cargo.lock` and nothing has to be installed.

use crate::tools;
use anyhow::{Context as _, Result, bail};
use std::{fs, path::Path};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// The app as the browser runs it.
#[derive(Debug)]
pub struct App {
    pub wasm: Vec<u8>,
    /// The module that loads it; its default export takes the compiled WebAssembly.
    pub script: String,
    /// Scripts that libraries bring along, by the path under which the module imports them.
    pub snippets: Vec<(String, String)>,
}

/// Compiles the app with the given cargo profile.
pub fn build(profile: &str) -> Result<App> {
    install_target()?;
    let artifacts =
        tools::build(&["--package", "frontend", "--bin", "frontend", "--target", TARGET, "--profile", profile])?;
    let program = tools::executable(&artifacts, "frontend")?.with_extension("wasm");
    let bytes = fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    bind(bytes)
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
fn bind(bytes: Vec<u8>) -> Result<App> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("app", bytes)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
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
    Ok(App { wasm: output.wasm_mut().emit_wasm(), script, snippets })
}
