//! Starts the program itself instead of a shell.

use super::place::start;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::shell::{self, CommandKind, WordPart};
use crate::syntax::{Body, Command, Instruction, Keyword};

/// Applies to a CMD or ENTRYPOINT in shell form whose words need no shell. It
/// must not apply where a shell expands, redirects or joins anything, nor where
/// both instructions are given: how they combine depends on their forms.
pub const RECIPE: Recipe = Recipe {
    id: "exec-form",
    title: "Start the program without a shell",
    why: "In shell form /bin/sh is process 1 and does not pass signals on: docker stop waits ten seconds, then kills. In exec form the program gets them and can end its work.",
    applicability: Applicability::Likely,
    rewrite,
};

/// What only a shell can run.
const BUILTINS: [&str; 16] = [
    "cd", "exec", "source", ".", ":", "export", "set", "ulimit", "exit", "eval", "alias", "umask",
    "trap", "wait", "unset", "read",
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let stages: Vec<_> = analysis
        .graph
        .chain(index)
        .into_iter()
        .map(|index| &analysis.graph.stages[index])
        .collect();
    let command = start(analysis, stage, Keyword::Cmd);
    let entrypoint = start(analysis, stage, Keyword::Entrypoint);
    let step = match (command, entrypoint) {
        (Some(step), None) | (None, Some(step)) => step,
        _ => return None,
    };
    let set_below = |keyword: Keyword| {
        stages[1..].iter().any(|stage| start(analysis, stage, keyword).is_some())
    };
    let posix = step.scope.shell.first().is_none_or(|shell| shell.ends_with("sh"));
    let windows =
        step.scope.shell.iter().any(|word| word.to_ascii_lowercase().contains("powershell"));
    if set_below(Keyword::Cmd) || set_below(Keyword::Entrypoint) || !posix || windows {
        return None;
    }
    let instruction = analysis.instruction(step);
    if is_exec(instruction) || analysis.dockerfile.text(instruction.span).contains('#') {
        return None;
    }
    let text = json(&words(instruction)?);
    let span = instruction.arguments.source_span(0..instruction.arguments.text.len());
    Some(Rewrite {
        edits: vec![Edit::replace(span, text)],
        verify: Some(
            "docker run -d --rm --name probe IMAGE && time docker stop probe  # well below 10 s where the program handles SIGTERM"
                .to_owned(),
        ),
        ..Rewrite::default()
    })
}

/// True for the exec form.
pub fn is_exec(instruction: &Instruction) -> bool {
    matches!(&instruction.body, Body::Cmd(Command::Exec(_)) | Body::Entrypoint(Command::Exec(_)))
}

/// The words of a CMD or ENTRYPOINT in either form; `None` where a shell does
/// more than to split them.
pub fn words(instruction: &Instruction) -> Option<Vec<String>> {
    match &instruction.body {
        Body::Cmd(Command::Exec(words)) | Body::Entrypoint(Command::Exec(words)) => {
            Some(words.iter().map(|word| word.text.clone()).collect())
        }
        Body::Cmd(Command::Shell(text)) | Body::Entrypoint(Command::Shell(text)) => {
            plain_words(&text.text)
        }
        _ => None,
    }
}

fn plain_words(text: &str) -> Option<Vec<String>> {
    let script = shell::parse(text);
    let [item] = &script.list.items[..] else { return None };
    let [command] = &item.first.commands[..] else { return None };
    let CommandKind::Simple(simple) = &command.kind else { return None };
    let more = !script.errors.is_empty()
        || !item.rest.is_empty()
        || item.background
        || item.first.negated
        || !command.redirections.is_empty()
        || !simple.assignments.is_empty();
    let words: Option<Vec<String>> = simple.words.iter().map(|word| plain(&word.parts)).collect();
    let words = words?;
    let first = words.first()?;
    // A semicolon or a comment leaves no trace in the words.
    (!more && !text.contains([';', '#', '\n']) && !BUILTINS.contains(&first.as_str()))
        .then_some(words)
}

/// A word that a shell leaves as it is.
fn plain(parts: &[WordPart]) -> Option<String> {
    let text = |part: &WordPart| match part {
        WordPart::Literal(text) => {
            (!text.contains(['*', '?', '[', '{', '~'])).then(|| text.clone())
        }
        WordPart::Quoted(text) => Some(text.clone()),
        WordPart::DoubleQuoted(parts) => parts
            .iter()
            .map(|part| match part {
                WordPart::Literal(text) | WordPart::Quoted(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    };
    parts.iter().map(text).collect()
}

/// The words as a JSON array.
pub fn json(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    format!("[{}]", quoted.join(", "))
}

fn quote(word: &str) -> String {
    let escape = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", word.chars().map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn splits_plain_words() {
        for (before, expected) in [
            ("CMD npm start", r#"CMD ["npm", "start"]"#),
            (
                "cmd gunicorn -b 0.0.0.0:80 \\\n  'app:make()'",
                r#"cmd ["gunicorn", "-b", "0.0.0.0:80", "app:make()"]"#,
            ),
            (r#"ENTRYPOINT echo "a\\b""#, r#"ENTRYPOINT ["echo", "a\\b"]"#),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{before}\n"));
            assert_eq!(result, Some(format!("FROM debian:12\n{expected}\n")));
        }
    }

    #[test]
    fn leaves_what_needs_a_shell() {
        for text in [
            "CMD npm start && echo",
            "CMD app --port $PORT",
            "CMD app > log",
            "CMD A=1 app",
            "CMD exec app",
            "CMD ls *.txt",
            "CMD app;",
            "CMD [\"app\"]",
            "CMD app &",
            "ENTRYPOINT app\nCMD x",
            "SHELL [\"powershell\", \"-c\"]\nCMD app",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
