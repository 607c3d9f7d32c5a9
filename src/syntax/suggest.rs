//! "Did you mean": the closest of the allowed words.

/// A word within two edits of what was written, as BuildKit suggests.
pub(crate) fn closest<'a>(
    written: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const MAX_LENGTH: usize = 64;
    if written.len() > MAX_LENGTH {
        return None;
    }
    let length = written.chars().count();
    // Each edit changes the length by one at the most.
    let as_long = |word: &&str| word.chars().count().abs_diff(length) <= 2;
    let near = allowed.into_iter().filter(as_long).map(|word| (distance(written, word), word));
    let (edits, word) = near.min_by_key(|(edits, _)| *edits)?;
    (1..=2).contains(&edits).then_some(word)
}

/// The help line for a suggestion.
pub(super) fn did_you_mean<'a>(
    written: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(written, allowed).map(|word| format!("did you mean {word}?"))
}

/// Levenshtein distance.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replace = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_within_two_edits() {
        let allowed = ["FROM", "RUN", "ENTRYPOINT"];
        assert_eq!(closest("FORM", allowed), Some("FROM"));
        assert_eq!(closest("ENTRYPONT", allowed), Some("ENTRYPOINT"));
        assert_eq!(closest("HELLO", allowed), None);
        assert_eq!(closest("RUN", allowed), None);
    }
}
