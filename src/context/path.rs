//! Slash-separated paths, cleaned as Go's `path.Clean` does: by text alone.

/// The shortest path with the same meaning: no empty or `.` component, and
/// `..` taken back where a component stands before it. `.` if nothing is left.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => match kept.last() {
                Some(&last) if last != ".." => drop(kept.pop()),
                _ if rooted => {}
                _ => kept.push(".."),
            },
            other => kept.push(other),
        }
    }
    match (rooted, kept.is_empty()) {
        (true, _) => format!("/{}", kept.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => kept.join("/"),
    }
}

/// The path below the context's root, without a leading `/`; `..` never leaves
/// the root. Empty for the root itself.
pub fn in_root(path: &str) -> String {
    // Most are that already.
    if path.split('/').all(|component| !matches!(component, "" | "." | "..")) {
        return path.to_owned();
    }
    clean(&format!("/{path}"))[1..].to_owned()
}

/// The rest of `path` below `folder`; the whole path if `folder` is empty.
/// `None` if it is not below it, or is the folder itself.
pub fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_by_text() {
        for (path, expected) in [
            ("", "."),
            (".", "."),
            ("./", "."),
            ("/", "/"),
            ("a//b/./c/", "a/b/c"),
            ("a/../b", "b"),
            ("../a/..", ".."),
            ("a/../..", ".."),
            ("/../a", "/a"),
            ("/a/..", "/"),
        ] {
            assert_eq!(clean(path), expected, "{path}");
        }
    }

    #[test]
    fn stays_in_the_root() {
        assert_eq!(in_root("../../src/"), "src");
        assert_eq!(in_root("."), "");
        assert_eq!(below("src/a/b", "src"), Some("a/b"));
        assert_eq!(below("srcs/a", "src"), None);
        assert_eq!(below("src", "src"), None);
    }
}
