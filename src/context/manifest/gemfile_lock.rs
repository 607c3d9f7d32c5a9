//! `Gemfile.lock`: the gems of its `specs`.

use super::Package;

/// Reads the gems: four blanks before the name, deeper lines are what they need.
pub(super) fn read(text: &str) -> Vec<Package> {
    let mut gems: Vec<Package> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        match indent {
            4 if inside => gems.extend(gem(line.trim())),
            6 if inside => {
                let name = line.trim().split(' ').next().map(str::to_owned);
                if let Some(gem) = gems.last_mut() {
                    gem.needs.extend(name);
                }
            }
            0..=3 => inside = line.trim() == "specs:",
            _ => {}
        }
    }
    gems
}

/// `nokogiri (1.16.2-x86_64-linux)`.
fn gem(text: &str) -> Option<Package> {
    let (name, version) = text.split_once(" (")?;
    let version = version.strip_suffix(')')?;
    Some(Package { name: name.to_owned(), version: version.to_owned(), ..Package::default() })
}
