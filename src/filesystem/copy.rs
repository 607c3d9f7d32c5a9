//! COPY and ADD: what they take, and where it lands.

use std::rc::Rc;

use super::evaluate::Walk;
use super::machine::Machine;
use super::tools;
use super::tree::{Compression, Entry, LayerId, Tree};
use crate::context::{Entry as ContextEntry, IgnoreFile, Role, path};
use crate::data::fact;
use crate::graph::{Copy, Origin, canonical, join};
use crate::identity::Identity;
use crate::syntax::Keyword;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// What a COPY or ADD does.
#[derive(Debug, Default)]
pub struct Plan {
    /// Where entries land, and what they are.
    pub entries: Vec<(String, Entry)>,
    /// Paths of the context that are taken, and what is there.
    pub taken: Vec<(String, Identity)>,
    /// Sources that name nothing.
    pub missing: Vec<String>,
    /// Assumptions made on the way.
    assumptions: Vec<String>,
    downloads: u64,
    change: Option<Identity>,
}

impl Plan {
    /// What the cache key holds of it: names and content, not times.
    pub fn content(&self) -> Identity {
        Identity::of_all(self.entries.iter().map(|(path, entry)| (path, entry.identity)))
    }

    fn add(&mut self, path: &str, entry: Entry) {
        self.entries.push((path.trim_end_matches('/').to_owned(), entry));
    }
}

/// Finds out what is taken.
pub fn plan(walk: &Walk<'_, '_>, copy: &Copy) -> Plan {
    // The owner is not part of a file's content: Docker 20.10 leaves it out
    // (cache/contenthash).
    let change = copy.chmod.as_ref().map(Identity::of);
    let mut plan = Plan { change, ..Plan::default() };
    for source in &copy.sources {
        match &copy.origin {
            _ if copy.keyword == Keyword::Add && is_remote(source) => {
                remote(walk, source, copy, &mut plan)
            }
            Origin::Context => from_files(walk, source, copy, &mut plan),
            Origin::Stage(index) => match walk.done.get(*index) {
                Some(Some(stage)) => {
                    from_tree(&stage.tree, stage.unseen_key, source, copy, &mut plan);
                }
                _ => plan.missing.push(source.clone()),
            },
            Origin::Image(reference) => from_image(walk, reference, source, copy, &mut plan),
        }
    }
    for (name, content) in &copy.heredocs {
        let evidence = Evidence::new(EvidenceKind::Given, "The heredoc's own length.");
        let entry =
            file(Range::exact(content.len() as u64), Kind::Source, Identity::of(content), evidence);
        plan.add(&landing(copy, name), entry);
    }
    plan
}

/// Writes what was planned.
pub fn carry_out(plan: &Plan, machine: &mut Machine<'_>) {
    let mut bytes = 0;
    for (path, entry) in &plan.entries {
        let path = if path.is_empty() { "/".to_owned() } else { path.clone() };
        let identity = match plan.change {
            Some(change) => Identity::of((entry.identity, change)),
            None => entry.identity,
        };
        bytes += entry.bytes.expected;
        machine.put(path.into(), Entry { identity, ..entry.clone() });
    }
    for assumption in &plan.assumptions {
        machine.assume(assumption.clone());
    }
    machine.download(plan.downloads, None);
    machine.spend(0.2 + bytes as f64 / fact("copy.bytes_per_second").expected, 0.0, None);
}

/// A file or a folder of the build context as it stands in a tree.
pub fn from_context(entry: &ContextEntry, content: Identity, layer: LayerId) -> Entry {
    let (kind, evidence) = if entry.assumed {
        (EvidenceKind::Assumed, "an assumed project: give a listing of the folder for exact sizes")
    } else {
        (EvidenceKind::Given, "from the listing of the build context")
    };
    let bytes =
        if entry.assumed { Range::within(entry.bytes, 4.0) } else { Range::exact(entry.bytes) };
    Entry {
        bytes,
        files: entry.files,
        kind: kind_of(entry.role),
        compression: compression(entry.role, &entry.path),
        identity: Identity::of((content, entry.bytes, entry.files, entry.executable)),
        layer,
        label: None,
        evidence: Rc::new(Evidence::new(kind, format!("{}: {evidence}", entry.path))),
    }
}

