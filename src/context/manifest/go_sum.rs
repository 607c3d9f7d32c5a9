//! `go.sum`: the modules that a build downloads.

use super::Package;

/// Reads the lines that hash a module's own files; those of `…/go.mod` hash
/// its manifest only.
pub(super) fn read(text: &str) -> Vec<Package> {
    let module = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, version, hash) = (words.next()?, words.next()?, words.next()?);
        let ours = hash.starts_with("h1:") && !version.ends_with("/go.mod");
        ours.then(|| Package {
            name: name.to_owned(),
            version: version.to_owned(),
            ..Package::default()
        })
    };
    text.lines().filter_map(module).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_modules_whose_files_are_hashed_count() {
        let text =
            "a.org/x v1.2.0 h1:abc=\na.org/x v1.2.0/go.mod h1:def=\nb.org/y v0.1.0/go.mod h1:g=\n";
        let modules = read(text);
        assert_eq!(modules.len(), 1);
        assert_eq!((modules[0].name.as_str(), modules[0].version.as_str()), ("a.org/x", "v1.2.0"));
    }
}
