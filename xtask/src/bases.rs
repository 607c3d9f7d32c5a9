//! Base images made without a registry of images: debootstrap, and what the
//! package clients of this machine bring.
//!
//! Each is a tar file under `target/xtask/bases`, made once. It takes the name
//! of the image that it stands for, so that a Dockerfile needs no change. They
//! are not those images byte for byte: what a build adds on top is measured,
//! never the base itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::engine::Engine;
use crate::paths;
use crate::steps::{self, step};

/// Where the machine's package sources are; a base gets the same.
const SOURCES: &str = "/etc/apt/sources.list.d/debian.sources";
/// Certificates that this machine trusts, and their place in a base that has
/// to reach a registry by TLS.
const CERTIFICATES: (&str, &str) = ("/etc/ssl/certs/ca-certificates.crt", "opt/trusted.crt");
/// What `ldconfig` and the packages' installation leave, and a base leaves out.
const LEFTOVERS: [&str; 5] = [
    "var/log/dpkg.log",
    "var/log/bootstrap.log",
    "var/log/alternatives.log",
    "var/cache/ldconfig/aux-cache",
    "etc/apt/sources.list",
];
/// What slim images leave out, now and in later installations.
const DPKG_SLIM: &str = "\
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/info/*
path-exclude /usr/share/linda/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
path-exclude /usr/share/man/*
path-exclude /usr/share/groff/*
";
/// apt in Debian's images keeps no packages, compressed indexes, and no
/// translations; `force-unsafe-io` only changes the time.
const CONFIGURATION: [(&str, &str); 4] = [
    (
        "etc/apt/apt.conf.d/docker-clean",
        "DPkg::Post-Invoke { \"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true\"; };\n\
         APT::Update::Post-Invoke { \"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true\"; };\n\
         Dir::Cache::pkgcache \"\";\nDir::Cache::srcpkgcache \"\";\n",
    ),
    (
        "etc/apt/apt.conf.d/docker-indexes",
        "Acquire::GzipIndexes \"true\";\nAcquire::Languages \"none\";\n\
         Apt::AutoRemove::SuggestsImportant \"false\";\n",
    ),
    ("etc/dpkg/dpkg.cfg.d/docker-apt-speedup", "force-unsafe-io\n"),
    ("etc/dpkg/dpkg.cfg.d/docker", DPKG_SLIM),
];
/// Shared libraries that CPython's image installs and its interpreter needs.
const PYTHON_NEEDS: &str = "ca-certificates netbase tzdata libffi8 libssl3 libsqlite3-0 \
    libreadline8 libbz2-1.0 liblzma5 libncursesw6 zlib1g libuuid1 libexpat1";
/// npm as the image of Node.js 20 has it.
const NPM: &str = "npm@10.8.2";

/// Makes the image that `reference` names, unless the engine has it.
pub fn provide(engine: &Engine, reference: &str) -> Result<()> {
    let (tar, changes) = match reference {
        "debian:bookworm-slim" => (debian_slim()?, vec!["CMD [\"bash\"]".to_owned()]),
        "node:20-bookworm-slim" => (node()?, vec![trust("NODE_EXTRA_CA_CERTS"), node_version()?]),
        "python:3.11-slim-bookworm" => {
            (python()?, vec![trust("PIP_CERT"), python_version()?, "ENV LANG=C.UTF-8".to_owned()])
        }
        _ => bail!("no recipe for the base image {reference}: add one to xtask/src/bases.rs"),
    };
    engine.import(&tar, reference, &changes)
}

fn trust(variable: &str) -> String {
    format!("ENV {variable}=/{}", CERTIFICATES.1)
}

/// A base made once: `fill` fills the root folder that becomes the tar.
fn made(name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = paths::target().join("xtask/bases");
    let tar = folder.join(format!("{name}.tar"));
    if tar.exists() {
        return Ok(tar);
    }
    let root = folder.join(name);
    step(&format!("Making the base {name}"), || {
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        fs::create_dir_all(&root)?;
        fill(&root)?;
        let unfinished = tar.with_extension("part");
        run(Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&unfinished).arg("."))?;
        fs::rename(&unfinished, &tar)?;
        Ok(fs::remove_dir_all(&root)?)
    })?;
    Ok(tar)
}

fn debian_slim() -> Result<PathBuf> {
    made("debian-bookworm-slim", |root| {
        run(Command::new("debootstrap").args(["--variant=minbase", "bookworm"]).arg(root))?;
        if Path::new(SOURCES).exists() {
            fs::copy(SOURCES, root.join("etc/apt/sources.list.d/debian.sources"))?;
            fs::remove_file(root.join("etc/apt/sources.list"))?;
        }
        for (path, text) in CONFIGURATION {
            fs::write(root.join(path), text)?;
        }
        // As in Debian's images: what is fixed since the release is in.
        inside(root, "apt-get update && apt-get dist-upgrade -y")?;
        clean(root)?;
        // Folders of man pages stay: Java's installation links into them.
        let copyrights = "find usr/share/doc ! -type d ! -name copyright -delete; \
            find usr/share/doc -type d -empty -delete; \
            find usr/share/info usr/share/man ! -type d -delete; \
            rm -rf usr/share/lintian/* usr/share/groff/*; \
            find usr/share/locale -mindepth 1 ! -name locale.alias -delete";
        run(Command::new("sh").args(["-c", copyrights]).current_dir(root))
    })
}

/// Takes out what installing leaves: indexes, archives, logs.
fn clean(root: &Path) -> Result<()> {
    for path in LEFTOVERS {
        let _ = fs::remove_file(root.join(path));
    }
    let sweep = "find var/lib/apt/lists var/cache/apt/archives -type f -delete";
    run(Command::new("sh").args(["-c", sweep]).current_dir(root))
}

/// Debian's base with what `add` puts in.
fn on_debian(name: &str, add: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    made(name, |root| {
        let below = debian_slim()?;
        run(Command::new("tar").arg("-C").arg(root).arg("-xpf").arg(&below))?;
        fs::copy(CERTIFICATES.0, root.join(CERTIFICATES.1)).context(CERTIFICATES.0)?;
        add(root)
    })
}

/// This machine's Node.js with the image's npm, and its user `node`.
fn node() -> Result<PathBuf> {
    on_debian("node-20-bookworm-slim", |root| {
        let node = which("node")?;
        fs::copy(&node, root.join("usr/local/bin/node"))?;
        let prefix = root.join("usr/local");
        run(Command::new("npm").args(["install", "--global", "--prefix"]).arg(&prefix).arg(NPM))?;
        let user = "groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node";
        inside(root, user)
    })
}

fn node_version() -> Result<String> {
    let version = steps::output(Command::new("node").arg("--version"), "install Node.js 20")?;
    Ok(format!("ENV NODE_VERSION={}", version.trim().trim_start_matches('v')))
}

/// This machine's CPython in `/usr/local`, without byte code, as in the image.
fn python() -> Result<PathBuf> {
    on_debian("python-3.11-slim-bookworm", |root| {
        let prefix = python_says("import sys; print(sys.base_prefix)")?;
        inside(
            root,
            &format!("apt-get update && apt-get install -y --no-install-recommends {PYTHON_NEEDS}"),
        )?;
        clean(root)?;
        let local = root.join("usr/local");
        for part in ["bin", "lib", "include"] {
            run(Command::new("cp").arg("-a").arg(Path::new(&prefix).join(part)).arg(&local))?;
        }
        let strip = "rm -rf lib/python3.11/site-packages/*; \
            rm -rf $(find lib -type d \\( -name test -o -name tests -o -name idle_test -o -name __pycache__ \\)); \
            rm -f lib/libpython*.a lib/python3.11/config-*/libpython*.a; \
            find bin -mindepth 1 ! -name 'python3*' -delete; ln -sf python3 bin/python";
        run(Command::new("sh").args(["-c", strip]).current_dir(&local))?;
        let pip = "export PYTHONDONTWRITEBYTECODE=1; ldconfig; python3 -m ensurepip && \
            PIP_CERT=/opt/trusted.crt python3 -m pip install --no-cache-dir --no-compile \
            pip==24.0 setuptools==79.0.1 wheel==0.45.1 && \
            find /usr/local -name __pycache__ -prune -exec rm -rf {} + ; rm -rf /root/.cache";
        inside(root, pip)?;
        clean(root)
    })
}

