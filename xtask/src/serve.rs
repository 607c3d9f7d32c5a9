//! `cargo xtask serve`: the site on this machine.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Result, anyhow, bail};
use lexopt::prelude::*;

use crate::http::{self, Response};
use crate::steps::{advice, explain};
use crate::{Outcome, paths, site};

/// What the pages may do; their own meta elements say the same for hosts that
/// send no headers.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; trusted-types lit-html playground";

/// With `--watch`, pages load this script, which reloads them after a build.
const RELOAD_PATH: &str = "/_xtask/reload.js";
const BUILDS_PATH: &str = "/_xtask/builds";
const RELOAD: &str = "\
const builds = async () => (await fetch('/_xtask/builds')).text();
const first = await builds();
setInterval(async () => {
  if ((await builds().catch(() => first)) !== first) location.reload();
}, 500);
";

/// With `--watch`, this takes the place of the service worker, which would go on
/// serving the pages of an earlier build.
const WORKER_PATH: &str = "/sw.js";
const NO_WORKER: &str = "\
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(registration.unregister()));
";

const POLL: Duration = Duration::from_millis(300);

struct Options {
    port: u16,
    watch: bool,
    build: bool,
}

/// Runs the command.
pub fn command(arguments: lexopt::Parser) -> Result<Outcome> {
    let options = parse(arguments)?;
    let site = Site::bind(options.port, options.watch)?;
    let mut seen = state();
    match (options.build, options.watch) {
        (true, true) => rebuild(),
        (true, false) => site::build()?,
        (false, _) => check_built()?,
    }
    println!("Serving Dockerfile Playground at {} (Ctrl+C stops)", site.address());
    let builds = site.pages.builds.clone();
    site.start();
    loop {
        std::thread::sleep(POLL);
        if options.watch && state() != seen {
            seen = state();
            rebuild();
            builds.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Builds the site and serves it at a free port for as long as this program runs;
/// its address.
pub fn built() -> Result<String> {
    site::build()?;
    let site = Site::bind(0, false)?;
    let address = site.address();
    site.start();
    Ok(address)
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    let mut options = Options { port: 8080, watch: false, build: true };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => options.port = arguments.value()?.parse()?,
            Long("watch") => options.watch = true,
            Long("no-build") => options.build = false,
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(options)
}

/// Rebuilds, and says so when that fails: the next change may fix it.
fn rebuild() {
    if let Err(error) = site::build() {
        eprintln!("{}", explain(&error));
    }
}

fn check_built() -> Result<()> {
    if !paths::dist().join("index.html").exists() {
        bail!(advice("there is no site in dist/", "run `cargo xtask build`"));
    }
    Ok(())
}

/// The watched files and when they changed.
fn state() -> Vec<(Option<SystemTime>, PathBuf)> {
    let root = paths::root();
    let names = ["src", "data", "www", "vite.config.ts", "Cargo.toml", "package-lock.json"];
    let mut watched: Vec<PathBuf> = names.iter().map(|name| root.join(name)).collect();
    watched.extend(paths::pages());
    let modified = |file: &Path| fs::metadata(file).and_then(|data| data.modified()).ok();
    let files = paths::files(&watched).into_iter();
    files.map(|file| (modified(&file), file)).collect()
}

/// A server of dist/.
pub struct Site {
    listener: TcpListener,
    address: SocketAddr,
    pages: Pages,
}

/// What the server answers.
struct Pages {
    /// Builds so far, where pages reload after one.
    builds: Arc<AtomicU64>,
    reload: bool,
}

impl Site {
    /// Takes the port (0: any free one).
    pub fn bind(port: u16, reload: bool) -> Result<Self> {
        let bound = TcpListener::bind(("127.0.0.1", port))
            .and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| {
            let fix = "stop what uses the port, or choose another with --port N";
            anyhow!(advice(&format!("cannot serve at port {port}: {error}"), fix))
        })?;
        Ok(Self { listener, address, pages: Pages { builds: Arc::default(), reload } })
    }

    /// The site's address, with a final slash.
    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers requests from now on.
    pub fn start(self) {
        http::serve(self.listener, move |target| {
            self.pages.get(target.split(['?', '#']).next().unwrap_or_default())
        });
    }
}

impl Pages {
    fn get(&self, path: &str) -> Response {
        match path {
            RELOAD_PATH if self.reload => response(200, "text/javascript", RELOAD),
            WORKER_PATH if self.reload => response(200, "text/javascript", NO_WORKER),
            BUILDS_PATH if self.reload => {
                response(200, "text/plain", self.builds.load(Ordering::Relaxed).to_string())
            }
            _ => match file(path).and_then(|file| Some((fs::read(&file).ok()?, file))) {
                Some((bytes, file)) => self.page(bytes, mime(&file)),
                None => response(404, "text/plain", "not found"),
            },
        }
    }

    fn page(&self, bytes: Vec<u8>, mime: &str) -> Response {
        if !(self.reload && mime == "text/html") {
            return response(200, mime, bytes);
        }
        let script = format!("<script type=\"module\" src=\"{RELOAD_PATH}\"></script></head>");
        let html = String::from_utf8_lossy(&bytes).replacen("</head>", &script, 1);
        response(200, mime, html)
    }
}

/// The file of dist/ that a URL's path names.
fn file(path: &str) -> Option<PathBuf> {
    let relative = PathBuf::from(path.trim_start_matches('/'));
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let file = paths::dist().join(relative);
    let file = if file.is_dir() { file.join("index.html") } else { file };
    (inside && file.is_file()).then_some(file)
}

fn response(status: u16, mime: &str, body: impl Into<Vec<u8>>) -> Response {
    let charset = if mime.starts_with("text/") { "; charset=utf-8" } else { "" };
    let headers = vec![
        ("Content-Type", format!("{mime}{charset}")),
        ("Content-Security-Policy", POLICY.to_owned()),
        // Pages of other origins embed the playground, as static hosts allow it.
        ("Access-Control-Allow-Origin", "*".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Referrer-Policy", "no-referrer".to_owned()),
        ("Cache-Control", "no-cache".to_owned()),
    ];
    Response { status, headers, body: body.into() }
}

fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js" | "mjs") => "text/javascript",
        Some("css") => "text/css",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain",
        _ => "application/octet-stream",
    }
}