fn kind_of(role: Role) -> Kind {
    match role {
        Role::Manifest | Role::Lockfile => Kind::Manifest,
        Role::Dependencies => Kind::Package,
        Role::BuildOutput => Kind::BuildOutput,
        Role::Log => Kind::Temp,
        _ => Kind::Source,
    }
}

fn compression(role: Role, path: &str) -> Compression {
    const PACKED: [&str; 12] = [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".woff", ".woff2", ".mp4", ".gz", ".zip", ".jar",
        ".pdf",
    ];
    let name = match role {
        _ if PACKED.iter().any(|ending| path.ends_with(ending)) => "packed.compression",
        Role::Git => "git.compression",
        Role::Dependencies => "node_modules.compression",
        _ => "source.compression",
    };
    Compression(fact(name).expected)
}

/// Where a source of that name lands.
fn landing(copy: &Copy, name: &str) -> String {
    if copy.destination.ends_with('/') {
        format!("{}{name}", copy.destination)
    } else {
        copy.destination.clone()
    }
}

fn base_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// The rest of `path` below the source; empty when it is the source itself.
pub fn below<'p>(path: &'p str, source: &str) -> &'p str {
    let source = path::in_root(source);
    let rest = path.strip_prefix(&*source).unwrap_or("");
    rest.trim_start_matches('/')
}

fn from_files(walk: &Walk<'_, '_>, source: &str, copy: &Copy, plan: &mut Plan) {
    let excluded = Excluded::new(copy);
    let cleaned = path::in_root(source);
    let mut found = false;
    for taken in walk.inputs.context.matching(source) {
        let path = &taken.entry.path;
        let inside = inside(&cleaned, path);
        if excluded.holds(inside, path) {
            continue;
        }
        found = true;
        let mut entry = walk.context_entry(taken.entry, 0);
        plan.taken.push((path.clone(), entry.identity));
        let target = if copy.parents {
            format!("{}/{}", copy.destination.trim_end_matches('/'), after_pivot(source, path))
        } else if taken.partial {
            entry.bytes = Range::new(0, entry.bytes.expected / 3, entry.bytes.high);
            entry.identity = Identity::of((entry.identity, &cleaned));
            landing(copy, base_name(&cleaned))
        } else {
            whole(copy, &cleaned, path, taken.entry.folder)
        };
        // Only the sources themselves are unpacked, not what folders hold.
        let name = if taken.partial { &cleaned } else { path };
        let unpacks = copy.unpack && (inside.is_empty() || taken.partial) && is_tar(name);
        if unpacks {
            add_unpacked(&entry, name, copy, plan);
        } else {
            plan.add(&target, entry);
        }
    }
    if !found {
        plan.missing.push(source.to_owned());
    }
}

/// `--exclude`: patterns as in `.dockerignore`, for paths below the source.
struct Excluded(IgnoreFile);

impl Excluded {
    fn new(copy: &Copy) -> Self {
        Self(IgnoreFile::from_patterns(copy.exclude.iter().map(String::as_str)))
    }

    /// Whether what lies at `inside` below a source is left out; a source that
    /// is a file goes by its own name.
    fn holds(&self, inside: &str, path: &str) -> bool {
        let inside = inside.trim_start_matches('/');
        self.0.decide(if inside.is_empty() { base_name(path) } else { inside }).ignored
    }
}

/// The part of a context path below what the source names, wildcards or not.
fn inside<'p>(source: &str, path: &'p str) -> &'p str {
    if !source.contains(['*', '?', '[']) {
        return below(path, source);
    }
    let depth = source.matches('/').count();
    path.match_indices('/').nth(depth).map_or("", |(at, _)| &path[at + 1..])
}

/// What `--parents` keeps of a path: all of it, or what follows `/./`.
fn after_pivot<'p>(source: &str, path: &'p str) -> &'p str {
    let path = path.trim_start_matches('/');
    match source.split_once("/./") {
        Some((pivot, _)) => below(path, pivot),
        None => path,
    }
}

/// `--unpack`, where it is given.
fn unpack_option(copy: &Copy) -> Option<bool> {
    let option = copy.options.iter().find_map(|option| option.strip_prefix("--unpack"))?;
    Some(!option.to_ascii_lowercase().ends_with("false"))
}

