//! Reads a pasted `git log` that names files: `--name-status`, `--name-only`,
//! `--stat`, `--numstat`, `--raw` or `-p`, with the usual commit headers, with
//! `--oneline`, `--graph`, or with a format of one's own.
//!
//! Facts on the format: git-log(1), git-diff(1) "Raw output format" and "Other
//! diff formats", and `core.quotePath` in git-config(1).

use crate::context::{Problem, Role, path, role};

/// Problems that are listed; a log with more is no log.
pub(super) const MOST_PROBLEMS: usize = 50;
/// Commits that are read, the newest; a week of builds is told by far fewer.
const MOST_COMMITS: usize = 50_000;
/// Characters kept of a commit's title.
const LONGEST_TITLE: usize = 120;

/// A log, newest commit first as git prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitLog {
    /// The commits, in the text's order.
    pub commits: Vec<Commit>,
    /// Lines that could not be read, in the text's order.
    pub problems: Vec<Problem>,
}

/// A commit as far as the log tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its hash as printed; empty when the format leaves it out.
    pub id: String,
    /// The first line of its message; empty when the format leaves it out.
    pub title: String,
    /// 1-based line of the log where it begins.
    pub line: u32,
    /// What it does to files; a rename is a deletion and an addition.
    pub files: Vec<Touched>,
}

/// A file that a commit touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Path from the repository's root.
    pub path: String,
    /// What happens to it.
    pub how: How,
    /// True when `--stat` cut the path's beginning off: `path` is its end.
    pub cut: bool,
    /// 1-based line of the log.
    pub line: u32,
}

/// What a commit does to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// It was not there before.
    Added,
    /// It has other content, or another mode or type; or the log does not say.
    Edited,
    /// It is gone.
    Deleted,
}

impl GitLog {
    /// Reads a log. Never fails: a line that cannot be read becomes a problem
    /// at its place, and the rest is read.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let graph = text.lines().find(|line| !line.trim().is_empty());
        let graph = graph.is_some_and(|line| line.starts_with("* "));
        let lines = || {
            let lines = text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line));
            lines.map(move |line| if graph { without_graph(line) } else { line })
        };
        let mut reader = Reader { style: Style::of(lines()), ..Reader::default() };
        for (index, line) in lines().enumerate() {
            let number = index as u32 + 1;
            reader.line(number, line);
            if reader.log.commits.len() > MOST_COMMITS {
                reader.log.commits.pop();
                let message = "more than 50,000 commits; the older ones are left out".to_owned();
                let help = "git log -50000 prints no more";
                reader.problem(number, line, (line, message, help));
                break;
            }
        }
        reader.end()
    }
}

/// How the log names files. Knowing it tells a message from a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Style {
    /// `M<TAB>path`, `3<TAB>1<TAB>path`, `:100644 … M<TAB>path`.
    Marked,
    /// `path | 12 ++--`.
    Stat,
    /// `diff --git a/path b/path`.
    Patch,
    /// Paths alone.
    #[default]
    Names,
}

impl Style {
    fn of<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        let (mut stat, mut patch, mut inside) = (false, false, false);
        for line in lines {
            // What a patch holds may look like anything.
            inside = line.starts_with("diff --git ") || (inside && is_of_patch(line));
            patch |= inside;
            if inside {
                continue;
            }
            if marked(line).is_some() {
                return Self::Marked;
            }
            stat |= stat_path(line).is_some();
        }
        match (stat, patch) {
            (true, _) => Self::Stat,
            (_, true) => Self::Patch,
            _ => Self::Names,
        }
    }
}

/// Where in a commit the reader is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    /// Before the first commit, or between files and the next commit.
    #[default]
    Between,
    /// Among a commit's headers and its message.
    Head,
    /// Among its files.
    Files,
    /// In a patch.
    Patch,
}

#[derive(Default)]
struct Reader {
    style: Style,
    part: Part,
    /// True once a `commit HASH` line was seen: what is not indented then is
    /// no message.
    headed: bool,
    log: GitLog,
    /// Problems beyond those listed.
    unlisted: usize,
}

/// A line that cannot be read: the piece, what was expected, a fix.
type Unread<'l> = (&'l str, String, &'static str);

