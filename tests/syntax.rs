//! Tests of the syntax module from outside.

#[path = "syntax/conformance.rs"]
mod conformance;
#[path = "syntax/properties.rs"]
mod properties;
#[path = "syntax/snapshots.rs"]
mod snapshots;

/// The names and texts of the fixtures.
fn fixtures() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/syntax");
    let mut fixtures: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a fixture can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "Dockerfile"))
        .map(|path| {
            let name = path.file_stem().expect("a fixture has a name").to_string_lossy();
            (name.into_owned(), std::fs::read_to_string(&path).expect("a fixture is text"))
        })
        .collect();
    assert!(fixtures.len() >= 60, "{} fixtures are left", fixtures.len());
    fixtures.sort();
    fixtures
}