fn python_version() -> Result<String> {
    let version = python_says("import platform; print(platform.python_version())")?;
    Ok(format!("ENV PYTHON_VERSION={version}"))
}

fn python_says(program: &str) -> Result<String> {
    let text =
        steps::output(Command::new("python3").args(["-c", program]), "install CPython 3.11")?;
    Ok(text.trim().to_owned())
}

fn which(program: &str) -> Result<PathBuf> {
    let shell = format!("readlink -f \"$(command -v {program})\"");
    let path = steps::output(Command::new("sh").args(["-c", &shell]), "install it")?;
    Ok(PathBuf::from(path.trim()))
}

/// Runs a command in the root folder, with the machine's names of hosts.
fn inside(root: &Path, command: &str) -> Result<()> {
    let hosts = root.join("etc/resolv.conf");
    fs::copy("/etc/resolv.conf", &hosts)?;
    let result = run(Command::new("chroot")
        .arg(root)
        .args(["/bin/sh", "-ec", command])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("DEBIAN_FRONTEND", "noninteractive"));
    fs::remove_file(&hosts)?;
    result
}

fn run(command: &mut Command) -> Result<()> {
    steps::run(
        command.stdout(Stdio::null()),
        "run as root, with debootstrap, Node.js 20 and CPython 3.11 installed",
    )
}
