//! An ARG or ENV named like a secret (DL3064).
//!
//! Both can be read from the image. Fires for a name that says so (`token`,
//! `password` …) and for some well-known names.
//!
//! ```dockerfile
//! ARG NPM_TOKEN
//! RUN npm ci
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
//! ```

use super::Rule;
use super::shell_calls::in_sequences;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "The image keeps this value: use a secret mount instead";

/// The rule.
pub const RULE: Rule = Rule {
    id: "sensitive-variable",
    aliases: &["DL3064"],
    severity: Severity::Warning,
    kind: FindingKind::Security,
    fix: None,
    check: |facts| {
        in_sequences(facts, MESSAGE, |steps| {
            let sensitive = steps.iter().filter(|step| match &step.instruction.body {
                Body::Arg(names) => names.iter().any(|arg| is_sensitive(&arg.name.text)),
                Body::Env(pairs) => pairs.iter().any(|pair| is_sensitive(&pair.key.text)),
                _ => false,
            });
            sensitive.map(|step| step.span).collect()
        })
    },
};

fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part)) || NAMES.contains(&&*name)
}

/// What names of secrets contain, in lower case.
const PARTS: &[&str] =
    &["api_key", "client_key", "password", "private", "secret", "token", "username"];

/// Other names that hadolint knows, in lower case.
const NAMES: &[&str] = &[
    "application_key",
    "aws_access_key_id",
    "ci_deploy_user",
    "docker_email",
    "facebook_app_id",
    "heroku_api_user",
    "okta_authn_groupid",
    "okta_client_orgurl",
    "okta_oauth2_clientid",
    "stripe_device_name",
    "travis_os_name",
    "travis_secure_env_vars",
    "travis_sudo",
];

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "ARG npm_token"), [1]);
        assert_eq!(lines(&RULE, "ENV AWS_ACCESS_KEY_ID=a"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD ENV MY_PASSWORD=a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "ARG VERSION").is_empty());
        assert!(lines(&RULE, "ENV KEY=a").is_empty());
    }
}