/// Where a context path lands: a folder's content goes into the destination, a
/// file gets its own name there.
fn whole(copy: &Copy, source: &str, path: &str, folder: bool) -> String {
    let base = copy.destination.trim_end_matches('/');
    if source.is_empty() {
        return format!("{base}/{path}");
    }
    match inside(source, path) {
        "" if folder => base.to_owned(),
        "" => landing(copy, base_name(path)),
        rest => format!("{base}/{rest}"),
    }
}

/// True for names of tar archives in the formats that BuildKit opens: plain,
/// gzip, bzip2, xz and, since 2022, zstd. It looks into the file; a name that
/// lies is taken by its word here.
fn is_tar(path: &str) -> bool {
    const TARS: [&str; 12] = [
        ".tar",
        ".tar.gz",
        ".tgz",
        ".tar.bz2",
        ".tbz2",
        ".tbz",
        ".tar.xz",
        ".txz",
        ".tar.lzma",
        ".tar.zst",
        ".tzst",
        ".tar.z",
    ];
    let path = path.to_ascii_lowercase();
    TARS.iter().any(|ending| path.ends_with(ending))
}

fn add_unpacked(archive: &Entry, path: &str, copy: &Copy, plan: &mut Plan) {
    let ratio = fact("archive.unpack.ratio");
    let name = base_name(path);
    // A tar that is not compressed is its files, with a header each.
    let (bytes, compression) = match path.to_ascii_lowercase().ends_with(".tar") {
        true => (archive.bytes, archive.compression),
        false => (ratio.of(archive.bytes), Compression(1.0 / ratio.expected)),
    };
    let entry = Entry {
        bytes,
        files: 100,
        compression,
        identity: Identity::of(("unpacked", archive.identity)),
        label: Some(format!("unpacked {name}").into()),
        evidence: Rc::new(
            ratio.evidence("ADD unpacks the archive: its size times the usual ratio"),
        ),
        ..archive.clone()
    };
    plan.add(&format!("{}/({name})", copy.destination.trim_end_matches('/')), entry);
}

fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@") || source.ends_with(".git")
}

/// What an address holds: a file, or the files of a git repository. It is known
/// by the checksum that it must have, or is what it was before unless it moved.
fn remote(walk: &Walk<'_, '_>, url: &str, copy: &Copy, plan: &mut Plan) {
    let moved = copy.checksum.is_none() && walk.inputs.moved.contains(url);
    let content = Identity::of((url, &copy.checksum, moved));
    let address = url.split(['?', '#']).next().unwrap_or(url);
    if address.ends_with(".git") || address.starts_with("git@") {
        return repository(url, content, copy, plan);
    }
    let (bytes, evidence) = tools::release(url);
    plan.downloads += bytes.expected;
    let entry = file(bytes, Kind::Package, content, evidence);
    let entry = Entry { label: Some(url.into()), ..entry };
    if unpack_option(copy) == Some(true) && is_tar(address) {
        return add_unpacked(&entry, address, copy, plan);
    }
    plan.add(&landing(copy, base_name(address)), entry);
}

/// The files of one commit; their history only with `--keep-git-dir`.
fn repository(url: &str, content: Identity, copy: &Copy, plan: &mut Plan) {
    let size = fact("git.shallow.bytes");
    let history = fact("git.shallow.history").expected;
    plan.downloads += size.count() / 2;
    let target = copy.destination.trim_end_matches('/');
    let mut add = |name: &str, share: f64| {
        let evidence = size.evidence(&format!("{url} was not fetched: its size is a guess"));
        let identity = Identity::of((content, name));
        let entry = file(size.bytes().scale(share), Kind::Source, identity, evidence);
        plan.add(&format!("{target}/{name}"), Entry { files: 300, ..entry });
    };
    add("(files)", 1.0 - history);
    if copy
        .options
        .iter()
        .any(|option| option.starts_with("--keep-git-dir") && !option.ends_with("false"))
    {
        add(".git", history);
    }
}

fn file(bytes: Range, kind: Kind, identity: Identity, evidence: Evidence) -> Entry {
    Entry {
        bytes,
        files: 1,
        kind,
        compression: Compression(0.4),
        identity,
        layer: 0,
        label: None,
        evidence: Rc::new(evidence),
    }
}

