//! Shell patterns of `${x#p}`, `${x%p}` and `${x/p/r}` with the semantics of the
//! regular expressions that BuildKit turns them into: `*` and `?` stop at a
//! newline, and `*` takes as much (or as little) as lets the rest match.

use std::collections::HashSet;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    Char(char),
    Any,
    Star,
}

/// A pattern.
struct Pattern {
    items: Vec<Item>,
    greedy: bool,
}

/// Positions in the pattern and the text from where nothing matches.
type Dead = HashSet<(usize, usize)>;

/// Above this the search would take too long to be worth it.
const MAX_WORK: usize = 1 << 24;

impl Pattern {
    fn new(pattern: &str, greedy: bool) -> Result<Self, String> {
        let mut items = Vec::new();
        // Go's scanner drops a byte order mark.
        let unmarked = pattern.strip_prefix('\u{feff}').unwrap_or(pattern);
        let mut chars = unmarked.chars().peekable();
        while let Some(c) = chars.next() {
            items.push(match c {
                '*' => Item::Star,
                '?' => Item::Any,
                // `\}` and `\/` stand for the character inside `${…}`.
                '\\' if matches!(chars.peek(), Some('}' | '/')) => continue,
                '\\' => match chars.next() {
                    Some(c @ ('*' | '?' | '\\')) => Item::Char(c),
                    c => {
                        let escaped = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                        return Err(invalid(pattern, &format!("invalid escape '\\{escaped}'")));
                    }
                },
                c => Item::Char(c),
            });
        }
        Ok(Self { items, greedy })
    }

    fn check_work(&self, pattern: &str, text: &[char]) -> Result<(), String> {
        let stars = self.items.iter().filter(|item| **item == Item::Star).count();
        match (stars + 1).saturating_mul(text.len()).saturating_mul(self.items.len().min(256)) {
            work if work > MAX_WORK => Err(invalid(pattern, "it is too large")),
            _ => Ok(()),
        }
    }

    /// The end of a match that starts at `start`.
    fn match_at(&self, text: &[char], start: usize, dead: &mut Dead) -> Option<usize> {
        let mut choices = vec![(0, start)];
        while let Some((item, at)) = choices.pop() {
            let end = self.follow(text, item, at, &mut choices, dead);
            if end.is_some() {
                return end;
            }
        }
        None
    }

    /// Follows one way to its end; the ways not taken go to `choices`.
    fn follow(
        &self,
        text: &[char],
        mut item: usize,
        mut at: usize,
        choices: &mut Vec<(usize, usize)>,
        dead: &mut Dead,
    ) -> Option<usize> {
        while let Some(expected) = self.items.get(item) {
            let found = text.get(at).copied();
            let any = found.is_some_and(|c| c != '\n');
            match expected {
                Item::Star => {
                    if !dead.insert((item, at)) {
                        return None;
                    }
                    match (any, self.greedy) {
                        (false, _) => item += 1,
                        (true, true) => {
                            choices.push((item + 1, at));
                            at += 1;
                        }
                        (true, false) => {
                            choices.push((item, at + 1));
                            item += 1;
                        }
                    }
                    continue;
                }
                Item::Any if !any => return None,
                Item::Char(c) if found != Some(*c) => return None,
                _ => {}
            }
            item += 1;
            at += 1;
        }
        Some(at)
    }

    /// The first match that starts at `from` or later.
    fn find(&self, text: &[char], from: usize) -> Option<(usize, usize)> {
        let mut dead = Dead::new();
        (from..=text.len()).find_map(|start| Some((start, self.match_at(text, start, &mut dead)?)))
    }
}

fn invalid(pattern: &str, reason: &str) -> String {
    format!("invalid pattern ({pattern}) in substitution: {reason}")
}

/// `${x#p}`, or `${x##p}` if greedy.
pub(super) fn trim_prefix(pattern: &str, value: &str, greedy: bool) -> Result<String, String> {
    let compiled = Pattern::new(pattern, greedy)?;
    let text: Vec<char> = value.chars().collect();
    compiled.check_work(pattern, &text)?;
    let end = compiled.match_at(&text, 0, &mut Dead::new()).unwrap_or(0);
    Ok(text[end..].iter().collect())
}