impl Reader {
    fn line(&mut self, number: u32, line: &str) {
        if line.trim().is_empty() {
            if self.part == Part::Files {
                self.part = Part::Between;
            }
        } else if let Some(id) = commit_header(line) {
            self.headed = true;
            self.begin(number, id, "");
        } else if self.is_of_head(line) {
            self.head(line);
        } else if let Some(rest) = line.strip_prefix("diff --git ") {
            self.patch(number, line, rest);
        } else if self.part == Part::Patch && is_of_patch(line) {
            // The change itself does not count, only that there is one.
        } else {
            match self.files(number, line) {
                Ok(Some(files)) => self.add(number, files),
                Ok(None) if is_summary(line) => {}
                Ok(None) => self.text(number, line),
                Err(unread) => self.problem(number, line, unread),
            }
        }
    }

    /// True for a header of a commit, or a line of its message.
    fn is_of_head(&self, line: &str) -> bool {
        const HEADERS: [&str; 9] = [
            "Author:",
            "AuthorDate:",
            "Commit:",
            "CommitDate:",
            "Date:",
            "Merge:",
            "Notes:",
            "Reflog:",
            "Reflog message:",
        ];
        let indented = line.starts_with("    ") || line.starts_with('\t');
        self.headed
            && self.part == Part::Head
            && (indented
                || line.starts_with("gpg:")
                || HEADERS.iter().any(|header| line.starts_with(header)))
    }

    fn head(&mut self, line: &str) {
        if line.starts_with(char::is_whitespace)
            && let Some(commit) = self.log.commits.last_mut()
            && commit.title.is_empty()
        {
            commit.title = title(line);
        }
    }

    fn begin(&mut self, line: u32, id: &str, text: &str) {
        let commit = Commit { id: id.to_owned(), title: title(text), line, files: Vec::new() };
        self.log.commits.push(commit);
        self.part = Part::Head;
    }

    fn add(&mut self, line: u32, files: Vec<Touched>) {
        // Without headers, an empty line is all that parts two commits.
        let anonymous = self.part == Part::Between && !self.headed;
        if self.log.commits.is_empty() || anonymous {
            self.begin(line, "", "");
        }
        if let Some(commit) = self.log.commits.last_mut() {
            commit.files.extend(files);
        }
        self.part = Part::Files;
    }

    /// The files that a line names; `None` when it is no such line.
    fn files<'l>(&self, number: u32, line: &'l str) -> Result<Option<Vec<Touched>>, Unread<'l>> {
        match self.style {
            Style::Marked => marked(line).map(|marked| marked.files(number)).transpose(),
            Style::Stat => stat_path(line).map(|path| stat(number, path)).transpose(),
            Style::Patch => Ok(None),
            Style::Names => match self.is_name(line) {
                true => Ok(Some(vec![touched(number, line, How::Edited)?])),
                false => Ok(None),
            },
        }
    }

    /// True when a line of `--name-only` is a path, and no title.
    fn is_name(&self, line: &str) -> bool {
        if self.headed {
            return !is_summary(line);
        }
        let first = line.split(' ').next().unwrap_or(line);
        let dotted = |name: &str| name.contains('.') && !name.ends_with(['.', ':', ',']);
        let ends = line.len() == first.len() || (first.contains('/') && dotted(line));
        let named = || first.contains('/') || dotted(first) || role(first) != Role::Other;
        line.starts_with('"') || (ends && short_header(line).is_none() && named())
    }

    fn patch(&mut self, number: u32, line: &str, rest: &str) {
        if self.style == Style::Patch {
            match patch_paths(number, rest) {
                Ok(files) => self.add(number, files),
                Err(unread) => self.problem(number, line, unread),
            }
        }
        self.part = Part::Patch;
    }

    /// A line that is neither header nor file: of `--oneline`, or of a format
    /// of one's own.
    fn text(&mut self, number: u32, line: &str) {
        if let Some((id, text)) = short_header(line) {
            self.begin(number, id, text);
        } else if self.headed {
            let expected = match self.style {
                Style::Marked => "a status, a tab and a path (M<TAB>src/app.ts)",
                Style::Stat => "a path and its changes (src/app.ts | 3 +-)",
                Style::Patch | Style::Names => "a path",
            };
            let message = format!("expected \"commit HASH\", or {expected}");
            self.problem(number, line, (line.trim(), message, HELP));
        } else if self.part == Part::Head {
            // The second line of a message.
        } else {
            self.begin(number, "", line);
        }
    }

    fn problem(&mut self, number: u32, line: &str, (piece, message, help): Unread<'_>) {
        if self.log.problems.len() < MOST_PROBLEMS {
            let problem = Problem::in_line(number, line, piece, message);
            self.log.problems.push(problem.with_help(help));
        } else {
            self.unlisted += 1;
        }
    }

    fn end(mut self) -> GitLog {
        if let Some(last) = self.log.problems.last_mut().filter(|_| self.unlisted > 0) {
            last.message = format!("{} (and {} more lines)", last.message, self.unlisted);
        }
        let problems = &mut self.log.problems;
        let missing = match &self.log.commits[..] {
            _ if !problems.is_empty() => return self.log,
            [] => "there is no commit in the log",
            commits if commits.iter().all(|commit| commit.files.is_empty()) => {
                "the commits of the log name no files"
            }
            _ => return self.log,
        };
        problems.push(Problem::in_line(1, "", "", missing).with_help(HELP));
        self.log
    }
}

