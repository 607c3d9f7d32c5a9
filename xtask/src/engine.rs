//! A private Docker engine for measurements: started on request in a folder of
//! its own, without bridge and firewall rules, and gone with all it stored when
//! dropped. Nothing else of `cargo xtask` needs an engine.
//!
//! There is no registry: an image comes from a root file system
//! ([`Engine::import`]) that debootstrap and the clients of the package
//! registries made ([`crate::bases`]).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::steps;

const FIX: &str = "apt-get install docker.io";
/// The client of the engine's own package; newer ones refuse old engines.
const CLIENT: &str = "/usr/bin/docker";
const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(30);

/// A running engine.
pub struct Engine {
    /// Images and build cache.
    data: PathBuf,
    /// Socket, process ids and mounts: a short path, as sockets need.
    run: PathBuf,
    daemon: Child,
}

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// The build context; its `Dockerfile` and `.dockerignore` are used.
    pub context: PathBuf,
    /// Name for the image that results.
    pub tag: String,
    /// Stage to build instead of the last.
    pub target: Option<String>,
    /// `--build-arg` values.
    pub args: BTreeMap<String, String>,
    /// Takes no step from the build cache.
    pub no_cache: bool,
}

/// What a step of an image stored, as `docker save` gives it; nothing for one
/// that only sets the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// The step that made it, as the image's history names it
    /// (`RUN /bin/sh -c …`).
    pub created_by: String,
    /// Content bytes of its regular files: no headers, padding, folders or links.
    pub bytes: u64,
    /// Entries that are not folders: files and links.
    pub files: u64,
    /// Entries that hide something of the layers below.
    pub whiteouts: u64,
    /// Bytes of the layer's tar after gzip at level 6, as pushed.
    pub gzip: u64,
    /// Content bytes and path of each regular file.
    pub listing: Vec<(u64, String)>,
}

impl Engine {
    /// True where a Docker engine is installed.
    pub fn is_available() -> bool {
        let asked = Command::new("dockerd").arg("--version").stdout(Stdio::null()).status();
        asked.is_ok_and(|status| status.success()) && Path::new(CLIENT).exists()
    }

