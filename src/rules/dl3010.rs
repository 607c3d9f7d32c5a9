//! COPY of an archive that a RUN unpacks (DL3010).
//!
//! The archive stays in its layer; ADD unpacks it and keeps the files only. Fires
//! on the COPY, in the last stage, when a later `tar -x`, `unzip` or the like
//! names the archive.
//!
//! ```dockerfile
//! COPY app.tar.gz /tmp/
//! RUN tar -xzf /tmp/app.tar.gz -C /opt
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ADD app.tar.gz /opt/
//! ```

use std::borrow::Cow;

use super::Rule;
use super::hadolint::is_archive;
use super::shell_calls::{Call, sequences, unquoted};
use crate::report::{FindingKind, Severity};
use crate::sorted::Map;
use crate::syntax::{Body, Span, Transfer};

const MESSAGE: &str = "ADD unpacks the archive and leaves no copy of it in the image";

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-then-unpack",
    aliases: &["DL3010"],
    severity: Severity::Info,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        let mut archives: Map<String, Vec<Span>> = Map::new();
        let mut found = Vec::new();
        for step in &sequences(facts)[0] {
            match &step.instruction.body {
                Body::From { .. } => {
                    archives = Map::new();
                    found.clear();
                }
                Body::Copy(copy) if step.instruction.flag("from").is_none() => {
                    for name in names(copy) {
                        archives.entry(name.to_owned()).or_default().push(step.span);
                    }
                }
                Body::Run(_) if !archives.is_empty() => {
                    let calls =
                        step.run.iter().flat_map(|run| &run.calls).filter(|call| unpacks(call));
                    for argument in calls.flat_map(Call::plain_args) {
                        found.extend(archives.remove(file_name(argument)).unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
        found.sort();
        found.dedup();
        found.into_iter().map(|span| (span, MESSAGE.to_owned())).collect()
    },
};

/// The archives that a COPY puts into the image, by the name they have there.
fn names(copy: &Transfer) -> Vec<&str> {
    let destination = file_name(&copy.destination.text);
    if is_archive(destination) {
        return vec![destination];
    }
    let sources = copy.sources.iter().map(|source| file_name(&source.text));
    sources.filter(|name| is_archive(name)).collect()
}

/// What stands behind the last slash of either kind.
fn file_name(path: &str) -> &str {
    unquoted(path).rsplit(['/', '\\']).next().unwrap_or_default()
}

fn unpacks(call: &Call) -> bool {
    const TOOLS: [&str; 9] =
        ["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"];
    let extracts = |arg: &Cow<'_, str>| {
        arg == "--extract" || arg == "--get" || arg.starts_with('-') && arg.contains('x')
    };
    TOOLS.contains(&&*call.name) || call.name == "tar" && call.args().iter().any(extracts)
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "COPY a/b.tar c /d/\nRUN e && tar -C / -xf /d/b.tar"), [1]);
        assert_eq!(lines(&RULE, "COPY a \"C:\\\\b.zip.gz\"\nRUN gunzip b.zip.gz"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "COPY a.tar /\nRUN tar xf a.tar").is_empty(), "as hadolint");
        assert!(lines(&RULE, "COPY --from=b a.tar /\nRUN tar -xf a.tar").is_empty());
        assert!(lines(&RULE, "COPY a.tar /b.tar\nRUN tar -xf a.tar").is_empty());
        assert!(lines(&RULE, "COPY a.tar /\nRUN tar -xf a.tar\nFROM b").is_empty());
    }
}
