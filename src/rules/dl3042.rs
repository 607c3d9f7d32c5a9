//! `pip install` that keeps its cache (DL3042).
//!
//! What pip downloads stays in the layer and is never used again. Fires without
//! `--no-cache-dir`, a true PIP_NO_CACHE_DIR from ENV or in the RUN, or a cache or
//! tmpfs mount at `.cache/pip`.
//!
//! ```dockerfile
//! RUN pip install -r requirements.txt
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN pip install --no-cache-dir -r requirements.txt
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, Run, Stages, in_sequences, unquoted};
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "pip leaves its cache in the layer: add --no-cache-dir, or use a cache mount";

/// The rule.
pub const RULE: Rule = Rule {
    id: "pip-no-cache-dir",
    aliases: &["DL3042"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: Some(QuickFix {
        title: "Add --no-cache-dir",
        edits: |_, step| {
            add_option(step, |call| lacks_option(call).then_some("install"), "--no-cache-dir")
        },
    }),
    check: |facts| {
        in_sequences(facts, MESSAGE, |steps| {
            let mut stages = Stages::<bool>::default();
            let mut found = Vec::new();
            for step in steps {
                stages.follow(step.instruction);
                if let Body::Env(pairs) = &step.instruction.body {
                    let set = pairs.iter().find(|pair| pair.key.text == VARIABLE);
                    let value = set.map(|pair| unquoted(&pair.value.text));
                    *stages.current() |= value.is_some_and(|value| TRUE.contains(&value));
                }
                let off = *stages.current();
                if step.run.as_ref().is_some_and(|run| !off && keeps_cache(run)) {
                    found.push(step.span);
                }
            }
            found
        })
    },
};

/// What switches the cache off.
const VARIABLE: &str = "PIP_NO_CACHE_DIR";

/// Values that pip takes for true.
const TRUE: &[&str] = &["1", "true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"];

fn keeps_cache(run: &Run<'_>) -> bool {
    let set = run.text.split_once("PIP_NO_CACHE_DIR=").map_or("", |(_, value)| value);
    !TRUE.iter().any(|value| set.starts_with(value))
        && run.any(lacks_option)
        && !run.mounts_cache_at(".cache/pip")
}

fn lacks_option(call: &Call) -> bool {
    is_pip_install(call) && !call.has_arg(&["--no-cache-dir"]) && !is_wrapper(call)
}

/// True for `pip install`, whatever the version of pip.
pub(super) fn is_pip_install(call: &Call) -> bool {
    let direct = call.name.starts_with("pip") && !call.name.starts_with("pipenv");
    direct && call.has_arg(&["install"])
        || call.name.starts_with("python") && call.has_args_in_row(&["-m", "pip", "install"])
}

/// True for pipx and pipenv, which have their own environments.
fn is_wrapper(call: &Call) -> bool {
    ["pipx", "pipenv"].iter().any(|wrapper| {
        call.name.contains(wrapper)
            || call.name.starts_with("python") && call.has_args_in_row(&["-m", wrapper])
    })
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN pip install a"), [1]);
        assert_eq!(lines(&RULE, "RUN python3 -m pip install a"), [1]);
        assert_eq!(lines(&RULE, "ENV PIP_NO_CACHE_DIR=off\nRUN pip3 install a"), [2]);
        assert_eq!(
            lines(&RULE, "FROM a AS b\nENV PIP_NO_CACHE_DIR=1\nFROM c\nRUN pip install d"),
            [4]
        );
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN pip install --no-cache-dir a").is_empty());
        assert!(lines(&RULE, "RUN pipx install a").is_empty());
        assert!(lines(&RULE, "RUN python3 -m pip download a").is_empty());
        assert!(
            lines(&RULE, "FROM a AS b\nENV PIP_NO_CACHE_DIR=\"on\"\nFROM b\nRUN pip install c")
                .is_empty()
        );
        assert!(lines(&RULE, "RUN export PIP_NO_CACHE_DIR=yes && pip install a").is_empty());
        assert!(
            lines(&RULE, "RUN --mount=type=cache,target=/root/.cache/pip pip install a").is_empty()
        );
    }
}
