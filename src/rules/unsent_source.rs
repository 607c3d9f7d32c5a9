//! COPY or ADD names something that is not in the build context, or that
//! `.dockerignore` takes out.
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

use super::Rule;
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "source-not-in-context",
    aliases: &[],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let stages = analysis.graph.stages.iter().zip(&analysis.evaluation.stages);
        let steps = stages.flat_map(|(stage, state)| stage.steps.iter().zip(&state.steps));
        let missing =
            steps.flat_map(|(step, done)| done.missing.iter().map(move |source| (step, source)));
        missing
            // In an assumed project, what a wildcard finds is not known.
            .filter(|(_, source)| !analysis.context.assumed || is_ignored(analysis, source))
            .map(|(step, source)| {
                let message = if is_ignored(analysis, source) {
                    format!(".dockerignore takes {source} out of the build context: the build fails here")
                } else {
                    format!("{source} is not in the build context: the build fails here")
                };
                (analysis.instruction(step).span, message)
            })
            .collect()
    },
};

fn is_ignored(analysis: &crate::Analysis<'_>, source: &str) -> bool {
    let path = crate::context::path::in_root(source);
    !path.is_empty() && analysis.ignore.decide(&path).ignored
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::messages_in;
    use super::RULE;
    use crate::Project;

    fn messages(dockerfile: &str) -> Vec<String> {
        let project = Project {
            dockerfile: dockerfile.to_owned(),
            dockerignore: "dist\n".to_owned(),
            context: Some("9\ta.js\n9\tdist/b.js\n".to_owned()),
            ..Project::default()
        };
        messages_in(&RULE, &project)
    }

    #[test]
    fn fires() {
        let ignored = messages("FROM a:1\nCOPY dist /srv");
        assert!(ignored[0].starts_with(".dockerignore takes dist out"), "{ignored:?}");
        let missing = messages("FROM a:1\nCOPY b.js /srv/");
        assert!(missing[0].starts_with("b.js is not in the build context"), "{missing:?}");
    }

    #[test]
    fn is_silent() {
        assert!(messages("FROM a:1\nCOPY a.js /srv/\nCOPY . /all").is_empty());
    }
}