const HELP: &str = "Paste the output of git log --name-status";

/// The hash of a `commit HASH` line.
fn commit_header(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("commit ")?.trim_start_matches(['-', '<', '>', '=', '+', ' ']);
    let id = rest.split(' ').next()?;
    (id.len() >= 7 && is_hash(id)).then_some(id)
}

/// Hash and title of a line of `--oneline`.
fn short_header(line: &str) -> Option<(&str, &str)> {
    let (id, title) = line.split_once(' ').unwrap_or((line, ""));
    ((7..=64).contains(&id.len()) && is_hash(id)).then_some((id, title))
}

fn is_hash(word: &str) -> bool {
    word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A title without the branches that `--decorate` puts before it.
fn title(text: &str) -> String {
    let text = text.trim();
    let plain =
        text.strip_prefix('(').and_then(|rest| rest.split_once(") ")).filter(|(refs, _)| {
            ["HEAD", "tag: ", "origin/"].iter().any(|start| refs.starts_with(start))
        });
    plain.map_or(text, |(_, title)| title).chars().take(LONGEST_TITLE).collect()
}

/// The line without the lines that `--graph` draws.
fn without_graph(line: &str) -> &str {
    if line.chars().all(|c| "*|/\\_-. ".contains(c)) {
        return "";
    }
    let mut rest = line;
    while let Some(after) = rest.strip_prefix(['*', '|', '/', '\\']) {
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    // Beside a merge the graph is wider; a message is four blanks in.
    let text = rest.trim_start_matches(' ');
    if rest.len() - text.len() < 4 { text } else { rest }
}

/// What git says about a commit's files besides them.
fn is_summary(line: &str) -> bool {
    let line = line.trim();
    let count = line.split(' ').next().is_some_and(|word| word.parse::<u64>().is_ok());
    let counts = count && (line.contains(" file changed") || line.contains(" files changed"));
    let starts = ["create mode ", "delete mode ", "mode change ", "rename ", "copy ", "rewrite "];
    let modes = line.ends_with(')') || line.contains(" mode ") || line.contains(" => ");
    counts || line == "---" || (modes && starts.iter().any(|start| line.starts_with(start)))
}

/// True for a line of a patch below its `diff --git`.
fn is_of_patch(line: &str) -> bool {
    const STARTS: [&str; 17] = [
        " ",
        "+",
        "-",
        "@@",
        "\\",
        "index ",
        "new file",
        "deleted file",
        "old mode",
        "new mode",
        "similarity",
        "dissimilarity",
        "rename ",
        "copy ",
        "Binary files",
        "GIT binary",
        "\t",
    ];
    STARTS.iter().any(|start| line.starts_with(start))
}

/// A line that marks its path: status letters, and the paths.
struct Marked<'l> {
    status: &'l str,
    paths: Vec<&'l str>,
}

/// Reads `M<TAB>path`, `3<TAB>1<TAB>path` and `:100644 100644 … M<TAB>path`.
fn marked(line: &str) -> Option<Marked<'_>> {
    // Most other lines of a log are told by how they begin.
    if !line.starts_with(|c: char| matches!(c, ':' | '-' | '0'..='9' | 'A'..='Z')) {
        return None;
    }
    let (head, rest) = match line.split_once('\t') {
        Some((head, rest)) => (head, Some(rest)),
        None => line.split_once("  ").map_or((line, None), |(head, rest)| (head, Some(rest))),
    };
    if head.starts_with(':') {
        let status = head.rsplit(' ').next()?;
        return Some(Marked { status, paths: rest?.split('\t').collect() });
    }
    let number = |word: &str| word == "-" || word.parse::<u64>().is_ok();
    if number(head) && line.contains('\t') {
        let (deleted, path) = rest?.split_once('\t')?;
        return number(deleted).then(|| Marked { status: "numbers", paths: vec![path] });
    }
    let letters = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_status = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_status || letters.len() > 3 {
        return None;
    }
    match rest {
        // A terminal that turned tabs into blanks.
        Some(rest) if !line.contains('\t') => {
            let paths = rest.split("  ").map(str::trim).filter(|path| !path.is_empty());
            Some(Marked { status: head, paths: paths.collect() })
        }
        Some(rest) => Some(Marked { status: head, paths: rest.split('\t').collect() }),
        // "M" alone: a line that was cut off.
        None if letters.len() == 1 && letters != "A" => {
            Some(Marked { status: head, paths: Vec::new() })
        }
        None => None,
    }
}

