//! Something that compiles Rust to WebAssembly, brought here when it is not
//! here yet.
//!
//! rustc needs the standard library of wasm32-unknown-unknown. rustup has it
//! ready-made; where rustup's server cannot be reached, Debian's rustc-web
//! (a current rustc) and rust-web-src (its library's source) let cargo build
//! that library along with the core.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::steps::{self, advice, step};

/// The target triple.
pub const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];

/// A way to compile for [`TARGET`].
pub enum Toolchain {
    /// The default toolchain has the target's library.
    Ready,
    /// Debian's rustc, building the library from source; the linker is the
    /// default toolchain's.
    FromSource { linker: PathBuf },
}

impl Toolchain {
    /// Finds a way, installing what is missing.
    pub fn find() -> Result<Self> {
        if has_library() {
            return Ok(Self::Ready);
        }
        if has_debian_rustc() {
            return Self::from_source();
        }
        if step(&format!("Adding {TARGET} with rustup"), || Ok(add_target()))? {
            return Ok(Self::Ready);
        }
        if !is_debian() {
            bail!(advice(
                &format!("rustup could not add the target {TARGET}"),
                &format!("run `rustup target add {TARGET}` with access to the internet"),
            ));
        }
        apt_install(&DEBIAN_PACKAGES)?;
        Self::from_source()
    }

    fn from_source() -> Result<Self> {
        Ok(Self::FromSource { linker: linker()? })
    }

    /// `cargo build` for the target, in its own target folder so that native
    /// builds stay as they are.
    pub fn cargo_build(&self, target_dir: &Path) -> Command {
        let mut command = cargo();
        command.args(["build", "--target", TARGET, "--target-dir"]);
        command.arg(target_dir);
        if let Self::FromSource { linker } = self {
            command
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }

    /// A name for the target folder: what two compilers make does not mix.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ready => "wasm",
            Self::FromSource { .. } => "wasm-from-source",
        }
    }
}

/// The cargo that runs us, in the root.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(paths::root());
    command
}

/// True when the default toolchain has the target's standard library.
fn has_library() -> bool {
    let libdir = rustc(&["--print", "target-libdir", "--target", TARGET]);
    libdir.is_ok_and(|path| Path::new(path.trim()).is_dir())
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("rustc");
    command.args(arguments).current_dir(paths::root());
    steps::output(&mut command, "install Rust with rustup")
}

fn add_target() -> bool {
    let mut command = Command::new("rustup");
    command.args(["target", "add", TARGET]).current_dir(paths::root());
    steps::try_for(&mut command, Duration::from_secs(120))
}

/// True when Debian's packages are here: rustc 1.95 or later with its source.
fn has_debian_rustc() -> bool {
    let mut command = Command::new(DEBIAN_RUSTC);
    let version = steps::output(command.arg("--version"), "");
    Path::new(DEBIAN_SOURCE).exists()
        && version.is_ok_and(|text| minor_version(&text).is_some_and(|minor| minor >= 95))
}

/// 95 of `rustc 1.95.0 (…)`.
fn minor_version(text: &str) -> Option<u32> {
    text.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}

/// The default toolchain's own lld.
fn linker() -> Result<PathBuf> {
    let sysroot = rustc(&["--print", "sysroot"])?;
    let rustlib = Path::new(sysroot.trim()).join("lib/rustlib");
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
