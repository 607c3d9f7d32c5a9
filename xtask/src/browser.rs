//! A Chromium for the end-to-end tests.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::steps::advice;
use crate::toolchain::{apt_install, is_debian};

/// Programs on PATH, best first.
const NAMES: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome.exe",
    "msedge.exe",
];

/// Where other systems put them.
const PLACES: [&str; 5] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

const FIX: &str = "install Chromium or Chrome, or set CHROMIUM to the browser's path";

/// The browser that `CHROMIUM` names, or the first one found; Debian's is
/// installed where there is none.
pub fn find() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if !path.exists() {
            bail!(advice(&format!("CHROMIUM is {}, which is not there", path.display()), FIX));
        }
        return Ok(path);
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    if !is_debian() {
        bail!(advice("no Chromium found", FIX));
    }
    apt_install(&["chromium"])?;
    installed().context("Debian's chromium is installed, yet not on PATH")
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    on_path.or_else(|| PLACES.iter().map(Path::new).find(|file| file.exists()).map(Into::into))
}
