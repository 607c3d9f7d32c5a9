//! BuildKit's own tables. They are read where they are; without them the tests
//! say so and pass.

use std::path::PathBuf;

use dockerfile_playground::sorted::Map;
use dockerfile_playground::syntax::{Dockerfile, Expander, dump};

fn table(name: &str) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = std::env::var_os("CONFORMANCE_DIR")
        .map_or_else(|| root.join("../shared/conformance"), PathBuf::from);
    let text = std::fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        println!("SKIPPED: no {name} in {}", folder.display());
    }
    text
}

#[test]
fn parser() {
    let Some(rows) = table("buildkit_parser.jsonl") else { return };
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a row is JSON");
        let name = row["name"].as_str().expect("a row has a name");
        let source = row["dockerfile"].as_str().expect("a row has a Dockerfile");
        let parsed = Dockerfile::parse(source);
        assert_eq!(parsed.is_well_formed(), row["valid"] == true, "{name}: {:?}", parsed.errors);
        if let Some(ast) = row["ast"].as_str() {
            assert_eq!(dump(&parsed), ast, "{name}");
        }
    }
}

/// Rows are `platform|source|expected`; `W` rows are for Windows only.
#[test]
fn variables() {
    let Some(rows) = table("buildkit_shell_envVarTest.txt") else { return };
    let pairs = [("PWD", "/home"), ("SHELL", "bash"), ("KOREAN", "한국어"), ("NULL", "")];
    let variables: Map<_, _> =
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let columns: Vec<_> = row.trim().split('|').map(str::trim).collect();
        let [platform, source, expected] = columns[..] else { continue };
        if platform == "W" {
            continue;
        }
        let result = Expander::new('\\', &variables).word(source);
        let text = result.map_or_else(|_| "error".to_owned(), |expansion| expansion.text);
        assert_eq!(text, expected, "{source}");
    }
}

/// Rows are `source | word,word…`; `ENV name=value` rows set variables.
#[test]
fn words() {
    let Some(rows) = table("buildkit_shell_wordsTest.txt") else { return };
    let mut variables = Map::new();
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        if let Some(pair) = row.strip_prefix("ENV ") {
            let (name, value) = pair.trim_start().split_once('=').expect("name=value");
            variables.insert(name.to_owned(), value.to_owned());
            continue;
        }
        let (source, expected) = row.split_once('|').expect("two columns");
        let result = Expander::new('\\', &variables).words(source.trim());
        let words = result.unwrap_or_else(|_| vec!["error".to_owned()]);
        let expected: Vec<_> = expected.trim_start_matches(' ').split(',').collect();
        assert_eq!(words, expected, "{source}");
    }
}
