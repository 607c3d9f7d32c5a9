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
    let exclude = IgnoreFile::from_patterns(copy.exclude.iter().map(String::as_str));
    let matches = walk.inputs.context.matching(source);
    let cleaned = path::in_root(source);
    let mut found = false;
    for taken in matches {
        let path = &taken.entry.path;
        if exclude.decide(path).ignored {
            continue;
        }
        found = true;
        let mut entry = walk.context_entry(taken.entry, 0);
        plan.taken.push((path.clone(), entry.identity));
        let target = if copy.parents {
            format!("{}/{path}", copy.destination.trim_end_matches('/'))
        } else if taken.partial {
            entry.bytes = Range::new(0, entry.bytes.expected / 3, entry.bytes.high);
            entry.identity = Identity::of((entry.identity, &cleaned));
            landing(copy, base_name(&cleaned))
        } else {
            whole(copy, &cleaned, path, taken.entry.folder)
        };
        if copy.unpack && tools::is_archive(path) && unpacks(path) {
            add_unpacked(&entry, path, copy, plan);
        } else {
            plan.add(&target, entry);
        }
    }
    if !found {
        plan.missing.push(source.to_owned());
    }
}

/// Where a context path lands: a folder's content goes into the destination, a
/// file gets its own name there.
fn whole(copy: &Copy, source: &str, path: &str, folder: bool) -> String {
    let base = copy.destination.trim_end_matches('/');
    if source.is_empty() {
        return format!("{base}/{path}");
    }
    if source.contains(['*', '?', '[']) {
        let depth = source.matches('/').count();
        let inside = path.match_indices('/').nth(depth).map(|(at, _)| &path[at + 1..]);
        return match inside {
            Some(rest) => format!("{base}/{rest}"),
            None if folder => base.to_owned(),
            None => landing(copy, base_name(path)),
        };
    }
    match below(path, source) {
        "" if folder => base.to_owned(),
        "" => landing(copy, base_name(path)),
        rest => format!("{base}/{rest}"),
    }
}

/// ADD unpacks local tar archives, and no others.
fn unpacks(path: &str) -> bool {
    const TARS: [&str; 7] = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz", ".tar.zst"];
    TARS.iter().any(|ending| path.ends_with(ending))
}

fn add_unpacked(archive: &Entry, path: &str, copy: &Copy, plan: &mut Plan) {
    let ratio = fact("archive.unpack.ratio");
    let name = base_name(path);
    // A tar that is not compressed is its files, with a header each.
    let (bytes, compression) = match path.ends_with(".tar") {
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

/// What a URL gives is known by the checksum that it must have, or is what it
/// was before unless it moved.
fn remote(walk: &Walk<'_, '_>, url: &str, copy: &Copy, plan: &mut Plan) {
    let (bytes, evidence) = tools::release(url);
    let name = base_name(url.split(['?', '#']).next().unwrap_or(url));
    plan.downloads += bytes.expected;
    let moved = copy.checksum.is_none() && walk.inputs.moved.contains(url);
    let content = Identity::of((url, &copy.checksum, moved));
    let entry = file(bytes, Kind::Package, content, evidence);
    plan.add(&landing(copy, name), Entry { label: Some(url.into()), ..entry });
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
            let target = match rest {
                "" if entry.files <= 1 && !copy.parents => landing(copy, base_name(&path)),
                rest if copy.parents => {
                    format!("{}{path}{rest}", copy.destination.trim_end_matches('/'))
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
    let known = walk.inputs.images.get(reference).cloned();
    let image = known.unwrap_or_else(|| walk.inputs.catalog.image(reference));
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
