//! Dependencies by the lock files: their licences, and that each is fixed to
//! its content. (As a test of the program itself: one beside it would have cargo
//! build the program anew while it runs the tests.)

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than their text.
const FREE: [&str; 10] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// A licence of tools, of which nothing is shipped.
const OF_TOOLS: &str = "MPL-2.0";

/// Whether an SPDX expression allows one of the licences. Where `AND` and `OR`
/// stand side by side, it asks for more than it needs to.
fn allows(expression: &str, licences: &[&str]) -> bool {
    // Cargo's older form of OR.
    let expression = expression.replace('/', " OR ");
    expression.split(" AND ").all(|part| {
        let mut choices = part.trim_matches(['(', ')', ' ']).split(" OR ").map(str::trim);
        choices.any(|choice| licences.contains(&choice))
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root")
}

#[test]
fn expressions() {
    assert!(allows("GPL-3.0 OR MIT", &FREE));
    assert!(allows("(MIT OR Apache-2.0) AND Unicode-3.0", &FREE));
    assert!(allows("MIT/Apache-2.0", &FREE));
    assert!(!allows("MIT AND GPL-3.0", &FREE));
    assert!(!allows("(GPL-3.0 OR LGPL-3.0) AND MIT", &FREE));
    assert!(!allows("", &FREE));
}

#[test]
fn crates() {
    // Other platforms' crates may not be here, and are not asked for.
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", String::from_utf8_lossy(&host.stdout).trim()])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let used = |id: &Value| nodes.iter().any(|node| node["id"] == *id);
    let packages = metadata["packages"].as_array().unwrap();
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| used(&package["id"]))
        .filter(|package| !allows(package["license"].as_str().unwrap_or_default(), &FREE))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert_eq!(refused, [""; 0]);
    assert!(packages.len() > 50, "{} packages", packages.len());
}

#[test]
fn npm_packages() {
    let text = fs::read_to_string(root().join("package-lock.json")).unwrap();
    let lock: Value = serde_json::from_str(&text).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
        let licence = package["license"].as_str().unwrap_or_default();
        let is_tool = package["dev"] == true;
        let allowed = allows(licence, &FREE) || is_tool && allows(licence, &[OF_TOOLS]);
        assert!(allowed, "{name}: {licence}");
        assert!(package["integrity"].is_string(), "{name} is not fixed to its content");
    }
    assert!(packages.len() > 50, "{} packages", packages.len());
}