impl<'l> Marked<'l> {
    fn files(self, number: u32) -> Result<Vec<Touched>, Unread<'l>> {
        const PATH: &str = "Leave the line out, or paste it whole";
        let Some(first) = self.paths.first().filter(|path| !path.trim().is_empty()) else {
            return Err((self.status, format!("expected a path after {}", self.status), PATH));
        };
        if self.status == "numbers" {
            return renamed(number, first, false);
        }
        let how = match self.status.chars().next_back().filter(char::is_ascii_uppercase) {
            _ if self.status.starts_with(['R', 'C']) => {
                let Some(new) = self.paths.get(1).filter(|path| !path.trim().is_empty()) else {
                    let message =
                        format!("expected the new path after {} and the old one", self.status);
                    return Err((first, message, PATH));
                };
                let new = touched(number, new, How::Added)?;
                return Ok(match self.status.starts_with('R') {
                    true => vec![touched(number, first, How::Deleted)?, new],
                    false => vec![new],
                });
            }
            Some('A') => How::Added,
            Some('D') => How::Deleted,
            Some('M' | 'T' | 'U' | 'X' | 'B') | None => How::Edited,
            Some(_) => {
                let message =
                    format!("{} is no status of git: expected A, C, D, M, R, T or U", self.status);
                return Err((self.status, message, HELP));
            }
        };
        Ok(vec![touched(number, first, how)?])
    }
}

/// The path of a line of `--stat`.
fn stat_path(line: &str) -> Option<&str> {
    let (path, changes) = line.rsplit_once(" | ")?;
    let changes = changes.trim_start();
    let counted = changes.starts_with(|c: char| c.is_ascii_digit())
        || changes.starts_with("Bin")
        || changes.starts_with("Unmerged");
    (counted && !line.starts_with("    ")).then(|| path.trim()).filter(|path| !path.is_empty())
}

fn stat(number: u32, path: &str) -> Result<Vec<Touched>, Unread<'_>> {
    let (whole, cut) = match path.strip_prefix("...") {
        Some(rest) => (rest.strip_prefix('/').unwrap_or(rest), true),
        None => (path, false),
    };
    renamed(number, whole, cut)
}

/// The files of a path that may stand for two: `old => new`, `a/{b => c}/d`.
fn renamed(number: u32, path: &str, cut: bool) -> Result<Vec<Touched>, Unread<'_>> {
    let both = |old: &str, new: &str| {
        let one = |path: &str, how| Touched { path: path::in_root(path), how, cut, line: number };
        let both = [one(old, How::Deleted), one(new, How::Added)];
        let named: Vec<Touched> = both.into_iter().filter(|file| !file.path.is_empty()).collect();
        match named.is_empty() {
            true => Err((path, "expected the path of a file".to_owned(), HELP)),
            false => Ok(named),
        }
    };
    let Some((before, after)) = path.split_once(" => ") else {
        return match path.split_once('}').filter(|_| cut) {
            // The end of {old => new}: the new path is all that is left.
            Some((new, end)) => both("", &format!("{new}{end}")),
            None => Ok(vec![Touched { cut, ..touched(number, path, How::Edited)? }]),
        };
    };
    match (before.rsplit_once('{'), after.split_once('}')) {
        (Some((start, old)), Some((new, end))) => {
            both(&format!("{start}{old}{end}"), &format!("{start}{new}{end}"))
        }
        (None, Some((new, end))) if cut => both(&format!("{before}{end}"), &format!("{new}{end}")),
        (None, None) => both(before, after),
        _ => {
            let message = "expected both braces of {old => new}: the path was cut".to_owned();
            Err((path, message, WIDER))
        }
    }
}

