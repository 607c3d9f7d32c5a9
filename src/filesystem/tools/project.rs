//! What the tools that build a project share: what they read, and how they
//! write content whose size is a figure of the table.

use crate::context::{Role, role};
use crate::data::Fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind, Range};

/// Content whose size is a fact.
pub struct Content<'c> {
    /// Its size in bytes.
    pub size: Fact,
    /// What to multiply the size with.
    pub factor: f64,
    /// Its files.
    pub files: u64,
    /// What sort of bytes.
    pub kind: Kind,
    /// How well they compress.
    pub compression: f64,
    /// What they are made from.
    pub identity: Identity,
    /// What it is, for people.
    pub what: &'c str,
}

/// A size times a count, each with its bounds: known no better than the count.
pub fn times(size: Fact, count: &Fact) -> Fact {
    Fact {
        low: size.low * count.low,
        expected: size.expected * count.expected,
        high: size.high * count.high,
        kind: if count.kind == EvidenceKind::Given { size.kind } else { count.kind },
        ..size
    }
}

impl Content<'_> {
    /// Writes it at an absolute path.
    pub fn write(self, machine: &mut Machine<'_>, path: &str) {
        let output = Output {
            bytes: self.size.bytes().scale(self.factor),
            files: self.files,
            kind: self.kind,
            compression: Compression(self.compression),
            identity: self.identity,
            label: Some(self.what.into()),
            evidence: self.size.evidence(self.what),
        };
        machine.write(path, output);
    }
}

/// The content identity of a folder's manifests: its files whose names end so.
pub fn manifests(machine: &Machine<'_>, folder: &str, names: &[&str]) -> Identity {
    let read = machine.tree().subtree(folder).filter(|(path, entry)| {
        entry.kind == Kind::Manifest && names.iter().any(|name| path.ends_with(name))
    });
    Identity::of_all(read.map(|(path, entry)| (path, entry.identity)))
}

/// Bytes of the project's own files in a folder that are known one by one,
/// whose names end so, save tests and declarations of types; `None` where
/// there are none.
pub fn code(machine: &Machine<'_>, folder: &str, endings: &[&str]) -> Option<Range> {
    let is_code = |path: &str| {
        let ends = path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending));
        // A package of Java may be named so.
        let tests = || role(path) == Role::Test && !path.contains("src/main/");
        ends && !path.ends_with(".d.ts") && !tests()
    };
    let base = folder.trim_end_matches('/').len() + 1;
    let all = machine.tree().subtree(folder);
    let bytes: Range = all
        .filter(|(path, entry)| {
            entry.kind == Kind::Source && is_code(path.get(base..).unwrap_or(""))
        })
        .map(|(_, entry)| entry.bytes)
        .sum();
    (bytes.expected > 0).then_some(bytes)
}

/// A figure of the table with bytes that follow from others.
pub fn sized(fact: &Fact, bytes: Range) -> Fact {
    Fact {
        low: bytes.low as f64,
        expected: bytes.expected as f64,
        high: bytes.high as f64,
        ..fact.clone()
    }
}

/// A path in a folder.
pub fn inside(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

/// The names of files of the folder that the rest of the Dockerfile takes.
pub fn wanted<'m>(machine: &'m Machine<'_>, folder: &str) -> Vec<&'m str> {
    let names = machine.world.wanted.iter().filter_map(|path| {
        let name = path.strip_prefix(folder)?.strip_prefix('/')?;
        (!name.is_empty() && !name.contains(['*', '?', '/', '$'])).then_some(name)
    });
    names.collect()
}

/// The files of an output folder anywhere below `folder` that the rest of the
/// Dockerfile takes, with `*` filled in: `*.jar` is `app.jar`.
pub fn outputs(machine: &Machine<'_>, folder: &str, output: &str) -> Vec<String> {
    let taken = machine.world.wanted.iter().filter(|path| {
        path.strip_prefix(folder.trim_end_matches('/'))
            .is_some_and(|rest| rest.contains(output) && !rest.contains('$'))
    });
    let files = taken.filter(|path| path.ends_with(".jar") || path.ends_with(".war"));
    files.map(|path| path.replace("/*", "/app").replace(['*', '?'], "1")).collect()
}

/// The final stage's tree of a Dockerfile for the assumed project.
#[cfg(test)]
pub fn tree(dockerfile: &str) -> crate::filesystem::tree::Tree {
    let project = crate::Project { dockerfile: dockerfile.to_owned(), ..Default::default() };
    let analysis = crate::Analysis::new(&project);
    analysis.evaluation.stages.last().expect("a stage").tree.clone()
}

#[cfg(test)]
mod tests {
    use crate::{Analysis, Project};

    /// The expected bytes of a path after a build of listed files.
    fn built(text: &str, listing: &str, manifests: &[(&str, &str)], path: &str) -> u64 {
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let project = Project {
            dockerfile: text.to_owned(),
            context: Some(listing.to_owned()),
            manifests: manifests.iter().map(own).collect(),
            ..Project::default()
        };
        let analysis = Analysis::new(&project);
        let tree = &analysis.evaluation.stages.last().expect("a stage").tree;
        tree.subtree(path).map(|(_, entry)| entry.bytes.expected).sum()
    }

    #[test]
    fn what_is_compiled_follows_the_sources_and_not_the_tests() {
        let c = "FROM gcc:12\nWORKDIR /a\nCOPY . .\nRUN make\nCMD [\"./a\"]\n";
        let small = built(c, "900\ta.c\n9\tMakefile\n", &[], "/a/a");
        let large = built(c, "900000\ta.c\n9\tMakefile\n", &[], "/a/a");
        assert!(small < 20_000 && large > 300_000, "{small} {large}");

        let pom =
            [("pom.xml", "<project><artifactId>a</artifactId><version>1</version></project>")];
        let java = "FROM maven:3-eclipse-temurin-21\nWORKDIR /a\nCOPY . .\nRUN mvn package\n";
        let jar = |listing: &str| built(java, listing, &pom, "/a/target/a-1.jar");
        let small = jar("900\tsrc/main/java/test/A.java\n90000\tsrc/test/java/B.java\n");
        let large = jar("90000\tsrc/main/java/test/A.java\n90\tpom.xml\n");
        assert!(small < 5_000 && large > 20_000, "{small} {large}");

        let package = [("package.json", r#"{"scripts": {"build": "tsc -p ."}}"#)];
        let node = "FROM node:20\nWORKDIR /a\nCOPY . .\nRUN npm run build\n";
        let script = |listing: &str| built(node, listing, &package, "/a/dist");
        let small = script("900\tsrc/a.ts\n90000\tsrc/a.test.ts\n90000\tsrc/a.d.ts\n");
        let large = script("900000\tsrc/a.ts\n90\tpackage.json\n");
        assert!(small < 5_000 && large > 500_000, "{small} {large}");
    }

    #[test]
    fn maven_fetches_more_to_go_offline() {
        let pom = [("pom.xml", "<project><artifactId>a</artifactId></project>")];
        let run = |goals: &str| {
            let text =
                format!("FROM maven:3-eclipse-temurin-21\nWORKDIR /a\nCOPY . .\nRUN mvn {goals}\n");
            built(&text, "90\tpom.xml\n", &pom, "/root/.m2")
        };
        assert!(run("package") < run("dependency:go-offline"));
    }
}
