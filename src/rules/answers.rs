//! Which recipes resolve what a rule finds.

/// Rules, each with the recipes that resolve its findings, the best one first.
/// (Rules with an edit of their own at the finding's place need none.)
const ANSWERS: &[(&str, &[&str])] = &[
    ("apt-lists-left", &["apt-lists"]),
    ("apt-recommends", &["apt-no-recommends"]),
    (
        "build-tools-left",
        &[
            "next-standalone",
            "node-multi-stage",
            "python-environment",
            "python-multi-stage",
            "go-multi-stage",
            "rust-multi-stage",
            "java-multi-stage",
            "dotnet-multi-stage",
            "ruby-multi-stage",
            "php-multi-stage",
            "native-multi-stage",
            "static-site-nginx",
            "node-production-dependencies",
            "jre-runtime",
            "build-tools-removed",
        ],
    ),
    (
        "cache-busting-order",
        &["manifests-first", "python-manifests-first", "dependencies-first", "late-arguments"],
    ),
    (
        "cache-left-behind",
        &[
            "apt-lists",
            "apk-no-cache",
            "dnf-clean",
            "npm-cache-clean",
            "pip-no-cache",
            "gem-cache-clean",
        ],
    ),
    ("cd-in-run", &["workdir"]),
    ("consecutive-runs", &["merge-runs"]),
    ("copies-secrets", &["secret-file", "dockerignore"]),
    ("copies-unwanted-files", &["dockerignore"]),
    ("dnf-clean", &["dnf-clean"]),
    ("hidden-bytes", &["remove-where-made", "copy-chown", "copy-chmod"]),
    ("json-args-recommended", &["exec-form"]),
    ("last-user-root", &["non-root-user", "create-user"]),
    ("latest-tag", &["pin-tag"]),
    ("no-healthcheck", &["healthcheck"]),
    ("runs-as-root", &["non-root-user", "create-user"]),
    ("secrets-used-in-arg-or-env", &["secret-argument"]),
    ("shell-form-start", &["exec-form"]),
    ("stale-package-lists", &["apt-update"]),
    ("stored-again", &["copy-chown", "copy-chmod"]),
    ("untagged-image", &["pin-tag"]),
    ("unused-context", &["dockerignore"]),
    ("unused-stage", &["unused-stages"]),
    ("yarn-cache-clean", &["npm-cache-clean"]),
    ("yum-clean", &["dnf-clean"]),
];

/// Rules that are resolved by arranging the file anew, not at the place found.
const OF_THE_WHOLE: [&str; 2] = ["build-tools-left", "cache-busting-order"];

/// True when a recipe resolves the rule's findings wherever it edits.
pub fn is_of_the_whole(rule: &str) -> bool {
    OF_THE_WHOLE.contains(&rule)
}

/// The recipes that resolve a rule's findings, the best one first.
pub fn recipes(rule: &str) -> &'static [&'static str] {
    ANSWERS.iter().find(|(known, _)| *known == rule).map_or(&[], |(_, recipes)| recipes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ANSWERS, OF_THE_WHOLE};
    use crate::recipes;
    use crate::rules::list;

    #[test]
    fn names_rules_and_recipes() {
        let rules: BTreeSet<_> = list().map(|rule| rule.id).collect();
        let known: BTreeSet<_> = recipes::ids().collect();
        for (rule, answers) in ANSWERS {
            assert!(rules.contains(rule), "no rule {rule}");
            for recipe in *answers {
                assert!(known.contains(recipe), "{rule}: no recipe {recipe}");
            }
        }
        let answered = |rule: &&str| ANSWERS.iter().any(|(known, _)| known == rule);
        assert!(OF_THE_WHOLE.iter().all(answered));
        assert!(ANSWERS.is_sorted_by(|(a, _), (b, _)| a < b), "in order, each once");
    }
}
