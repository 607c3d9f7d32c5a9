//! A secret is written into the Dockerfile.
//!
//! `docker history` shows every command to whoever has the image, and the file is
//! in the repository. Fires for what is there in letters, not for variables: tokens
//! of known shapes, private keys, passwords in addresses, `Authorization` headers
//! and the password options of a few programs. The message does not repeat it.
//! (BuildKit's SecretsUsedInArgOrEnv looks at the names of ARG and ENV.)
//!
//! ```dockerfile
//! RUN curl -u admin:hunter2 https://example.com/app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN --mount=type=secret,id=netrc,target=/root/.netrc curl --netrc https://example.com/app
//! ```

use super::Rule;
use super::shell_calls::{Call, sequences};
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "secret-in-command",
    aliases: &[],
    severity: Severity::Error,
    kind: FindingKind::Security,
    fix: None,
    check: |facts| {
        let steps = sequences(facts).iter().flatten();
        let shapes = Shapes::of(facts.dockerfile.source());
        let found = steps.filter_map(|step| {
            let text = facts.dockerfile.text(step.instruction.span);
            let calls = step.run.as_ref().map_or(&[][..], |run| &run.calls);
            let what = shapes.find(text).or_else(|| calls.iter().find_map(in_call))?;
            let message = format!(
                "{what} stays readable in the image's history: use RUN --mount=type=secret"
            );
            Some((step.span, message))
        });
        found.collect()
    },
};

/// Tokens that are told by their beginning: what they are, the beginning, and
/// how many letters and digits follow at least. Source: GitHub's documentation
/// of its token formats and of secret scanning patterns.
const TOKENS: [(&str, &str, usize); 11] = [
    ("A GitHub token", "ghp_", 36),
    ("A GitHub token", "gho_", 36),
    ("A GitHub token", "ghs_", 36),
    ("A GitHub token", "github_pat_", 22),
    ("A GitLab token", "glpat-", 20),
    ("An npm token", "npm_", 36),
    ("An AWS access key", "AKIA", 16),
    ("A Slack token", "xoxb-", 20),
    ("A Slack token", "xoxp-", 20),
    ("A Google API key", "AIza", 35),
    ("A PyPI token", "pypi-AgEIcHlwaS5vcmc", 50),
];

/// The length of the shortest of them.
const SHORTEST: usize = 20;

/// What a whole Dockerfile has, so that its instructions need not be searched
/// for the rest.
struct Shapes {
    key: bool,
    registry: bool,
    token: bool,
}

impl Shapes {
    fn of(source: &str) -> Self {
        let registry = REGISTRY_KEYS.iter().any(|key| source.contains(key));
        let token = TOKENS.iter().any(|(_, start, _)| source.contains(start));
        Self { key: source.contains("-----BEGIN"), registry, token }
    }

    /// What an instruction's text has.
    fn find(&self, text: &str) -> Option<&'static str> {
        if let Some(what) = self.token.then(|| token(text)).flatten() {
            Some(what)
        } else if self.key && text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
            Some("A private key")
        } else if text.contains('@') && has_password(text) {
            Some("A password in an address")
        } else if self.registry && has_registry_token(text) {
            Some("A registry's token")
        } else {
            None
        }
    }
}

/// What the first token of a text is.
fn token(text: &str) -> Option<&'static str> {
    let is_part = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
    let words = text.as_bytes().split(|c| !is_part(*c));
    words.filter(|word| word.len() >= SHORTEST).find_map(|word| {
        let known = TOKENS.iter().find(|(_, start, length)| {
            word.strip_prefix(start.as_bytes()).is_some_and(|rest| rest.len() >= *length)
        });
        known.map(|(what, ..)| *what)
    })
}

/// True for `scheme://user:password@host`.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || "/\"'`<>".contains(c));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| is_literal(password))
    })
}

/// What `.npmrc` keeps secrets under.
const REGISTRY_KEYS: [&str; 3] = ["_authToken=", "_auth=", "_password="];

/// True for `_authToken=…` and the like of `.npmrc`.
fn has_registry_token(text: &str) -> bool {
    REGISTRY_KEYS.iter().any(|key| {
        text.match_indices(key).any(|(at, _)| {
            let rest = text[at + key.len()..].trim_start_matches(['"', '\'']);
            let end = rest.find(|c: char| c.is_whitespace() || "\"'".contains(c));
            is_literal(&rest[..end.unwrap_or(rest.len())])
        })
    })
}