    /// Starts an engine that stores in `data`, a folder of its own.
    pub fn start(data: &Path) -> Result<Self> {
        let run = std::env::temp_dir().join(format!("dfp-engine-{}", std::process::id()));
        fs::create_dir_all(&run)?;
        fs::create_dir_all(data)?;
        let log = fs::File::create(run.join("log"))?;
        let daemon = Command::new("dockerd")
            .args(["--iptables=false", "--bridge=none"])
            .arg(format!("--data-root={}", data.display()))
            .arg(format!("--exec-root={}", run.join("exec").display()))
            .arg(format!("--pidfile={}", run.join("pid").display()))
            .arg(format!("--host=unix://{}", run.join("socket").display()))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| steps::advice("cannot start dockerd", FIX))?;
        let mut engine = Self { data: data.to_owned(), run, daemon };
        engine.wait_until_ready()?;
        Ok(engine)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            if self.version().is_ok() {
                return Ok(());
            }
            if self.daemon.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let log = fs::read_to_string(self.run.join("log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        bail!("dockerd did not start:\n{}", last.join("\n"))
    }

    /// The engine's version.
    pub fn version(&self) -> Result<String> {
        let text = self.ask(&["version", "--format", "{{.Server.Version}}"])?;
        Ok(text.trim().to_owned())
    }

    /// A client command, to be finished and run.
    pub fn client(&self) -> Command {
        let mut command = Command::new(CLIENT);
        command
            .env("DOCKER_HOST", format!("unix://{}", self.run.join("socket").display()))
            .env("DOCKER_BUILDKIT", "1")
            .env("DOCKER_CONFIG", &self.run)
            .stdin(Stdio::null());
        command
    }

    fn ask(&self, arguments: &[&str]) -> Result<String> {
        let output = self.client().args(arguments).output()?;
        if !output.status.success() {
            bail!("docker {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Makes an image with one layer of a tar file; `changes` are Dockerfile
    /// instructions for its configuration (`ENV A=1`).
    pub fn import(&self, tar: &Path, name: &str, changes: &[String]) -> Result<()> {
        let mut command = self.client();
        command.arg("import");
        for change in changes {
            command.args(["--change", change]);
        }
        command.arg(tar).arg(name).stdout(Stdio::null());
        steps::run(&mut command, "see the engine's message")
    }

    /// Builds an image; the RUN steps share the machine's network. Returns the
    /// builder's plain progress output (`#7 CACHED`), and an error that carries
    /// it when the build fails.
    pub fn build(&self, build: &Build) -> Result<String> {
        let mut command = self.client();
        command.args(["build", "--progress=plain", "--network=host", "--tag", &build.tag]);
        if let Some(target) = &build.target {
            command.args(["--target", target]);
        }
        for (name, value) in &build.args {
            command.arg("--build-arg").arg(format!("{name}={value}"));
        }
        if build.no_cache {
            command.arg("--no-cache");
        }
        let output = command.arg(&build.context).output()?;
        let progress = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("docker build of {} failed:\n{progress}", build.context.display());
        }
        Ok(progress)
    }

    /// Content bytes of an image's files.
    pub fn size(&self, tag: &str) -> Result<u64> {
        let text = self.ask(&["image", "inspect", "--format", "{{.Size}}", tag])?;
        text.trim().parse().with_context(|| format!("the size of {tag}"))
    }

    /// One layer a step of the image's history, the lowest first; what was
    /// imported is there too, but not read.
    pub fn layers(&self, tag: &str) -> Result<Vec<Layer>> {
        let saved = self.run.join("saved.tar");
        self.ask(&["save", "--output", &saved.to_string_lossy(), tag])?;
        let layers = read_image(&|| Ok(fs::File::open(&saved)?));
        fs::remove_file(&saved)?;
        layers
    }

    /// Removes an image, and what the build cache holds.
    pub fn remove(&self, tag: &str) -> Result<()> {
        self.ask(&["image", "rm", "--force", tag])?;
        self.prune()
    }

    /// Empties the build cache.
    pub fn prune(&self) -> Result<()> {
        self.ask(&["builder", "prune", "--all", "--force"])?;
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let pid = self.daemon.id().to_string();
        let _ = Command::new("kill").arg(&pid).status();
        let deadline = Instant::now() + STOP;
        while Instant::now() < deadline && matches!(self.daemon.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
        // Containers that share the machine's network leave a mount behind.
        let network = self.run.join("exec/netns/default");
        if network.exists() {
            let _ = Command::new("umount").arg(&network).stderr(Stdio::null()).status();
        }
        for folder in [&self.run, &self.data] {
            if let Err(error) = fs::remove_dir_all(folder) {
                eprintln!("warning: {} stays: {error}", folder.display());
            }
        }
    }
}

/// Reads what `docker save` writes: each layer as a tar, the history, and a
/// manifest that orders them. `open` gives it anew.
fn read_image<R: Read + Seek>(open: &dyn Fn() -> Result<R>) -> Result<Vec<Layer>> {
    let mut links = BTreeMap::new();
    let mut documents = BTreeMap::new();
    for entry in tar::Archive::new(open()?).entries_with_seek()? {
        let entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if let Some(target) = entry.link_name()? {
            let target = target.to_string_lossy().trim_start_matches("../").to_owned();
            links.insert(path, target);
        } else if path.ends_with(".json") {
            documents.insert(path, serde_json::from_reader::<_, serde_json::Value>(entry)?);
        }
    }
    let manifest = &documents.get("manifest.json").context("no manifest.json")?[0];
    let configuration = manifest["Config"].as_str().and_then(|name| documents.get(name));
    let history = configuration.and_then(|of| of["history"].as_array()).context("no history")?;
    let mut order = manifest["Layers"].as_array().context("no layers")?.iter();
    let mut steps = Vec::new();
    let mut places = BTreeMap::new();
    for step in history {
        let created_by = step["created_by"].as_str().unwrap_or("").to_owned();
        if step["empty_layer"].as_bool() != Some(true) {
            let path = order.next().and_then(|path| path.as_str()).context("a layer is missing")?;
            let path = links.get(path).map_or(path, |target| target).to_owned();
            if !created_by.is_empty() {
                places.entry(path).or_insert_with(Vec::new).push(steps.len());
            }
        }
        steps.push(Layer { created_by, ..Layer::default() });
    }
    for entry in tar::Archive::new(open()?).entries_with_seek()? {
        let entry = entry?;
        let Some(indexes) = places.get(&*entry.path()?.to_string_lossy()) else { continue };
        let layer = read_layer(entry)?;
        for index in indexes {
            let created_by = std::mem::take(&mut steps[*index].created_by);
            steps[*index] = Layer { created_by, ..layer.clone() };
        }
    }
    Ok(steps)
}

/// Passes on what it reads, compressing it on the way to count the bytes.
struct Gzipped<R> {
    inner: R,
    gzip: GzEncoder<Counter>,
}

#[derive(Default)]
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<R: Read> Read for Gzipped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.gzip.write_all(&buffer[..read])?;
        Ok(read)
    }
}

fn read_layer(stream: impl Read) -> Result<Layer> {
    let gzip = GzEncoder::new(Counter::default(), Compression::default());
    let mut stream = Gzipped { inner: stream, gzip };
    let mut layer = Layer::default();
    for entry in tar::Archive::new(&mut stream).entries()? {
        let entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let name = path.rsplit('/').next().unwrap_or("");
        if name.starts_with(".wh.") {
            layer.whiteouts += 1;
        } else if !entry.header().entry_type().is_dir() {
            layer.files += 1;
            if entry.header().entry_type().is_file() {
                layer.bytes += entry.size();
                layer.listing.push((entry.size(), path));
            }
        }
    }
    io::copy(&mut stream, &mut io::sink())?;
    layer.gzip = stream.gzip.finish()?.0;
    Ok(layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, *content).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn a_saved_image_is_read_in_the_manifests_order() {
        let lower = tar_of(&[("etc/a", b"12345"), ("etc/b", b"1")]);
        let upper = tar_of(&[("etc/.wh.a", b""), ("etc/c", b"123")]);
        let manifest = br#"[{"Config":"c.json","Layers":["2/layer.tar","1/layer.tar"]}]"#;
        let config = br#"{"history":[{"created_by":"COPY a"},
            {"created_by":"ENV A=1","empty_layer":true},{"created_by":"RUN b"}]}"#;
        let image = tar_of(&[
            ("1/layer.tar", &upper),
            ("2/layer.tar", &lower),
            ("c.json", config),
            ("manifest.json", manifest),
        ]);
        let layers = read_image(&|| Ok(io::Cursor::new(&image))).unwrap();
        let figures: Vec<_> = layers
            .iter()
            .map(|layer| (&*layer.created_by, layer.bytes, layer.files, layer.whiteouts))
            .collect();
        assert_eq!(figures, [("COPY a", 6, 2, 0), ("ENV A=1", 0, 0, 0), ("RUN b", 3, 1, 1)]);
        assert!([0, 2].iter().all(|step| layers[*step].gzip > 20 && layers[*step].gzip < 1000));
    }
}
