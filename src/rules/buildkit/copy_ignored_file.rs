//! `.dockerignore` takes a source of COPY or ADD out of the build context.
//! Silent where the file has exceptions, as BuildKit is.
//!
//! ```dockerfile
//! COPY dist /srv
//! ```
//!
//! ```dockerignore
//! dist
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! COPY dist /srv
//! ```
//!
//! ```dockerignore
//! node_modules
//! ```

use super::{dispatched, steps};
use crate::context::path;
use crate::graph::{Operation, Origin};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::{Keyword, quote};

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-ignored-file",
    aliases: &["CopyIgnoredFile"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut found = Vec::new();
        for (instruction, step) in dispatched(analysis).flat_map(|stage| steps(analysis, stage)) {
            let Operation::Copy(copy) = &step.operation else { continue };
            if copy.origin != Origin::Context {
                continue;
            }
            let command = if copy.keyword == Keyword::Add { "Add" } else { "Copy" };
            let hidden = copy.sources.iter().filter(|source| !is_remote(source));
            for source in hidden.filter(|source| analysis.ignore.hides_copy_source(source)) {
                let file = quote(&path::clean(source));
                let message = format!(
                    "Attempting to {command} file {file} that is excluded by .dockerignore"
                );
                found.push((instruction.span, message));
            }
        }
        found
    },
};

fn is_remote(source: &str) -> bool {
    ["http://", "https://", "git@"].iter().any(|scheme| source.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::super::testing::found_in;
    use crate::report::Project;

    #[test]
    fn fires_without_exceptions_only() {
        let of = |ignore: &str| {
            let dockerfile = "FROM scratch\nCOPY ./a b /\nADD a https://a.b/a /\n".to_owned();
            let dockerignore = ignore.to_owned();
            found_in("CopyIgnoredFile", &Project { dockerfile, dockerignore, ..Project::default() })
        };
        let excluded = "that is excluded by .dockerignore";
        let messages = [
            format!("2: Attempting to Copy file \"a\" {excluded}"),
            format!("3: Attempting to Add file \"a\" {excluded}"),
        ];
        assert_eq!(of("a\n"), messages);
        assert!(of("a\n!c\n").is_empty());
    }
}
