//! Something that compiles Rust to WebAssembly, brought here when it is not
//! here yet.
//!
//! The standard library is compiled along with the core, from its source and for
//! size: what rustup has ready-made is for speed, and each sort of it five times
//! as long. rustup has the source; where rustup's server cannot be reached,
//! Debian's rustc-web (a current rustc) and rust-web-src do.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::steps::{self, advice, step};

/// The target triple.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Where the source is below rustc's folder.
const SOURCE: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_ROOT: &str = "/usr";
const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];

/// A compiler with the source of its standard library.
pub enum Toolchain {
    /// The default toolchain.
    Default,
    /// Debian's rustc; the linker is the default toolchain's.
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// Finds one, installing what is missing.
    pub fn find() -> Result<Self> {
        if sysroot()?.join(SOURCE).exists() {
            return Ok(Self::Default);
        }
        if has_debian_rustc() {
            return Self::debian();
        }
        let added = step("Adding the standard library's source with rustup", add_source);
        if added.is_ok() || !is_debian() {
            return added.map(|()| Self::Default);
        }
        println!("rustup could not; taking Debian's compiler instead");
        apt_install(&DEBIAN_PACKAGES)?;
        Self::debian()
    }

    fn debian() -> Result<Self> {
        Ok(Self::Debian { linker: linker()? })
    }

    /// `cargo build` for the target, in its own target folder so that native
    /// builds stay as they are.
    pub fn cargo_build(&self, target_dir: &Path) -> Command {
        let mut command = cargo();
        command.args(["build", "--target", TARGET, "--target-dir"]).arg(target_dir);
        command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS.join(" "));
        if let Self::Debian { linker } = self {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }

    /// A name for the target folder: what two compilers make does not mix.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Default => "wasm",
            Self::Debian { .. } => "wasm-debian",
        }
    }
}

/// What the compiler is told besides the profile `wasm`. The second and the third took
/// 61 KB (brotli) of 661 KB together, measured 2026-11-24.
const FLAGS: [&str; 5] = [
    // Names with their types, for `cargo xtask size`; the page gets no names.
    "-Csymbol-mangling-version=v0",
    // A panic's message is without its line: the same text, given to
    // `cargo xtask report`, panics with it.
    "-Zlocation-detail=none",
    // What the library marks `#[inline]` is put into its callers when it is short:
    // by itself the compiler does so up to a cost of 325.
    "-Cllvm-args=-inlinehint-threshold=50",
    // A function with much on the stack stays one, also where it is called once: it is
    // often what its caller seldom comes to, as the edits of a recipe that does not
    // apply, and then not in the page's first part (279 KB for 316 KB, 2026-12-01).
    "-Cllvm-args=-inline-max-stacksize=32",
    // Which data each function refers to, for dividing the module.
    "-Clink-arg=--emit-relocs",
];

/// The cargo that runs us, in the root.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(paths::root());
    command
}

/// The folder of the default toolchain.
fn sysroot() -> Result<PathBuf> {
    let mut command = Command::new("rustc");
    command.args(["--print", "sysroot"]).current_dir(paths::root());
    let path = steps::output(&mut command, "install Rust with rustup")?;
    Ok(PathBuf::from(path.trim()))
}

fn add_source() -> Result<()> {
    let mut command = Command::new("rustup");
    command.args(["component", "add", "rust-src"]).current_dir(paths::root());
    if !steps::try_for(&mut command, Duration::from_secs(120)) {
        bail!(advice(
            "rustup could not add the standard library's source",
            "run `rustup component add rust-src` with access to the internet",
        ));
    }
    Ok(())
}

/// True when Debian's packages are here: rustc 1.95 or later with its source.
fn has_debian_rustc() -> bool {
    let mut command = Command::new(DEBIAN_RUSTC);
    let version = steps::output(command.arg("--version"), "");
    Path::new(DEBIAN_ROOT).join(SOURCE).exists()
        && version.is_ok_and(|text| minor_version(&text).is_some_and(|minor| minor >= 95))
}

/// 95 of `rustc 1.95.0 (…)`.
fn minor_version(text: &str) -> Option<u32> {
    text.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}

/// The default toolchain's own lld.
fn linker() -> Result<PathBuf> {
    let rustlib = sysroot()?.join("lib/rustlib");
    let targets = rustlib.read_dir().with_context(|| rustlib.display().to_string())?;
    targets
        .flatten()
        .map(|entry| entry.path().join("bin/rust-lld"))
        .find(|path| path.exists())
        .with_context(|| {
            advice(
                &format!("no rust-lld under {}", rustlib.display()),
                "install Rust with rustup, which brings it",
            )
        })
}

/// True on Debian and what derives from it.
pub fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists()
}

/// Installs Debian packages, or says how to.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let by_hand = format!("apt-get update && apt-get install -y {list}");
    if !is_root() {
        bail!(advice(
            &format!("Debian's {list} must be installed"),
            &format!("run as root: {by_hand}"),
        ));
    }
    step(&format!("Installing Debian's {list}"), || {
        let fix = format!("look at apt-get's message above, then run: {by_hand}");
        steps::run(apt_get().arg("update"), &fix)?;
        let mut install = apt_get();
        install.args(["install", "-y", "--no-install-recommends"]).args(packages);
        steps::run(&mut install, &fix)
    })
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    let mut command = Command::new("id");
    steps::output(command.arg("-u"), "").is_ok_and(|id| id.trim() == "0")
}
