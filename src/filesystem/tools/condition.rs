//! `test`, `[` and `[[`: conditions, where they can be decided.

use super::{Argument, Invocation, Outcome, Tool};
use crate::filesystem::interpreter::pattern_matches;
use crate::filesystem::machine::Machine;
use crate::units::Kind;

/// `test` and `[`.
pub const TOOL: Tool = Tool { commands: &["test", "["], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words = match (call.command(), &call.arguments[..]) {
        ("[", [words @ .., last]) if last.text == "]" => words,
        (_, words) => words,
    };
    Outcome::tested(decide(words, machine, false))
}

/// Decides a condition; `None` when it is not known. `patterns`: the right side
/// of `=` is a pattern, as between `[[` and `]]`.
pub fn decide(words: &[Argument], machine: &Machine<'_>, patterns: bool) -> Option<bool> {
    let mut reader = Reader { words, at: 0, machine, patterns, depth: 0 };
    let result = reader.any();
    if reader.at == words.len() { result } else { None }
}

/// Deepest nesting of parentheses and `!`.
const DEPTH_LIMIT: u32 = 64;

struct Reader<'r, 'w> {
    words: &'r [Argument],
    at: usize,
    machine: &'r Machine<'w>,
    patterns: bool,
    depth: u32,
}

impl Reader<'_, '_> {
    fn text(&self, ahead: usize) -> Option<&str> {
        self.words.get(self.at + ahead).map(|word| &*word.text)
    }

