//! What was measured.

use std::collections::BTreeMap;

use serde::Deserialize;

pub struct Readings {
    pub native: Native,
    /// Bytes for the syntax tree and for the report, by size.
    pub memory: Vec<(String, [u64; 2])>,
    pub scripts: Scripts,
    pub hadolint: Hadolint,
}

#[derive(Deserialize)]
pub struct Native {
    readings: Vec<Reading>,
    pub accepted: BTreeMap<String, Accepted>,
}

/// The real files that a parser accepts, and our own time on the same ones.
#[derive(Deserialize)]
pub struct Accepted {
    pub files: usize,
    pub lines: usize,
    pub theirs: f64,
    pub ours: f64,
}

#[derive(Deserialize)]
pub struct Scripts {
    pub node: Script,
    pub browser: Script,
}

#[derive(Deserialize)]
pub struct Script {
    readings: Vec<Reading>,
    pub memory: Vec<Memory>,
    pub version: String,
}

/// The WebAssembly memory after the report of an input.
#[derive(Deserialize)]
pub struct Memory {
    pub input: String,
    pub bytes: u64,
}

/// Nanoseconds.
#[derive(Deserialize)]
pub struct Reading {
    tool: String,
    part: String,
    input: String,
    pub runs: usize,
    /// `None` where it was no first one.
    pub first: Option<f64>,
    pub least: f64,
    pub median: f64,
    pub p95: f64,
}

/// Nanoseconds: of all files with a process each, and all in one call.
pub struct Hadolint {
    pub alone: f64,
    pub together: f64,
}

/// Where something runs.
pub trait Runtime {
    fn readings(&self) -> &[Reading];

    /// What a tool took for its part on an input.
    fn find(&self, tool: &str, part: &str, input: &str) -> Option<&Reading> {
        let asked = |one: &&Reading| one.tool == tool && one.part == part && one.input == input;
        self.readings().iter().find(asked)
    }
}

impl Runtime for Native {
    fn readings(&self) -> &[Reading] {
        &self.readings
    }
}

impl Runtime for Script {
    fn readings(&self) -> &[Reading] {
        &self.readings
    }
}
