//! An undefined variable expands to nothing. Silent where the base image's own
//! variables are not known.
//!
//! ```dockerfile
//! ARG DIR=/srv
//! WORKDIR $DIRR
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ARG DIR=/srv
//! WORKDIR $DIR
//! ```

use super::{inherited, is_dispatched, steps};
use crate::analysis::Analysis;
use crate::graph::{Base, Stage, Step};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::sorted::Set;
use crate::syntax::{Body, Expander, Expansion, Instruction, Word, closest};

/// Names that one which is not known is compared with.
const MOST_COMPARED: usize = 200;

/// The rule.
pub const RULE: Rule = Rule {
    id: "undefined-var",
    aliases: &["UndefinedVar"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut found = Vec::new();
        let mut scopes: Vec<Scope> = Vec::new();
        for stage in &analysis.graph.stages {
            let mut scope = Scope::of(analysis, stage, &scopes);
            for (instruction, step) in steps(analysis, stage) {
                let names = names(analysis, instruction, step, &mut scope);
                if scope.known && is_dispatched(analysis, stage) {
                    found.extend(names.into_iter().map(|message| (instruction.span, message)));
                }
            }
            scopes.push(scope);
        }
        found
    },
};

/// Arguments that never are variables.
const NOT_VARIABLES: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// What a stage knows beside its environment.
#[derive(Clone, Default)]
struct Scope {
    /// Arguments, with a value or not. Stages built on this one see them.
    declared: Set<String>,
    /// The base image's variables are known.
    known: bool,
}

impl Scope {
    fn of(analysis: &Analysis<'_>, stage: &Stage, scopes: &[Self]) -> Self {
        let known = match &stage.base {
            Base::Image(reference) => {
                analysis.images.get(reference).is_some_and(|image| image.known)
            }
            Base::Scratch | Base::Stage(_) => true,
        };
        inherited(stage, scopes).unwrap_or(Self { declared: Set::new(), known })
    }
}

/// A message for each undefined variable of an instruction.
fn names(
    analysis: &Analysis<'_>,
    instruction: &Instruction,
    step: &Step,
    scope: &mut Scope,
) -> Set<String> {
    let environment = &step.scope.environment;
    let expander = Expander::new(analysis.dockerfile.escape, environment);
    let mut unset = Set::new();
    for word in words(instruction) {
        unset.extend(expander.word(&word.text).map(|done| done.unset).unwrap_or_default());
    }
    if let Body::Copy(_) | Body::Add(_) = &instruction.body {
        let raw = Expander { raw_quotes: true, ..Expander::new('\\', environment) };
        let bodies = instruction.heredocs.iter().filter(|heredoc| heredoc.expand);
        let bodies = bodies.map(|heredoc| raw.word(&heredoc.content).unwrap_or_default());
        unset.extend(bodies.flat_map(|Expansion { unset, .. }| unset));
    }
    if let Body::Arg(declarations) = &instruction.body {
        // Each sees those before it.
        for declaration in declarations {
            let given = analysis.project.build_args.contains_key(&declaration.name.text);
            let default = declaration.default.as_ref().filter(|_| !given);
            let default = default.and_then(|word| expander.word(&word.text).ok());
            let names = default.into_iter().flat_map(|done| done.unset);
            unset.extend(names.filter(|name| !scope.declared.contains(name)));
            scope.declared.insert(declaration.name.text.clone());
        }
    }
    unset
        .into_iter()
        .filter(|name| {
            let predefined = name == "PATH" || NOT_VARIABLES.contains(&&**name);
            !predefined && !scope.declared.contains(name)
        })
        .map(|name| {
            let known = environment.names().take(MOST_COMPARED).chain(["PATH"]);
            let suggestion = closest(&name, known).map(|name| format!(" (did you mean ${name}?)"));
            format!("Usage of undefined variable '${name}'{}", suggestion.unwrap_or_default())
        })
        .collect()
}

/// The words of an instruction that BuildKit expands and reports. Those of
/// EXPOSE, and excluded paths, it does not report.
fn words(instruction: &Instruction) -> Vec<&Word> {
    let flags = |names: &'static [&str]| {
        let flags = instruction.flags.iter().filter(|flag| names.contains(&&*flag.name));
        flags.filter_map(|flag| flag.value.as_ref())
    };
    match &instruction.body {
        Body::Env(pairs) | Body::Label(pairs) => {
            pairs.iter().flat_map(|pair| [&pair.key, &pair.value]).collect()
        }
        Body::Copy(transfer) | Body::Add(transfer) => flags(&["chown", "chmod", "checksum"])
            .chain(&transfer.sources)
            .chain([&transfer.destination])
            .collect(),
        Body::Run(_) => flags(&["mount"]).collect(),
        Body::Workdir(word) | Body::User(word) | Body::Stopsignal(word) => vec![word],
        Body::Volume(words) => words.iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("UndefinedVar", "FROM scratch\nARG DIR_ASSETS=a\nCOPY $DIR_ASSET .\n"),
            ["3: Usage of undefined variable '$DIR_ASSET' (did you mean $DIR_ASSETS?)"]
        );
        assert_eq!(
            found("UndefinedVar", "FROM scratch\nARG a=$b\n"),
            ["2: Usage of undefined variable '$b'"]
        );
        assert!(
            found(
                "UndefinedVar",
                "FROM scratch AS a\nARG foo\nCOPY $foo $PATH /\nFROM a\nENV a=$foo\n"
            )
            .is_empty()
        );
        assert!(found("UndefinedVar", "FROM private/image\nWORKDIR $APP\n").is_empty());
        assert!(found("UndefinedVar", "FROM scratch\nRUN echo $a\n").is_empty());
    }
}