    fn take(&mut self, names: &[&str]) -> bool {
        let found = self.text(0).is_some_and(|text| names.contains(&text));
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Option<bool> {
        let mut result = self.all();
        while self.take(&["-o", "||"]) {
            result = match (result, self.all()) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        result
    }

    fn all(&mut self) -> Option<bool> {
        let mut result = self.one();
        while self.take(&["-a", "&&"]) {
            result = match (result, self.one()) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        result
    }

    fn one(&mut self) -> Option<bool> {
        let left = self.words.len() - self.at;
        if self.depth > DEPTH_LIMIT || left == 0 {
            return (left == 0).then_some(false);
        }
        if left >= 3 && self.text(1).is_some_and(is_comparison) {
            let (one, operator, other) =
                (&self.words[self.at], &self.words[self.at + 1], &self.words[self.at + 2]);
            self.at += 3;
            let known = one.known && other.known;
            return known.then(|| self.compare(&one.text, &operator.text, &other.text)).flatten();
        }
        self.depth += 1;
        let result = if left > 1 && self.take(&["!"]) {
            self.one().map(|result| !result)
        } else if left > 1 && self.take(&["("]) {
            let result = self.any();
            self.take(&[")"]);
            result
        } else {
            self.unary()
        };
        self.depth -= 1;
        result
    }

    fn unary(&mut self) -> Option<bool> {
        let first = &self.words[self.at];
        self.at += 1;
        let flag = first.text.strip_prefix('-').filter(|flag| flag.len() == 1 && first.known);
        let Some(operand) = self.words.get(self.at).filter(|_| flag.is_some()) else {
            return first.known.then_some(!first.text.is_empty());
        };
        self.at += 1;
        if flag == Some("v") {
            return Some(!self.machine.is_unset(&operand.text));
        }
        if !operand.known {
            return None;
        }
        match flag? {
            "n" => Some(!operand.text.is_empty()),
            "z" => Some(operand.text.is_empty()),
            "e" | "f" | "s" | "r" | "w" | "x" => exists(&operand.text, false, self.machine),
            "d" => exists(&operand.text, true, self.machine),
            // A build has no terminal.
            "t" => Some(false),
            _ => None,
        }
    }

    fn compare(&self, one: &str, operator: &str, other: &str) -> Option<bool> {
        match operator {
            "=" | "==" if self.patterns => Some(pattern_matches(other, one)),
            "!=" if self.patterns => Some(!pattern_matches(other, one)),
            "=" | "==" => Some(one == other),
            "!=" => Some(one != other),
            "<" | ">" => Some((one < other) == (operator == "<") && one != other),
            operator => {
                let (one, other): (i64, i64) = (one.parse().ok()?, other.parse().ok()?);
                match operator {
                    "-eq" => Some(one == other),
                    "-ne" => Some(one != other),
                    "-lt" => Some(one < other),
                    "-le" => Some(one <= other),
                    "-gt" => Some(one > other),
                    "-ge" => Some(one >= other),
                    _ => None,
                }
            }
        }
    }
}

fn is_comparison(word: &str) -> bool {
    const OPERATORS: [&str; 15] = [
        "=", "==", "!=", "<", ">", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot",
        "-ef",
    ];
    OPERATORS.contains(&word)
}

/// What is seen is there; what is not seen may still be part of the base.
fn exists(path: &str, folder: bool, machine: &Machine<'_>) -> Option<bool> {
    let path = machine.resolve(path);
    if machine.tree().has(&path) {
        return Some(true);
    }
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let ours =
        !folder && machine.tree().subtree(parent).any(|(_, entry)| entry.kind == Kind::Source);
    (ours && !parent.is_empty()).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::super::harness::run;

    /// Which of the files is written: `/yes`, `/no`, or both with no bytes for sure.
    fn decided(condition: &str) -> Option<bool> {
        let script =
            format!("A=1 B= C=x; if {condition}; then echo y > /yes; else echo n > /no; fi");
        let tree = run(&[], &script);
        match (tree.has("/yes"), tree.has("/no")) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            (true, true) => {
                assert!(tree.get("/yes").unwrap().bytes.low == 0, "{condition}");
                None
            }
            (false, false) => panic!("neither branch of {condition} is followed"),
        }
    }

    #[test]
    fn conditions_that_can_be_decided_are() {
        for condition in [
            "[ \"$A\" = 1 ]",
            "[ -z \"$B\" ]",
            "test -n \"$A\" -a \"$C\" != y",
            "[ ! -z \"$C\" ]",
            "[[ $C == x* && $A -lt 2 ]]",
            "[[ -z $B || $UNSET ]]",
            "[ \\( \"$A\" -ge 1 \\) -o 1 = 2 ]",
            "! false",
            "[[ -v A ]]",
            "touch f && [ -f f ]",
        ] {
            assert_eq!(decided(condition), Some(true), "{condition}");
        }
        for condition in ["[ \"$A\" = 2 ]", "[ -n \"$B\" ]", "[[ $C != x ]]", "[ -t 1 ]", "false"] {
            assert_eq!(decided(condition), Some(false), "{condition}");
        }
    }

    #[test]
    fn others_are_bounded() {
        for condition in [
            "[ \"$(curl -s https://host)\" = x ]",
            "[ -f /etc/os-release ]",
            "[[ $C =~ ^x ]]",
            "grep -q x /etc/passwd",
            "[ -d /nowhere ] && [ -d /else ]",
        ] {
            assert_eq!(decided(condition), None, "{condition}");
        }
    }

    #[test]
    fn lists_loops_and_cases_are_followed() {
        let tree = run(
            &[],
            "for f in a b 'c d'; do echo $f > \"/l/$f\"; done; false || touch /or; true || touch /not; \
             case v1.2 in v2*) touch /two;; v1*|w*) touch /one;; *) touch /any;; esac; \
             while false; do touch /while; done; until true; do touch /until; done",
        );
        for path in ["/l/a", "/l/b", "/l/c d", "/or", "/one"] {
            assert!(tree.has(path), "{path}");
        }
        for path in ["/not", "/two", "/any", "/while", "/until"] {
            assert!(!tree.has(path), "{path}");
        }
    }

    #[test]
    fn a_case_of_something_unknown_may_take_each_arm() {
        let tree = run(
            &[],
            "touch /kept; case \"$(cat /x)\" in a) echo 12 > /a; rm /kept;; b) echo 12 > /b;; esac",
        );
        for path in ["/a", "/b"] {
            let bytes = tree.get(path).unwrap().bytes;
            assert!(bytes.low == 0 && bytes.high == 3, "{bytes:?}");
        }
        assert!(tree.has("/kept"), "nothing is taken away on a guess");
    }

    #[test]
    fn words_from_a_pipe_become_arguments() {
        let tree = run(&[], "echo /a /b | xargs -n1 mkdir -p; echo x | xargs -I{} touch /t/{}.txt");
        assert!(tree.has("/a") && tree.has("/b") && tree.has("/t/x.txt"));
    }
}
