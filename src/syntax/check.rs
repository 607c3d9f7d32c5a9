//! The options of `# check=`: which of BuildKit's checks run.
//!
//! Source: BuildKit's frontend/dockerfile/linter/linter.go.

/// What `# check=skip=A,B;error=true;experimental=C` asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Checks that stay silent.
    pub skip: Checks,
    /// Experimental checks that run.
    pub experimental: Checks,
    /// A warning fails the build.
    pub error: bool,
}

/// A set of checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checks {
    /// Every one.
    All,
    /// Those of these names; others mean nothing.
    Named(Vec<String>),
}

impl Default for Checks {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

impl Checks {
    /// True when the check is in the set.
    pub fn contains(&self, check: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|name| name == check),
        }
    }

    /// True when the set has the check by its name.
    pub fn names(&self, check: &str) -> bool {
        *self != Self::All && self.contains(check)
    }

    fn parse(names: &str) -> Self {
        match names.trim() {
            "all" => Self::All,
            names => Self::Named(names.split(',').map(|name| name.trim().to_owned()).collect()),
        }
    }
}

impl CheckOptions {
    /// Reads the value of a `check` directive up to its first blank; an error is
    /// in BuildKit's terms.
    pub fn parse(value: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let text = value.split(' ').next().unwrap_or_default().trim();
        // The third part takes all the rest.
        for part in text.splitn(3, ';').filter(|_| !text.is_empty()) {
            let (key, names) =
                part.split_once('=').ok_or_else(|| format!("invalid check option {part:?}"))?;
            match key.trim() {
                "skip" => options.skip = Checks::parse(names),
                "experimental" => options.experimental = Checks::parse(names),
                "error" => {
                    options.error = boolean(names.trim())
                        .ok_or_else(|| format!("failed to parse check option {part:?}"))?
                }
                key => return Err(format!("invalid check option {key:?}")),
            }
        }
        Ok(options)
    }
}

/// The words that Go's strconv.ParseBool takes.
fn boolean(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_three_options() {
        let options = CheckOptions::parse("skip=A, B;error=true").expect("cut at the blank");
        assert!(options.skip.contains("A") && !options.skip.contains("B") && !options.error);
        let options = CheckOptions::parse("skip=A,B;error=T;experimental=all").expect("valid");
        assert!(options.skip.contains("B") && !options.skip.contains("C"));
        assert!(options.error && options.experimental.contains("anything"));
        assert_eq!(CheckOptions::parse(""), Ok(CheckOptions::default()));
    }

    #[test]
    fn refuses_what_buildkit_refuses() {
        for bad in ["skip", "warn=all", "error=maybe"] {
            assert!(CheckOptions::parse(bad).is_err(), "{bad}");
        }
    }
}
