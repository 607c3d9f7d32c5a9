//! Lines of images whose support has ended (`data/end_of_life.tsv`).

/// A line that is no longer supported, and the one to take instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedLine {
    /// The repository of an official image.
    pub repository: &'static str,
    /// The line, as its tags begin: `18`, `3.8`.
    pub line: &'static str,
    /// The name that tags may have instead; empty where there is none.
    pub codename: &'static str,
    /// The day (`yyyy-mm-dd`) when its support ended.
    pub ended: &'static str,
    /// A line that is supported.
    pub successor: &'static str,
    /// The name of that; empty where there is none.
    pub successor_codename: &'static str,
}

/// The ended line of a repository that a version (`18.2.0`) or a name (`buster`)
/// belongs to.
pub fn ended_line(repository: &str, version: &str) -> Option<EndedLine> {
    rows().find(|row| {
        let below =
            version.strip_prefix(row.line).is_some_and(|r| r.is_empty() || r.starts_with('.'));
        row.repository == repository
            && (below || (!row.codename.is_empty() && row.codename == version))
    })
}

fn rows() -> impl Iterator<Item = EndedLine> {
    super::rows(include_str!("../../data/end_of_life.tsv")).filter_map(|row| read(&row))
}

fn read(row: &[&'static str]) -> Option<EndedLine> {
    let [repository, line, codename, ended, successor, successor_codename] = *row else {
        return None;
    };
    Some(EndedLine { repository, line, codename, ended, successor, successor_codename })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_no_successor_has_ended() {
        let table = include_str!("../../data/end_of_life.tsv");
        assert_eq!(rows().count(), super::super::rows(table).count());
        for row in rows() {
            assert_eq!(ended_line(row.repository, row.successor), None, "{row:?}");
        }
    }

    #[test]
    fn a_line_has_its_patches_and_its_name() {
        let ended = |repository, version| ended_line(repository, version).map(|row| row.line);
        assert_eq!(ended("node", "18.20.8"), Some("18"));
        assert_eq!(ended("node", "hydrogen"), Some("18"));
        assert_eq!(ended("debian", "buster"), Some("10"));
        assert_eq!(ended("python", "3.12"), None);
        assert_eq!(ended("python", "3"), None);
        assert_eq!(ended("node", "180"), None);
    }
}
