//! ENV stays in the image and ARG in its history: whoever has the image has
//! the secret.
//!
//! ```dockerfile
//! ENV DB_PASSWORD=hunter2
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN --mount=type=secret,id=db_password ./setup.sh
//! ```

use super::{dispatched, expand, steps};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::{Body, quote};

/// The rule.
pub const RULE: Rule = Rule {
    id: "secrets-used-in-arg-or-env",
    aliases: &["SecretsUsedInArgOrEnv"],
    severity: Severity::Warning,
    kind: FindingKind::Security,
    fix: None,
    check: |analysis| {
        let mut found = Vec::new();
        for (instruction, step) in dispatched(analysis).flat_map(|stage| steps(analysis, stage)) {
            let (keyword, names): (_, Vec<String>) = match &instruction.body {
                Body::Env(pairs) => {
                    ("ENV", pairs.iter().map(|pair| expand(analysis, step, &pair.key)).collect())
                }
                Body::Arg(arguments) => {
                    ("ARG", arguments.iter().map(|argument| argument.name.text.clone()).collect())
                }
                _ => continue,
            };
            for name in names.iter().filter(|name| is_secret(name)) {
                let name = quote(name);
                let message = format!(
                    "Do not use ARG or ENV instructions for sensitive data ({keyword} {name})"
                );
                found.push((instruction.span, message));
            }
        }
        found
    },
};

/// Words between underscores that mean a secret.
const SECRET: [&str; 10] = [
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
];

/// Words that mean that it is none.
const HARMLESS: [&str; 3] = ["public", "file", "version"];

/// True for a name that says that its value is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
    has(&SECRET) && !has(&HARMLESS)
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found(
                "SecretsUsedInArgOrEnv",
                "FROM scratch\nARG API_KEY\nENV Token=a author=b PUBLIC_KEY=c\n"
            ),
            [
                "2: Do not use ARG or ENV instructions for sensitive data (ARG \"API_KEY\")",
                "3: Do not use ARG or ENV instructions for sensitive data (ENV \"Token\")"
            ]
        );
        assert!(
            found("SecretsUsedInArgOrEnv", "ARG TOKEN\nFROM scratch\nENV MONKEY=a\n").is_empty()
        );
    }
}
