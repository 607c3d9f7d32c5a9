//! `bun.lock`, the text form since bun 1.2: JSON with commas before `}` and `]`.

use super::closure::mark_development;
use super::platform::Platform;
use super::{Package, Problem};
use crate::context::json::{self, Value};

/// Reads the packages; those that no workspace needs to run are development's.
pub(super) fn read(text: &str) -> Result<Vec<Package>, Problem> {
    let strict = without_trailing_commas(text);
    let value = json::parse(&strict).map_err(|error| {
        super::problem_at(&strict, error.offset, format!("Not bun.lock: {}", error.message))
    })?;
    let members = value.get("packages").and_then(Value::as_object);
    let mut packages: Vec<Package> =
        members.into_iter().flatten().filter_map(|(_, package)| package_of(package)).collect();
    let mut needed: Vec<&str> = Vec::new();
    for (_, workspace) in value.get("workspaces").and_then(Value::as_object).into_iter().flatten() {
        for list in ["dependencies", "optionalDependencies"] {
            let names = workspace.get(list).and_then(Value::as_object).into_iter().flatten();
            needed.extend(names.map(|(name, _)| name.as_str()));
        }
    }
    mark_development(&mut packages, needed);
    Ok(packages)
}

/// `["name@version", registry, { dependencies, os, cpu }, checksum]`.
fn package_of(package: &Value) -> Option<Package> {
    let fields = package.as_array()?;
    let spec = fields.first()?.as_str()?;
    let at = spec.get(1..)?.find('@')? + 1;
    let (name, version) = (&spec[..at], &spec[at + 1..]);
    if version.starts_with("workspace:") {
        return None;
    }
    let about = fields.iter().find(|field| field.as_object().is_some());
    let mut needs = Vec::new();
    for list in ["dependencies", "optionalDependencies"] {
        let names = about.and_then(|about| about.get(list)).and_then(Value::as_object);
        needs.extend(names.into_iter().flatten().map(|(name, _)| name.clone()));
    }
    Some(Package {
        name: name.to_owned(),
        version: version.to_owned(),
        platform: about.map_or_else(|| Platform::of_name(name), |about| Platform::of(name, about)),
        needs,
        ..Package::default()
    })
}

/// Replaces commas that nothing follows by blanks, so that offsets stay.
fn without_trailing_commas(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut comma = None;
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => (quoted, comma) = (!quoted, None),
            _ if quoted => {}
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(at) = comma.take() {
                    bytes[at] = b' ';
                }
            }
            byte if !byte.is_ascii_whitespace() => comma = None,
            _ => {}
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_texts_stay() {
        let text = r#"{"a": ["x,]", "é\",}",], "b": 1, }"#;
        let strict = without_trailing_commas(text);
        assert_eq!(strict, r#"{"a": ["x,]", "é\",}" ], "b": 1  }"#);
        assert!(json::parse(&strict).is_ok());
    }

    #[test]
    fn a_broken_file_is_a_problem() {
        assert!(read("{ \"packages\": ").is_err());
        assert_eq!(read("{}").unwrap(), []);
    }
}
