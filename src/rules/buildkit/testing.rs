//! What the checks' tests share.

use crate::analysis::Analysis;
use crate::report::Project;

/// What a check finds in a Dockerfile, as `line: message`.
pub fn found(check: &str, dockerfile: &str) -> Vec<String> {
    found_in(check, &Project { dockerfile: dockerfile.to_owned(), ..Project::default() })
}

/// The same for a project with more than a Dockerfile.
pub fn found_in(check: &str, project: &Project) -> Vec<String> {
    let findings = crate::rules::check(&Analysis::new(project)).into_iter();
    let own = findings.filter(|finding| finding.aliases.iter().any(|alias| alias == check));
    own.map(|finding| format!("{}: {}", finding.line, finding.message)).collect()
}