const WIDER: &str = "Use git log --name-status, or --stat=1000, which cuts no paths";

/// The paths of `diff --git a/old b/new`.
fn patch_paths(number: u32, rest: &str) -> Result<Vec<Touched>, Unread<'_>> {
    if rest.starts_with('"') {
        let end = closing_quote(rest).unwrap_or(rest.len());
        let file = touched(number, rest.get(..end).unwrap_or(rest), How::Edited)?;
        let path = file.path.strip_prefix("a/").unwrap_or(&file.path).to_owned();
        return Ok(vec![Touched { path, ..file }]);
    }
    let halves = rest.strip_prefix("a/").and_then(|rest| rest.split_once(" b/"));
    let Some((old, new)) = halves else {
        return Err((rest, "expected a/OLD b/NEW after diff --git".to_owned(), HELP));
    };
    // " b/" may be part of the name; unchanged names are of equal length.
    let same = rest.len() >= 4 && rest.get(2..rest.len() / 2) == rest.get(rest.len() / 2 + 3..);
    match rest.get(2..rest.len() / 2).filter(|_| same) {
        Some(path) => Ok(vec![touched(number, path, How::Edited)?]),
        None => Ok(vec![touched(number, old, How::Deleted)?, touched(number, new, How::Added)?]),
    }
}

fn touched(line: u32, written: &str, how: How) -> Result<Touched, Unread<'_>> {
    let path = path::in_root(&unquoted(written.trim_matches(['\r', '\n']))?);
    match path.is_empty() {
        true => Err((written, "expected the path of a file".to_owned(), HELP)),
        false => Ok(Touched { path, how, cut: false, line }),
    }
}

/// Where a quoted path ends, after its closing quote.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at + 1)
    })
}