/// Takes a subtree of another stage. `opaque` is what content derives from
/// where the model does not know it.
fn from_tree(tree: &Tree, opaque: Identity, source: &str, copy: &Copy, plan: &mut Plan) {
    let excluded = Excluded::new(copy);
    let written = source;
    let source = join("/", source);
    let pattern = if source.len() > 1 { source.trim_end_matches('/') } else { "" };
    for path in tree.glob(pattern) {
        let mut found = false;
        for (at, entry) in tree.subtree(&path) {
            if entry.kind == Kind::Os && &**at == "/" && !path.is_empty() {
                continue;
            }
            found = true;
            let rest = &at[path.len()..];
            if !copy.exclude.is_empty() && excluded.holds(rest, &path) {
                continue;
            }
            let target = match rest {
                "" if entry.files <= 1 && !copy.parents => landing(copy, base_name(&path)),
                rest if copy.parents => {
                    let kept = format!("{path}{rest}");
                    let kept = after_pivot(written, &kept);
                    format!("{}/{kept}", copy.destination.trim_end_matches('/'))
                }
                rest => format!("{}{rest}", copy.destination.trim_end_matches('/')),
            };
            plan.add(&target, entry.clone());
        }
        if !found {
            plan.add(&landing(copy, base_name(&path)), unseen(tree, opaque, &path));
            plan.assumptions
                .push(format!("{path} is not seen in that stage: its size is a guess."));
        }
    }
}

/// A path that the model has not seen being written.
pub fn unseen(tree: &Tree, opaque: Identity, path: &str) -> Entry {
    let guess = fact("copy.unseen.bytes");
    let from_base = tree.covering(path).filter(|(_, entry)| entry.kind == Kind::Os);
    let (high, identity) = match from_base {
        // It may come from the base image, or from a step that is not modelled.
        Some((_, base)) => {
            (base.bytes.expected.max(guess.high as u64), Identity::of((opaque, path)))
        }
        None => (guess.high as u64, Identity::of((opaque, path))),
    };
    let evidence = guess.evidence(&format!("{path} was not seen being written: a guess"));
    Entry {
        files: 20,
        ..file(
            Range::new(guess.low as u64, guess.count(), high),
            Kind::BuildOutput,
            identity,
            evidence,
        )
    }
}

/// Takes a path of an image that is no stage.
fn from_image(walk: &Walk<'_, '_>, reference: &str, source: &str, copy: &Copy, plan: &mut Plan) {
    let (download, entry) = part_of_image(walk, reference, source);
    plan.downloads += download;
    plan.add(&landing(copy, base_name(source)), entry);
}

/// A path of an image that is no stage, and the bytes to pull for it: how much
/// of the image it is, nobody knows.
pub fn part_of_image(walk: &Walk<'_, '_>, reference: &str, source: &str) -> (u64, Entry) {
    let image = walk.inputs.image(reference);
    let moved = walk.inputs.moved.contains(reference);
    let identity = Identity::of((canonical(reference), moved, source));
    let bytes = if join("/", source) == "/" {
        image.bytes
    } else {
        Range::new(1_000, (image.bytes.expected / 3).min(40_000_000), image.bytes.high)
    };
    let evidence = Evidence::new(
        EvidenceKind::Assumed,
        format!("a part of {reference}, at most all of it: {}", image.evidence.text),
    );
    let entry = Entry { files: 20, ..file(bytes, Kind::Package, identity, evidence) };
    (image.compressed.expected, entry)
}

/// A secret's file. What it holds is no part of the cache key.
pub fn secret(id: &str, layer: LayerId) -> Entry {
    let evidence = Evidence::new(EvidenceKind::Assumed, "a secret: BuildKit takes up to 500 KiB");
    let identity = Identity::of(("secret", id));
    Entry { layer, ..file(Range::new(1, 200, 500 << 10), Kind::Temp, identity, evidence) }
}

#[cfg(test)]
mod tests {
    use crate::filesystem::Tree;
    use crate::{Analysis, Project};

    const LISTING: &str = "100 a.txt\n200 docs/b.txt\n300 docs/deep/c.txt\n400 docs/d.md\n\
                           1000 vendor.tar.gz\n2000 plain.tar\n500 only.gz\n700 lib/inner.tgz\n";

    /// The last stage's tree, with the context of [`LISTING`].
    fn tree(dockerfile: &str) -> Tree {
        let project = Project {
            dockerfile: dockerfile.to_owned(),
            context: Some(LISTING.to_owned()),
            ..Default::default()
        };
        Analysis::new(&project).evaluation.stages.pop().expect("a stage").tree.clone()
    }

