//! What several of hadolint's rules read in the same way.

use crate::analysis::Analysis;
use crate::sorted::Set;
use crate::syntax::{Body, Instruction, Span};

use super::Facts;
use super::shell_calls::{Run, in_sequences, sequences, unquoted};

/// The instructions that a rule fires on, with its message; what ONBUILD
/// triggers is not looked at.
pub fn in_instructions(
    analysis: &Analysis<'_>,
    message: &str,
    fires: impl Fn(&Instruction) -> bool,
) -> Vec<(Span, String)> {
    let instructions = analysis.dockerfile.instructions.iter();
    let found = instructions.filter(|instruction| fires(instruction));
    found.map(|instruction| (instruction.span, message.to_owned())).collect()
}

/// The RUN instructions that `fires` is true for; not what ONBUILD triggers.
pub fn in_own_runs(
    facts: &Facts<'_>,
    message: &str,
    fires: impl Fn(&Run<'_>) -> bool,
) -> Vec<(Span, String)> {
    let found = sequences(facts)[0].iter().filter(|step| step.run.as_ref().is_some_and(&fires));
    found.map(|step| (step.span, message.to_owned())).collect()
}

/// The RUN instructions that a rule fires on, those of the last stage and of
/// stages that another one starts from: what is left in others is not shipped.
pub fn in_shipped_runs(
    facts: &Facts<'_>,
    message: &str,
    fires: impl Fn(&Run<'_>) -> bool,
) -> Vec<(Span, String)> {
    in_sequences(facts, message, |steps| {
        let mut stage = BaseImage::NONE;
        let mut parents = Set::new();
        let mut found = Vec::new();
        for step in steps {
            if let Some(image) = BaseImage::of(step.instruction) {
                stage = image;
                parents.insert(image.name);
            } else if step.run.as_ref().is_some_and(&fires) {
                found.push((step.span, stage));
            }
        }
        let ships = |image: &BaseImage<'_>| {
            *image == stage || image.stage.is_some_and(|name| parents.contains(name))
        };
        found.into_iter().filter(|(_, image)| ships(image)).map(|(span, _)| span).collect()
    })
}

/// A FROM as hadolint reads it: `[registry/]name[:tag][@digest] [AS stage]`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BaseImage<'a> {
    /// What stands before the first `/` behind a dot, with the `/` left out.
    pub registry: Option<&'a str>,
    /// The name, with what else is before the tag.
    pub name: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The digest.
    pub digest: Option<&'a str>,
    /// The stage's name.
    pub stage: Option<&'a str>,
    /// The platform.
    pub platform: Option<&'a str>,
}

impl<'a> BaseImage<'a> {
    /// What the instructions above the first FROM belong to.
    const NONE: Self = BaseImage {
        registry: None,
        name: "scratch",
        tag: None,
        digest: None,
        stage: None,
        platform: None,
    };

    /// Reads a FROM; `None` for others.
    pub fn of(instruction: &'a Instruction) -> Option<Self> {
        let Body::From { image, name } = &instruction.body else { return None };
        let platform = instruction.flag("platform").and_then(|flag| flag.value.as_ref());
        Some(Self {
            stage: name.as_ref().map(|name| name.text.as_str()),
            platform: platform.map(|platform| platform.text.as_str()),
            ..Self::reference(&image.text)
        })
    }

    /// Reads an image reference.
    fn reference(text: &'a str) -> Self {
        let registry = registry_end(text);
        let rest = registry.map_or(text, |end| &text[end + 1..]);
        let (name, rest) = rest.split_at(until(rest, &[':', '@']));
        let tagged = rest.strip_prefix(':');
        let (tag, rest) = match tagged {
            Some(tagged) => tagged.split_at(until(tagged, &[':', '@'])),
            None => ("", rest),
        };
        Self {
            registry: registry.map(|end| &text[..end]),
            name,
            tag: tagged.map(|_| tag),
            digest: rest.strip_prefix('@'),
            stage: None,
            platform: None,
        }
    }
}

/// Where the registry ends: something, a dot, something, a slash.
fn registry_end(text: &str) -> Option<usize> {
    let dot = until(text, &['.']);
    let rest = text.get(dot + 1..).filter(|_| dot > 0)?;
    let slash = until(rest, &['/']);
    (slash > 0 && slash < rest.len()).then_some(dot + 1 + slash)
}

/// Where the first of these characters is that does not stand in `${…}`; the
/// end if there is none.
fn until(text: &str, wanted: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '{' if before == '$' || depth > 0 => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 && wanted.contains(&c) => return at,
            _ => {}
        }
        before = c;
    }
    text.len()
}

/// True for a path with the ending of an archive or of a compressed file.
pub fn is_archive(path: &str) -> bool {
    const ENDINGS: [&str; 15] = [
        ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz",
        ".tlz", ".tpz", ".txz", ".xz",
    ];
    ENDINGS.iter().any(|ending| unquoted(path).ends_with(ending))
}

/// `--from` of a COPY, with its quotes; `None` for others.
pub fn copy_source<'a>(analysis: &'a Analysis<'_>, instruction: &Instruction) -> Option<&'a str> {
    matches!(instruction.body, Body::Copy(_)).then_some(())?;
    let flag = analysis.dockerfile.text(instruction.flag("from")?.span);
    flag.split_once('=').map(|(_, source)| source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_references_as_hadolint_does() {
        let parts = |text| {
            let image = BaseImage::reference(text);
            (image.registry, image.name, image.tag, image.digest)
        };
        assert_eq!(parts("debian"), (None, "debian", None, None));
        assert_eq!(parts("a.b/c/d:1@sha256:2"), (Some("a.b"), "c/d", Some("1"), Some("sha256:2")));
        assert_eq!(parts("a.b:5/c"), (Some("a.b:5"), "c", None, None));
        assert_eq!(parts("localhost:5/c"), (None, "localhost", Some("5/c"), None));
        assert_eq!(parts("golang:1.9"), (None, "golang", Some("1.9"), None));
        assert_eq!(parts("${A:-b.c/d}"), (None, "${A:-b.c/d}", None, None));
        assert_eq!(parts("a:${B:-c}"), (None, "a", Some("${B:-c}"), None));
    }
}
