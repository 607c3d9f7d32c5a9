//! `pom.xml`, Maven's: the project's own names and dependencies.

use super::{Problem, problem_at};

use crate::sorted::Map;

/// Deepest nesting that is read.
const DEPTH_LIMIT: usize = 64;

/// A `pom.xml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pom {
    /// `artifactId`.
    pub artifact_id: String,
    /// `version`; a module may have its parent's.
    pub version: Option<String>,
    /// The parent's `artifactId`.
    pub parent: Option<String>,
    /// The parent's `version`.
    pub parent_version: Option<String>,
    /// `packaging`: `jar` if none is given.
    pub packaging: Option<String>,
    /// `build.finalName`: the archive's name without its extension.
    pub final_name: Option<String>,
    /// `properties`, not expanded: `java.version` → `21`.
    pub properties: Map<String, String>,
    /// `modules`: folders.
    pub modules: Vec<String>,
    /// `dependencies`, without those of profiles and plugins.
    pub dependencies: Vec<MavenDependency>,
    /// Artifacts of `build.plugins`.
    pub plugins: Vec<String>,
}

/// A dependency of Maven.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MavenDependency {
    /// `groupId`.
    pub group_id: String,
    /// `artifactId`.
    pub artifact_id: String,
    /// `scope`: `compile` if none is given.
    pub scope: Option<String>,
}

/// A piece of the markup.
enum Piece<'a> {
    Open(&'a str),
    Close,
    Empty,
    Text(&'a str),
}

/// Reads a `pom.xml`.
pub(super) fn read(text: &str) -> Result<Pom, Problem> {
    let mut pom = Pom::default();
    let mut way: Vec<&str> = Vec::new();
    let mut position = 0;
    while position < text.len() {
        let start = position;
        let fail = |message: &str| problem_at(text, start, format!("Not XML: {message}"));
        let (piece, end) = next(text, position).ok_or_else(|| fail("a tag without its end"))?;
        position = end;
        match piece {
            Some(Piece::Open(_)) if way.len() >= DEPTH_LIMIT => {
                return Err(fail("nested more than 64 levels deep"));
            }
            Some(Piece::Open(name)) => {
                way.push(name);
                pom.open(&way);
            }
            Some(Piece::Close) => {
                way.pop().ok_or_else(|| fail("an end without a beginning"))?;
            }
            Some(Piece::Text(content)) => pom.add(&way, content.trim()),
            Some(Piece::Empty) | None => {}
        }
    }
    if pom.artifact_id.is_empty() {
        return Err(problem_at(text, 0, "Not a pom.xml: no `artifactId`".to_owned()));
    }
    Ok(pom)
}

/// The next piece and the offset after it; no piece for comments and the like.
fn next(text: &str, position: usize) -> Option<(Option<Piece<'_>>, usize)> {
    let rest = &text[position..];
    let until = |end: &str| rest.find(end).map(|i| position + i + end.len());
    if rest.starts_with("<!--") {
        return Some((None, until("-->")?));
    }
    if let Some(content) = rest.strip_prefix("<![CDATA[") {
        let length = content.find("]]>")?;
        return Some((Some(Piece::Text(&content[..length])), until("]]>")?));
    }
    if rest.starts_with("<?") || rest.starts_with("<!") {
        return Some((None, until(">")?));
    }
    let Some(tag) = rest.strip_prefix('<') else {
        let length = rest.find('<').unwrap_or(rest.len());
        return Some((Some(Piece::Text(&rest[..length])), position + length));
    };
    let tag = &tag[..tag.find('>')?];
    let name = tag.split([' ', '\t', '\r', '\n']).next().unwrap_or(tag);
    let piece = match (tag.starts_with('/'), tag.ends_with('/')) {
        (true, _) => Piece::Close,
        (false, true) => Piece::Empty,
        (false, false) => Piece::Open(name),
    };
    Some((Some(piece), position + tag.len() + 2))
}

impl Pom {
    fn open(&mut self, way: &[&str]) {
        if way == ["project", "dependencies", "dependency"] {
            self.dependencies.push(MavenDependency::default());
        }
    }

    fn add(&mut self, way: &[&str], content: &str) {
        if content.is_empty() {
            return;
        }
        let owned = content.to_owned();
        match way {
            ["project", "artifactId"] => self.artifact_id = owned,
            ["project", "version"] => self.version = Some(owned),
            ["project", "parent", "artifactId"] => self.parent = Some(owned),
            ["project", "parent", "version"] => self.parent_version = Some(owned),
            ["project", "packaging"] => self.packaging = Some(owned),
            ["project", "build", "finalName"] => self.final_name = Some(owned),
            ["project", "properties", name] => drop(self.properties.insert((*name).into(), owned)),
            ["project", "modules", "module"] => self.modules.push(owned),
            ["project", "build", "plugins", "plugin", "artifactId"] => self.plugins.push(owned),
            ["project", "dependencies", "dependency", field] => self.add_to_last(field, owned),
            _ => {}
        }
    }

    fn add_to_last(&mut self, field: &str, content: String) {
        let Some(dependency) = self.dependencies.last_mut() else { return };
        match field {
            "groupId" => dependency.group_id = content,
            "artifactId" => dependency.artifact_id = content,
            "scope" => dependency.scope = Some(content),
            _ => {}
        }
    }
}