/// A path as git quotes it where it holds bytes above 127, quotes, backslashes
/// or control characters: as in C, with octal numbers for bytes.
fn unquoted(written: &str) -> Result<std::borrow::Cow<'_, str>, Unread<'_>> {
    const HELP: &str = "Set core.quotePath to false, or close the quotes";
    let Some(rest) = written.strip_prefix('"') else { return Ok(written.into()) };
    if closing_quote(written) != Some(written.len()) {
        return Err((written, "expected a closing quote at the path's end".to_owned(), HELP));
    }
    let body = rest.strip_suffix('"').unwrap_or(rest);
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next() {
            Some(b'a') => 7,
            Some(b'b') => 8,
            Some(b't') => b'\t',
            Some(b'n') => b'\n',
            Some(b'v') => 11,
            Some(b'f') => 12,
            Some(b'r') => b'\r',
            Some(quoted @ (b'"' | b'\\')) => quoted,
            Some(first @ b'0'..=b'3') => {
                let mut value = first - b'0';
                for _ in 0..2 {
                    let digit = rest.next_if(|byte| matches!(byte, b'0'..=b'7'));
                    value = value << 3 | digit.map_or(0, |digit| digit - b'0');
                }
                value
            }
            _ => {
                let message = "expected \\\", \\\\, a letter or three octal digits after \\";
                return Err((written, message.to_owned(), HELP));
            }
        });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One line a commit: id, title, and files as `+`, `~` or `-` and the path.
    fn shown(text: &str) -> Vec<String> {
        let log = GitLog::parse(text);
        assert_eq!(log.problems, []);
        let file = |file: &Touched| {
            let sign = match file.how {
                How::Added => '+',
                How::Edited => '~',
                How::Deleted => '-',
            };
            format!("{sign}{}{}", if file.cut { "…" } else { "" }, file.path)
        };
        let commit = |commit: &Commit| {
            let files: Vec<String> = commit.files.iter().map(file).collect();
            format!("{}:{}: {}", commit.id, commit.title, files.join(" "))
        };
        log.commits.iter().map(commit).collect()
    }

    fn problem(text: &str) -> (u32, u32, String) {
        let problem = GitLog::parse(text).problems.remove(0);
        assert!(problem.help.is_some(), "no fix for {}", problem.message);
        (problem.line, problem.column, problem.message)
    }

    const HEADED: &str = "commit 8f2a9d0c1b (HEAD -> main)\nMerge: 1111111 2222222\nAuthor: A <a@b>\nDate:   Mon Nov 2 2026\n\n    Merge it\n\ncommit 0c3b5e7a9d\nAuthor: A <a@b>\n\n    Fix the port\n    \n    M  not a file\n\n";

    #[test]
    fn reads_name_status_with_headers() {
        let files = "M\tsrc/a.ts\nA\tb c.md\nD\told\nR087\tx/y\tz\nC100\tp\tq\nMM\tboth\n";
        assert_eq!(
            shown(&format!("{HEADED}{files}")),
            [
                "8f2a9d0c1b:Merge it: ",
                "0c3b5e7a9d:Fix the port: ~src/a.ts +b c.md -old -x/y +z +q ~both"
            ]
        );
    }

    #[test]
    fn reads_name_only_with_headers() {
        let files = "src/a.ts\nWith blanks\n";
        assert_eq!(
            shown(&format!("{HEADED}{files}"))[1],
            "0c3b5e7a9d:Fix the port: ~src/a.ts ~With blanks"
        );
    }

    #[test]
    fn reads_stat_with_renames_and_cut_paths() {
        let files = " src/a.ts             |  12 ++--\n {old => new}/b.ts    |   0\n c/{ => d}/e.ts | 1 +\n f.png => g.png | Bin 0 -> 9 bytes\n .../deep/h.ts | 2 -\n .../new}/i.ts | 0\n .../old => new}/j.ts | 0\n 7 files changed, 3 insertions(+)\n create mode 100644 c/d/e.ts\n rename {old => new}/b.ts (100%)\n";
        assert_eq!(
            shown(&format!("{HEADED}{files}"))[1],
            "0c3b5e7a9d:Fix the port: ~src/a.ts -old/b.ts +new/b.ts -c/e.ts +c/d/e.ts -f.png +g.png ~…deep/h.ts +…new/i.ts -…old/j.ts +…new/j.ts"
        );
    }

    #[test]
    fn reads_oneline_and_formats_of_ones_own() {
        let oneline = "0c3b5e7 (HEAD -> main) Fix it\nM\ta\n8f2a9d0 Merge\n1234567 More\nA\tb\n";
        assert_eq!(shown(oneline), ["0c3b5e7:Fix it: ~a", "8f2a9d0:Merge: ", "1234567:More: +b"]);
        let names = "Fix it\nsrc/a.ts\nREADME.md\nDockerfile\n\nMore of it, see b.ts\nb.ts\n";
        assert_eq!(
            shown(names),
            [":Fix it: ~src/a.ts ~README.md ~Dockerfile", ":More of it, see b.ts: ~b.ts"]
        );
        assert_eq!(shown("\na.ts\nb.ts\n\nc.ts\n"), [":: ~a.ts ~b.ts", ":: ~c.ts"]);
        assert_eq!(shown("M\ta\nM\tb\n\nD\tc\n"), [":: ~a ~b", ":: -c"]);
    }

    #[test]
    fn reads_what_else_git_prints() {
        let graph = "* 0c3b5e7 Fix\n| M\ta\n| * 8f2a9d0 Side\n| | A\tb/c\n|/  \n";
        assert_eq!(shown(graph), ["0c3b5e7:Fix: ~a", "8f2a9d0:Side: +b/c"]);
        assert_eq!(shown("0c3b5e7 Fix\n3\t1\ta\n-\t-\tb.png\n"), ["0c3b5e7:Fix: ~a ~b.png"]);
        let raw = "0c3b5e7 Fix\n:100644 100755 abc def M\ta\n:000000 100644 0 def A\tb\n";
        assert_eq!(shown(raw), ["0c3b5e7:Fix: ~a +b"]);
        let merge = "*   commit 0c3b5e7a9d\n|\\  Merge: 1111111 2222222\n| | Author: A\n| |\n| |     Merge\n| |\n| * commit 8f2a9d0c1b\n|/  Author: A\n|\n|       Side\n|\n|   M\ta\n";
        assert_eq!(shown(merge), ["0c3b5e7a9d:Merge: ", "8f2a9d0c1b:Side: ~a"]);
        let patch = "commit 0c3b5e7a9d\n\n    Fix\n\ndiff --git a/a b/a\nindex 1..2\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-M\n-\t-\tx\ndiff --git a/b b/c\n";
        assert_eq!(shown(patch), ["0c3b5e7a9d:Fix: ~a -b +c"]);
    }

    #[test]
    fn reads_quoted_paths_and_tabs_that_became_blanks() {
        let quoted = "0c3b5e7 Fix\nM\t\"src/\\303\\244 \\\"b\\\".ts\"\nA       plain.ts\n";
        assert_eq!(shown(quoted), ["0c3b5e7:Fix: ~src/ä \"b\".ts +plain.ts"]);
        let blanks = "0c3b5e7 Fix\nM       src/a.ts\nR100    old.ts  new name.ts\n";
        assert_eq!(shown(blanks), ["0c3b5e7:Fix: ~src/a.ts -old.ts +new name.ts"]);
    }

    #[test]
    fn says_where_and_what_is_wrong_and_reads_the_rest() {
        let log = format!("{HEADED}M\ta\nwhat is this\nM\tb\n");
        assert_eq!(GitLog::parse(&log).commits[1].files.len(), 2);
        let (line, column, message) = problem(&log);
        assert_eq!((line, column), (16, 1));
        assert!(message.contains("M<TAB>src/app.ts"), "{message}");
        for (text, place, part) in [
            ("0c3b5e7 Fix\nM\ta\nM\t\"open\n", (3, 3), "closing quote"),
            ("0c3b5e7 Fix\nM\ta\nM\t\"\\x\"\n", (3, 3), "octal"),
            ("0c3b5e7 Fix\nM\ta\nQ\tb\n", (3, 1), "no status"),
            ("0c3b5e7 Fix\nR100\told\n", (2, 6), "the new path"),
            ("0c3b5e7 Fix\nM\ta\nM\n", (3, 1), "a path after M"),
            (" .../{a => b | 2 +-\n", (1, 6), "both braces"),
            ("", (1, 1), "no commit"),
            ("commit 0c3b5e7a9d\n\n    Fix\n", (1, 1), "name no files"),
        ] {
            let (line, column, message) = problem(text);
            assert_eq!((line, column), place, "{text:?}: {message}");
            assert!(message.contains(part), "{text:?}: {message}");
        }
    }

    #[test]
    fn lists_only_so_many_problems() {
        let log = GitLog::parse(&format!("{HEADED}M\ta\n{}", "?\n".repeat(1_000)));
        assert_eq!(log.problems.len(), MOST_PROBLEMS);
        assert!(log.problems.last().is_some_and(|last| last.message.contains("950 more")));
    }

    /// Pieces that logs are made of, whole and broken.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("commit 0c3b5e7a9d\n".to_owned()),
            Just("Author: A\n\n    Title\n\n".to_owned()),
            Just("* | 0c3b5e7 Fix\n".to_owned()),
            Just("diff --git a/x b/".to_owned()),
            "[ACDMRTUX]{0,2}[0-9]{0,3}[\t ]{0,3}[a-z/\".{}= >\\\\0-9ä]{0,12}\n",
            " ?[.a-z/{} =>\"]{0,14} \\| [0-9B]{0,3} [+-]{0,3}\n",
            "\\PC{0,20}\n?",
        ]
    }

    #[test]
    fn the_oldest_of_too_many_commits_are_left_out() {
        let text: String =
            (0..60_000).map(|i| format!("commit {i:040x}\n\n    t\n\nM\ta/{i}\n\n")).collect();
        let log = GitLog::parse(&text);
        assert_eq!((log.commits.len(), log.problems.len()), (MOST_COMMITS, 1));
        assert_eq!(log.commits[MOST_COMMITS - 1].files.len(), 1);
        assert_eq!(log.problems[0].line, 300_001);
    }

    proptest! {
        #[test]
        fn never_panics_and_places_problems_in_the_text(pieces in prop::collection::vec(piece(), 0..12)) {
            let text = pieces.concat();
            let log = GitLog::parse(&text);
            let lines = text.lines().count().max(1) as u32;
            for problem in &log.problems {
                prop_assert!((1..=lines).contains(&problem.line));
                prop_assert!(problem.column >= 1 && problem.column <= problem.end_column);
            }
            for file in log.commits.iter().flat_map(|commit| &commit.files) {
                prop_assert!(!file.path.is_empty() && (1..=lines).contains(&file.line));
            }
        }
    }
}
