//! The core as an npm package: compiled, bound to JavaScript, optimised.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use dockerfile_playground::data::Pack;
use wasm_bindgen_cli_support::Bindgen;

use crate::paths::{self, Stamp};
use crate::steps::{self, step};
use crate::toolchain::{TARGET, Toolchain};
use crate::{node, types};

const NAME: &str = "dockerfile_playground";

/// What rustc's code for the target uses beyond WebAssembly 1.0.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// wasm-opt's level.
const LEVEL: &str = "-O3";

/// Builds what changed of pkg/; expects the npm packages.
pub fn build() -> Result<()> {
    types::update()?;
    write_packs()?;
    let compiled = compile()?;
    let salt = format!("{LEVEL} {FEATURES:?}");
    let stamp = Stamp::of("wasm", std::slice::from_ref(&compiled), &salt)?;
    if stamp.is_current(&outputs()) {
        return Ok(());
    }
    step("Binding the core to JavaScript", || bind(compiled))?;
    step("Optimising the WebAssembly", optimise)?;
    stamp.set()
}

/// The files that are generated from the compiled core.
pub fn outputs() -> Vec<PathBuf> {
    let names = [".js", ".d.ts", "_bg.wasm", "_bg.wasm.d.ts"];
    names.map(|end| paths::package().join(format!("{NAME}{end}"))).into()
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

fn bind(compiled: PathBuf) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name(NAME)
        .web(true)?
        .omit_default_module_path(false)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.generate(paths::package())
}

fn optimise() -> Result<()> {
    let wasm = paths::package().join(format!("{NAME}_bg.wasm"));
    let optimised = wasm.with_extension("wasm.opt");
    let mut command = node::tool("wasm-opt");
    command.arg(LEVEL).args(FEATURES).arg(&wasm).arg("-o").arg(&optimised);
    steps::run(&mut command, "remove node_modules and run again")?;
    fs::rename(&optimised, &wasm).with_context(|| format!("cannot write {}", wasm.display()))
}