    fn paths(dockerfile: &str, below: &str) -> Vec<String> {
        tree(dockerfile).paths(below).iter().map(ToString::to_string).collect()
    }

    fn copied(instruction: &str) -> Vec<String> {
        paths(&format!("FROM scratch\n{instruction}"), "/x")
    }

    #[test]
    fn exclude_takes_paths_below_the_source() {
        assert_eq!(copied("COPY --exclude=*.txt docs /x"), ["/x/d.md", "/x/deep/c.txt"]);
        assert_eq!(copied("COPY --exclude=**/*.txt docs /x/"), ["/x/d.md"]);
        assert_eq!(copied("COPY --exclude=*.txt a.* docs /x/"), ["/x/d.md", "/x/deep/c.txt"]);
        assert_eq!(copied("COPY --exclude=deep --exclude=*.md docs /x"), ["/x/b.txt"]);
    }

    #[test]
    fn exclude_works_between_stages() {
        let copy = "FROM scratch AS a\nCOPY docs /d\nFROM scratch\nCOPY --from=a";
        assert_eq!(paths(&format!("{copy} --exclude=**/*.txt /d /x"), "/x"), ["/x/d.md"]);
        assert_eq!(paths(&format!("{copy} --exclude=deep /d/ /x/"), "/x"), ["/x/b.txt", "/x/d.md"]);
    }

    #[test]
    fn parents_keep_what_follows_the_pivot() {
        assert_eq!(copied("COPY --parents docs/deep/c.txt /x/"), ["/x/docs/deep/c.txt"]);
        assert_eq!(copied("COPY --parents docs/./deep/c.txt /x/"), ["/x/deep/c.txt"]);
        assert_eq!(copied("COPY --parents ./docs/*.md /x/"), ["/x/docs/d.md"]);
        let stage = "FROM scratch AS a\nCOPY docs /d/e\nFROM scratch\nCOPY --from=a --parents";
        assert_eq!(paths(&format!("{stage} /d/./e/deep /x/"), "/x"), ["/x/e/deep/c.txt"]);
    }

    #[test]
    fn add_unpacks_sources_that_are_tars() {
        let tree = tree("FROM scratch\nADD vendor.tar.gz plain.tar only.gz lib /x/");
        let bytes = |path: &str| tree.get(path).unwrap_or_else(|| panic!("no {path}")).bytes;
        let packed = bytes("/x/(vendor.tar.gz)");
        assert!(packed.low > 1_000 && packed.high > packed.expected && packed.expected > 2_000);
        assert_eq!(bytes("/x/(plain.tar)").expected, 2_000);
        assert!(bytes("/x/only.gz").high == 500 && bytes("/x/inner.tgz").high == 700);
        assert!(copied("COPY vendor.tar.gz /x/") == ["/x/vendor.tar.gz"]);
        assert!(copied("ADD --unpack=false vendor.tar.gz /x/") == ["/x/vendor.tar.gz"]);
        assert!(copied("ADD --unpack=true https://h/r.tar.gz /x/") == ["/x/(r.tar.gz)"]);
        assert!(copied("ADD https://h/r.tar.gz /x/") == ["/x/r.tar.gz"]);
    }

    #[test]
    fn add_takes_the_files_of_a_repository() {
        assert_eq!(copied("ADD https://host/me/it.git#v1 /x"), ["/x/(files)"]);
        let kept = copied("ADD --keep-git-dir=true git@host:me/it.git /x");
        assert_eq!(kept, ["/x/(files)", "/x/.git"]);
    }

    #[test]
    fn a_mode_changes_what_a_file_is_and_an_owner_does_not() {
        let entry = |flags: &str| {
            let tree = tree(&format!("FROM scratch\nCOPY {flags} a.txt /x/"));
            let entry = tree.get("/x/a.txt").expect("the file");
            (entry.bytes, entry.identity)
        };
        let plain = entry("");
        for flags in ["--chmod=755", "--chown=app --chmod=u+x"] {
            assert_eq!(entry(flags).0, plain.0);
            assert_ne!(entry(flags).1, plain.1);
        }
        assert_eq!(entry("--link"), plain);
        assert_eq!(entry("--chown=1:1"), plain, "as tests/truth/cache has it");
    }
}