fn in_call(call: &Call) -> Option<&'static str> {
    let values = |flags: &[&str]| -> Vec<&str> {
        let follows = call.args().windows(2).filter(|pair| flags.contains(&&*pair[0]));
        let joined = call.args().iter().filter_map(|arg| {
            let (flag, value) = arg.split_once('=')?;
            flags.contains(&flag).then_some(value)
        });
        follows.map(|pair| &*pair[1]).chain(joined).collect()
    };
    let headers = || values(&["-H", "--header"]);
    let passwords = || match &*call.name {
        "curl" => values(&["-u", "--user"])
            .into_iter()
            .filter_map(|user| user.split_once(':').map(|(_, password)| password))
            .collect(),
        "wget" => values(&["--password", "--http-password", "--ftp-password"]),
        "docker" | "podman" | "helm" if call.has_arg(&["login"]) => values(&["-p", "--password"]),
        "sshpass" => values(&["-p"]),
        _ => Vec::new(),
    };
    let sets_token = || {
        call.is(&["npm", "pnpm", "yarn"], &["config"]) && {
            let mut words = call.args().iter().skip_while(|arg| !arg.ends_with(":_authToken"));
            words.nth(1).is_some_and(|value| is_literal(value))
        }
    };
    if matches!(&*call.name, "curl" | "wget" | "http") && headers().iter().any(|h| authorizes(h)) {
        Some("An Authorization header")
    } else if passwords().iter().any(|password| is_literal(password)) {
        Some("A password")
    } else if sets_token() {
        Some("A registry's token")
    } else {
        None
    }
}

/// True for `Authorization: Bearer …` and headers like `X-Api-Key: …`.
fn authorizes(header: &str) -> bool {
    let Some((name, value)) = header.split_once(':') else { return false };
    let secret = ["authorization", "private-token", "x-api-key", "x-auth-token", "job-token"];
    secret.contains(&&*name.trim().to_ascii_lowercase())
        && value.split_whitespace().next_back().is_some_and(is_literal)
}

/// True for a value that is there in letters, and no placeholder.
fn is_literal(value: &str) -> bool {
    let placeholder = value.chars().all(|c| "*xX.-_".contains(c));
    !placeholder && !value.contains(['$', '<', '>', '{', '`'])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        let token = format!("ghp_{}", "a1".repeat(18));
        for command in [
            "RUN curl -H \"Authorization: Bearer abc\" a.b",
            "RUN a && curl --header='PRIVATE-TOKEN: abc' a.b",
            "RUN npm config set //a.b/:_authToken abc",
            "RUN echo \"//a.b/:_authToken=abc\" > .npmrc",
            "RUN git clone https://user:abc@a.b/c",
            "ADD https://user:abc@a.b/c /d",
            "RUN curl -u user:abc a.b",
            "RUN docker login -u a -p abc c.d",
            "RUN echo '-----BEGIN RSA PRIVATE KEY-----' > a",
            &format!("ENV A={token}"),
        ] {
            assert_eq!(lines(&RULE, &format!("FROM a\n{command}")), [2], "{command}");
        }
    }

    #[test]
    fn is_silent() {
        for command in [
            "RUN curl -H \"Authorization: Bearer $TOKEN\" a.b",
            "RUN curl -H \"Authorization: Bearer $(cat /run/secrets/a)\" a.b",
            "RUN curl -H 'Accept: application/json' a.b",
            "RUN npm config set //a.b/:_authToken ${TOKEN}",
            "RUN echo \"//a.b/:_authToken=${TOKEN}\" > .npmrc",
            "RUN git clone https://user:${TOKEN}@a.b/c && git clone ssh://git@a.b:22/c",
            "RUN pip install git+https://a.b/c@1:2",
            "RUN curl -u user a.b",
            "RUN mkdir -p abc",
            "ENV DATABASE=postgres://user:xxx@db/a",
            "ENV A=npm_config_cache",
        ] {
            assert!(lines(&RULE, &format!("FROM a\n{command}")).is_empty(), "{command}");
        }
    }
}
