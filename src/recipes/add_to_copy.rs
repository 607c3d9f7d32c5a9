//! Copies with COPY what ADD would only copy.

use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Origin};
use crate::report::Applicability;
use crate::syntax::Keyword;

/// Applies to an ADD of files of the build context that are no archives. It
/// must not apply to URLs, git repositories, archives (ADD unpacks them) and
/// names that do not tell what they are.
pub const RECIPE: Recipe = Recipe {
    id: "add-to-copy",
    title: "Copy with COPY",
    why: "ADD also unpacks archives and fetches from the network: a file that is replaced by an archive changes what the image holds. COPY does one thing.",
    applicability: Applicability::Safe,
    rewrite,
};

/// Flags that mean the same in COPY.
const SHARED_FLAGS: [&str; 4] = ["chown", "chmod", "link", "exclude"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let steps = analysis.graph.stages.iter().flat_map(|stage| &stage.steps);
    let edits: Vec<Edit> = steps
        .filter_map(|step| {
            let Operation::Copy(copy) = &step.operation else { return None };
            let instruction = analysis.instruction(step);
            let written = instruction.keyword.value == Keyword::Add
                && copy.keyword == Keyword::Add
                && instruction.flags.iter().all(|flag| SHARED_FLAGS.contains(&flag.name.as_str()));
            let plain = copy.origin == Origin::Context
                && !instruction.arguments.text.contains('$')
                && copy.sources.iter().all(|source| is_plain(analysis, source));
            (written && plain)
                .then(|| Edit::replace(instruction.keyword.span, analysis.keyword("COPY")))
        })
        .collect();
    Rewrite::of(edits, None)
}

/// True for a source that ADD copies as it is: a folder, or a file whose name
/// says that it is no archive.
fn is_plain(analysis: &Analysis<'_>, source: &str) -> bool {
    let path = crate::context::path::in_root(source);
    let remote = source.contains("://") || source.contains('@');
    if remote || source.contains(['*', '?', '[']) {
        return false;
    }
    let below = format!("{path}/");
    let entries = &analysis.context.entries;
    let folder = path.is_empty()
        || source.ends_with('/')
        || entries.iter().any(|entry| entry.path.starts_with(&below));
    let name = path.rsplit('/').next().unwrap_or(&path);
    folder
        || name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && is_text(ending))
}

/// Endings of files that are no archives and not packed.
fn is_text(ending: &str) -> bool {
    const TEXT: [&str; 30] = [
        "c", "cfg", "conf", "cpp", "css", "env", "go", "h", "html", "ini", "jar", "java", "js",
        "json", "lock", "md", "mod", "php", "py", "rb", "rs", "sh", "sql", "sum", "toml", "ts",
        "txt", "war", "xml", "yaml",
    ];
    ending == "yml" || TEXT.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn copies_files_and_folders() {
        for (before, expected) in [
            ("ADD requirements.txt /app/", "COPY requirements.txt /app/"),
            ("ADD --chown=1000 . /app", "COPY --chown=1000 . /app"),
            ("ADD a.py b.py ./", "COPY a.py b.py ./"),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{before}\n"));
            assert_eq!(result, Some(format!("FROM debian:12\n{expected}\n")));
        }
    }

    #[test]
    fn leaves_what_only_add_does() {
        for text in [
            "ADD app.tar.gz /app/",
            "ADD https://example.com/a.txt /a.txt",
            "ADD git@github.com:a/b.git /b",
            "ADD blob /app/",
            "ADD *.txt /app/",
            "ADD --checksum=sha256:0 https://example.com/a.txt /",
            "ADD $FILE /app/",
            "COPY . .",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
