//! Findings of several rules about one thing: the user is told once.

use crate::report::Finding;

/// A rule, and those that say nothing new beside it in the same line: it has the
/// better message, figures, or the fix.
const SAME: &[(&str, &[&str])] = &[
    (
        "cache-left-behind",
        &[
            "apk-no-cache",
            "apt-lists-left",
            "dnf-clean",
            "pip-no-cache-dir",
            "yarn-cache-clean",
            "yum-clean",
            "zypper-clean",
        ],
    ),
    ("duplicate-stage-name", &["stage-name-twice"]),
    ("from-platform-flag-const-disallowed", &["from-fixed-platform"]),
    ("json-args-recommended", &["shell-form-start"]),
    ("maintainer-deprecated", &["maintainer"]),
    ("redundant-target-platform", &["redundant-platform"]),
    ("relative-workdir", &["workdir-relative-path"]),
    ("reserved-stage-name", &["stage-name-reserved"]),
    ("runs-as-root", &["last-user-root"]),
    ("secret-in-command", &["secrets-used-in-arg-or-env", "sensitive-variable"]),
    ("secrets-used-in-arg-or-env", &["sensitive-variable"]),
    ("source-not-in-context", &["copy-ignored-file"]),
    ("unknown-stage", &["copy-from-no-stage"]),
];

/// Marks the findings that say what another one in the same line says. They are
/// in the order of their lines.
pub fn mark(findings: &mut [Finding]) {
    for line in findings.chunk_by_mut(|a, b| a.line == b.line) {
        for (rule, others) in SAME {
            if !line.iter().any(|finding| finding.rule == *rule) {
                continue;
            }
            let same = line.iter_mut().filter(|finding| others.contains(&&*finding.rule));
            same.filter(|finding| finding.same_as.is_none())
                .for_each(|finding| finding.same_as = Some((*rule).to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{check, list};
    use super::SAME;
    use crate::{Analysis, Project};

    #[test]
    fn tells_once() {
        let dockerfile = "FROM debian:12\nMAINTAINER me\nENV TOKEN=a\n".to_owned();
        let project = Project { dockerfile, ..Project::default() };
        let found = check(&Analysis::new(&project)).into_iter();
        let same: Vec<_> = found.filter_map(|f| Some((f.rule, f.same_as?))).collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            same,
            [
                pair("maintainer", "maintainer-deprecated"),
                pair("sensitive-variable", "secrets-used-in-arg-or-env")
            ]
        );
    }

    #[test]
    fn names_rules() {
        let names = SAME.iter().flat_map(|(rule, others)| others.iter().chain([rule]));
        let known = |name: &&&str| list().any(|rule| rule.id == **name);
        assert_eq!(names.filter(|name| !known(name)).count(), 0);
    }
}
