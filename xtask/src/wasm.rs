//! The core as an npm package: compiled, bound to JavaScript, optimised.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use dockerfile_playground::data::Pack;
use wasm_bindgen_cli_support::Bindgen;

use crate::links::Links;
use crate::paths::{self, Stamp};
use crate::steps::{self, step};
use crate::toolchain::{TARGET, Toolchain};
use crate::{links, node, order, split, types};

const NAME: &str = "dockerfile_playground";

/// What the page opens on: the first of www/examples/list.ts.
const OPENING: &str = "www/examples/node-service/Dockerfile";

/// Prints what an analysis of that runs of a module.
const FIRST_VIEW: &str = "xtask/src/first-view.js";

/// What rustc's code for the target uses beyond WebAssembly 1.0.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What wasm-opt does. It puts no large function into another: that makes the
/// module smaller, and what the page downloads larger (725 KB for 668 KB under
/// brotli, measured 2026-11-24), as copies of a function then differ.
const OPTIONS: [&str; 6] = [
    // 2 KB (brotli) smaller than with -O3.
    "-O2",
    // Where Rust has nothing but the end of the stack.
    "--low-memory-unused",
    // Holes in the data take fewer bytes (brotli) than what says where they are.
    "--skip-pass=memory-packing",
    "--always-inline-max-function-size=1",
    "--flexible-inline-max-function-size=1",
    "--one-caller-inline-max-function-size=1",
];

/// Builds what changed of pkg/; expects the npm packages.
pub fn build() -> Result<()> {
    types::update()?;
    write_packs()?;
    let compiled = compile()?;
    let salt = format!("{OPTIONS:?} {FEATURES:?}");
    let inputs = [compiled.clone(), paths::root().join(OPENING), paths::root().join(FIRST_VIEW)];
    let stamp = Stamp::of("wasm", &inputs, &salt)?;
    if stamp.is_current(&outputs()) {
        return Ok(());
    }
    step("Binding the core to JavaScript", || bind(&compiled, &paths::package(), Names::Kept))?;
    step("Dividing it by what the first view runs", || divide(&compiled))?;
    step("Optimising it", || {
        [module(), first_part(), rest()].iter().try_for_each(|file| optimise(file))
    })?;
    stamp.set()
}

/// Makes what cargo compiled into what a page loads.
pub fn finish(compiled: &Path, folder: &Path) -> Result<()> {
    bind(compiled, folder, Names::Kept)?;
    optimise(&folder.join(format!("{}_bg.wasm", name(compiled))))
}

/// Writes the two parts of the bound module; `compiled` is what it was bound from.
fn divide(compiled: &Path) -> Result<()> {
    let wasm = read(&module())?;
    let watched = paths::target().join("xtask/watched.wasm");
    fs::write(&watched, split::watched(&wasm)?)?;
    let mut node = Command::new("node");
    node.current_dir(paths::root()).arg(FIRST_VIEW);
    node.arg(paths::package().join(format!("{NAME}.js"))).args([&watched, Path::new(OPENING)]);
    let ran = steps::output(&mut node, "look at Node's message above")?;
    let ran: HashSet<usize> = serde_json::from_str(&ran).context("the functions that ran")?;
    let links = Links::read(&read(compiled)?)?;
    let parts = split::split(&wasm, &ran, &links)?;
    fs::write(first_part(), parts.first)?;
    fs::write(rest(), parts.rest)?;
    Ok(())
}

/// Builds the module with the names of its functions, in a folder of its own, and
/// without wasm-opt, which puts functions into each other; `compiled` is what cargo
/// made, if that is there.
pub fn with_names(compiled: Option<PathBuf>) -> Result<PathBuf> {
    let compiled = compiled.map_or_else(compile, Ok)?;
    let folder = paths::target().join("xtask/named");
    step("Binding the core to JavaScript", || bind(&compiled, &folder, Names::Readable))?;
    Ok(folder.join(format!("{}_bg.wasm", name(&compiled))))
}

/// What cargo called a module.
fn name(compiled: &Path) -> Cow<'_, str> {
    compiled.file_stem().unwrap_or_default().to_string_lossy()
}

/// What a module says its functions are called.
#[derive(PartialEq)]
enum Names {
    /// As the compiler mangled them.
    Kept,
    /// As people read them.
    Readable,
}

/// The files that are generated from the compiled core.
pub fn outputs() -> Vec<PathBuf> {
    let names = [".js", ".d.ts", "_bg.wasm", "_bg.wasm.d.ts", "_first.wasm", "_rest.wasm"];
    names.map(|end| paths::package().join(format!("{NAME}{end}"))).into()
}

/// The whole module.
pub fn module() -> PathBuf {
    paths::package().join(format!("{NAME}_bg.wasm"))
}

/// The part of the module that the page loads first.
pub fn first_part() -> PathBuf {
    paths::package().join(format!("{NAME}_first.wasm"))
}

/// The part of the module that the page loads when its first view is there.
pub fn rest() -> PathBuf {
    paths::package().join(format!("{NAME}_rest.wasm"))
}

/// The data packs.
pub fn packs() -> PathBuf {
    paths::package().join("packs")
}

/// Writes the data packs that this program was built with.
fn write_packs() -> Result<()> {
    let folder = packs();
    fs::create_dir_all(&folder)?;
    for pack in Pack::ALL {
        let file = folder.join(format!("{pack}.pack"));
        if fs::read(&file).is_ok_and(|bytes| bytes == pack.bytes()) {
            continue;
        }
        fs::write(&file, pack.bytes())
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn compile() -> Result<PathBuf> {
    let toolchain = Toolchain::find()?;
    let target = paths::target().join(toolchain.name());
    step("Compiling the core to WebAssembly", || {
        let mut cargo = toolchain.cargo_build(&target);
        cargo.args(["--locked", "--package", "dockerfile-playground", "--lib"]);
        steps::run(cargo.args(["--profile", "wasm"]), "look at the compiler's message above")
    })?;
    Ok(target.join(TARGET).join("wasm").join(format!("{NAME}.wasm")))
}

fn read(wasm: &Path) -> Result<Vec<u8>> {
    fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))
}

fn bind(compiled: &Path, folder: &Path, names: Names) -> Result<()> {
    let unlinked = links::removed(&read(compiled)?)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(&name(compiled), unlinked)
        .web(true)?
        .omit_default_module_path(false)
        .typescript(true)
        .demangle(names == Names::Readable)
        .remove_producers_section(true);
    bindgen.generate(folder)
}

fn optimise(wasm: &Path) -> Result<()> {
    wasm_opt(wasm, &OPTIONS)?;
    let named = order::named(&read(wasm)?)?;
    fs::write(wasm, named).with_context(|| format!("cannot write {}", wasm.display()))?;
    wasm_opt(wasm, &["--reorder-functions-by-name", "--strip-debug"])
}

/// Has wasm-opt change a module.
fn wasm_opt(wasm: &Path, options: &[&str]) -> Result<()> {
    let changed = wasm.with_extension("wasm.opt");
    let mut command = node::tool("wasm-opt");
    command.args(options).args(FEATURES).arg(wasm).arg("-o").arg(&changed);
    steps::run(&mut command, "remove node_modules and run again")?;
    fs::rename(&changed, wasm).with_context(|| format!("cannot write {}", wasm.display()))
}
