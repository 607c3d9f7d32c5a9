//! Reads a pair of builds: sections that begin with `== NAME`, after a line or
//! two that say what the pair shows. See `cache/README.md`.

use std::collections::HashMap;
use std::path::Path;
use std::{fs, io};

/// Two builds, the second after a change.
pub struct Pair {
    /// The file's name without its ending.
    pub name: String,
    pub dockerfile: String,
    pub dockerfile_after: Option<String>,
    pub dockerignore: Option<String>,
    pub dockerignore_after: Option<String>,
    pub context: Vec<File>,
    pub build_args: Vec<(String, String)>,
    pub target: Option<String>,
    /// Each as `KIND:VALUE`.
    pub changes: Vec<String>,
    /// What of BuildKit's source settles it; `None`: the engine does.
    pub source: Option<String>,
    pub steps: Vec<Step>,
}

/// A file of the build context.
pub struct File {
    pub path: String,
    pub executable: bool,
    /// Its one line.
    pub content: String,
}

/// A step of the second build.
pub struct Step {
    pub stage: u32,
    pub line: u32,
    /// `cached`, `run` or `unneeded`.
    pub status: String,
    pub text: String,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {} {}", self.stage, self.line, self.status, self.text)
    }
}

/// The pairs of a folder by name.
pub fn read_all(folder: &Path) -> io::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path)?;
            let pair = Pair::parse(name, &text);
            pairs.push(
                pair.map_err(|problem| io::Error::other(format!("{}: {problem}", path.display())))?,
            );
        }
    }
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(pairs)
}

impl Pair {
    pub fn parse(name: String, text: &str) -> Result<Self, String> {
        let sections = text.split("\n== ").skip(1).filter_map(|section| section.split_once('\n'));
        let mut sections: HashMap<&str, &str> = sections.collect();
        let mut whole =
            |name| sections.remove(name).map(|text| format!("{}\n", text.trim_end_matches('\n')));
        let pair = Self {
            name,
            dockerfile: whole("Dockerfile").ok_or("no Dockerfile")?,
            dockerfile_after: whole("Dockerfile after"),
            dockerignore: whole(".dockerignore"),
            dockerignore_after: whole(".dockerignore after"),
            context: lines(whole("context"))
                .map(|line| file(&line))
                .collect::<Option<_>>()
                .ok_or("context: PATH: CONTENT")?,
            build_args: lines(whole("build args"))
                .map(|line| Some(line.split_once('=')?).map(|(k, v)| (k.to_owned(), v.to_owned())))
                .collect::<Option<_>>()
                .ok_or("build args: NAME=VALUE")?,
            target: lines(whole("target")).next(),
            changes: lines(whole("change")).collect(),
            source: whole("source"),
            steps: lines(whole("steps"))
                .map(|line| step(&line))
                .collect::<Option<_>>()
                .ok_or("steps: STAGE LINE STATUS TEXT")?,
        };
        match sections.keys().next() {
            Some(unknown) => Err(format!("unknown section {unknown}")),
            None => Ok(pair),
        }
    }
}

fn lines(text: Option<String>) -> impl Iterator<Item = String> {
    let lines: Vec<String> = text.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
    lines.into_iter().filter(|line| !line.is_empty())
}

/// `PATH: CONTENT`, or `PATH*: CONTENT` for what may be executed.
fn file(line: &str) -> Option<File> {
    let (path, content) = line.split_once(':')?;
    Some(File {
        path: path.trim_end_matches('*').to_owned(),
        executable: path.ends_with('*'),
        content: content.trim_start().to_owned(),
    })
}

fn step(line: &str) -> Option<Step> {
    let mut words = line.splitn(4, ' ');
    Some(Step {
        stage: words.next()?.parse().ok()?,
        line: words.next()?.parse().ok()?,
        status: words.next()?.to_owned(),
        text: words.next()?.to_owned(),
    })
}