/// `${x%p}`, or `${x%%p}` if greedy: a prefix seen from behind.
pub(super) fn trim_suffix(pattern: &str, value: &str, greedy: bool) -> Result<String, String> {
    let backwards: String = value.chars().rev().collect();
    let rest = trim_prefix(&reverse(pattern), &backwards, greedy)?;
    Ok(rest.chars().rev().collect())
}

/// The pattern backwards; an escape stays before its character.
fn reverse(pattern: &str) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut reversed = Vec::with_capacity(chars.len());
    let mut rest = chars.as_slice();
    while let Some((first, after)) = rest.split_first() {
        match (first, after.split_first()) {
            ('\\', Some((escaped, after))) => {
                reversed.extend([*escaped, '\\']);
                rest = after;
            }
            _ => {
                reversed.push(*first);
                rest = after;
            }
        }
    }
    reversed.into_iter().rev().collect()
}

/// `${x/p/r}`.
pub(super) fn replace_first(pattern: &str, with: &str, value: &str) -> Result<String, String> {
    let compiled = Pattern::new(pattern, true)?;
    let text: Vec<char> = value.chars().collect();
    compiled.check_work(pattern, &text)?;
    let Some((start, end)) = compiled.find(&text, 0) else { return Ok(value.to_owned()) };
    let kept = |part: &[char]| part.iter().collect::<String>();
    Ok(kept(&text[..start]) + with + &kept(&text[end..]))
}

/// `${x//p/r}`.
pub(super) fn replace_all(pattern: &str, with: &str, value: &str) -> Result<String, String> {
    let compiled = Pattern::new(pattern, true)?;
    let text: Vec<char> = value.chars().collect();
    compiled.check_work(pattern, &text)?;
    let mut replaced = String::new();
    let (mut copied, mut from) = (0, 0);
    while from <= text.len() {
        let Some((start, end)) = compiled.find(&text, from) else { break };
        replaced.extend(&text[copied..start]);
        // An empty match right after another one does not count.
        if end > copied || start == 0 {
            push_template(&mut replaced, with, &text[start..end]);
        }
        copied = end;
        from = end.max(from + 1);
    }
    replaced.extend(text.get(copied..).unwrap_or_default());
    Ok(replaced)
}

/// BuildKit leaves `$0`, `$name` and `$$` of the replacement to Go's template
/// expansion, which knows only the whole match.
fn push_template(out: &mut String, template: &str, matched: &[char]) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = template_name(after) {
            if !name.is_empty() && name.chars().all(|c| c == '0') {
                out.extend(matched);
            }
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
}

fn template_name(text: &str) -> Option<(&str, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    if let Some(braced) = text.strip_prefix('{') {
        let (name, after) = braced.split_once('}')?;
        return (!name.is_empty() && name.chars().all(is_name)).then_some((name, after));
    }
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverses_with_escapes() {
        assert_eq!(reverse(r"a\*c"), r"c\*a");
        assert_eq!(reverse(r"\\\ab"), r"b\a\\");
        assert_eq!(reverse(r"ab\"), r"\ba");
        assert_eq!(reverse(r"👽\🚀🖖"), r"🖖\🚀👽");
    }

    #[test]
    fn refuses_other_escapes() {
        for pattern in [r"\", r"\x", r"\\\"] {
            assert!(Pattern::new(pattern, true).is_err(), "{pattern}");
        }
    }

    #[test]
    fn empty_matches_are_between_characters() {
        assert_eq!(replace_all("", "-", "ab").unwrap(), "-a-b-");
        assert_eq!(replace_all("*", "-", "ab").unwrap(), "-");
        assert_eq!(replace_first("", "-", "ab").unwrap(), "-ab");
    }

    #[test]
    fn templates_know_the_match() {
        assert_eq!(replace_all("b", r"[$0$$$x]", "abc").unwrap(), "a[b$]c");
    }

    #[test]
    fn wildcards_stop_at_newlines() {
        assert_eq!(trim_prefix("*", "a\nb", true).unwrap(), "\nb");
        assert_eq!(trim_prefix("a?b", "a\nb", true).unwrap(), "a\nb");
    }

    #[test]
    fn many_stars_do_not_explode() {
        let value = "a".repeat(2_000);
        let pattern = "*a".repeat(20) + "b";
        assert!(trim_prefix(&pattern, &value, true).is_ok());
    }
}
