//! Layers: what each instruction stores, what of it is wasted, and what
//! pulling it costs.

pub mod calibration;

use crate::filesystem::{Entry, Evaluation, StageState, StepState, Tree};
use crate::graph::{Base, Graph, Operation};
use crate::report::{ImageReport, LayerReport, Part, Settings};
use crate::sorted::Map;
use crate::syntax::Dockerfile;
use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// Parts shown of one layer; the rest is summed up.
const MOST_PARTS: usize = 100;

/// One row an instruction that makes a layer, and one for each base image, in
/// the file's order.
pub fn layers(dockerfile: &Dockerfile, graph: &Graph, evaluation: &Evaluation) -> Vec<LayerReport> {
    let chain = graph.target.map_or(Vec::new(), |target| graph.chain(target));
    let mut reports = Vec::new();
    for (index, (stage, state)) in graph.stages.iter().zip(&evaluation.stages).enumerate() {
        // What is in the image is judged by what the image shows at its end.
        let in_image = chain.contains(&index);
        let end = match chain.first() {
            Some(target) if in_image => &evaluation.stages[*target].tree,
            _ => &state.tree,
        };
        let place = Place { dockerfile, stage: index as u32, in_image };
        if let Base::Image(_) = stage.base {
            reports.push(base_layer(&place, stage.instruction, state));
        }
        for (step, done) in stage.steps.iter().zip(&state.steps) {
            if makes_layer(&step.operation, done) {
                reports.push(layer(&place, step.instruction, done, end));
            }
        }
    }
    reports
}

/// The image in figures.
pub fn image(
    layers: &[LayerReport],
    base_layers: u32,
    build_seconds: f64,
    settings: &Settings,
) -> ImageReport {
    let ours = || layers.iter().filter(|layer| layer.in_image);
    let size: Range = ours().map(|layer| layer.size).sum();
    let compressed: Range = ours().map(|layer| layer.compressed).sum();
    let own_layers = ours().filter(|layer| layer.instruction != "FROM").count() as u32;
    ImageReport {
        size,
        compressed,
        wasted: ours().map(|layer| layer.wasted).sum(),
        layers: base_layers + own_layers,
        pull_seconds: pull_seconds(size, compressed, settings),
        build_seconds,
        monthly_cost: monthly_cost(compressed, settings),
    }
}

/// Seconds: layers are downloaded in parallel and unpacked one after another,
/// while the download goes on. The longer of the two counts, and a fifth of the
/// other, for the first layer to arrive and the last one to unpack (assumed).
fn pull_seconds(size: Range, compressed: Range, settings: &Settings) -> f64 {
    let download = compressed.expected as f64 / settings.bandwidth.max(1.0);
    let unpack = size.expected as f64 / settings.unpack_rate.max(1.0);
    round(download.max(unpack) + download.min(unpack) * 0.2)
}

/// US dollars: every pull transfers the compressed bytes, and the registry
/// keeps them once. The worked example is in `data/README.md`.
fn monthly_cost(compressed: Range, settings: &Settings) -> f64 {
    let gigabytes = compressed.expected as f64 / 1e9;
    let cost =
        gigabytes * (settings.pulls_per_month * settings.transfer_price + settings.storage_price);
    (cost * 100.0).round() / 100.0
}

/// Tenths of a second: more would be invented precision.
pub fn round(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

struct Place<'d> {
    dockerfile: &'d Dockerfile,
    stage: u32,
    in_image: bool,
}

fn makes_layer(operation: &Operation, done: &StepState) -> bool {
    match operation {
        Operation::Workdir(_) => !done.written.entries.is_empty(),
        operation => operation.makes_layer(),
    }
}

fn base_layer(place: &Place<'_>, instruction: usize, state: &StageState) -> LayerReport {
    let image = &state.image;
    let part = Part {
        what: format!("base image {}", image.reference),
        kind: Kind::Os,
        bytes: image.bytes,
        compressed: image.compressed,
        wasted: 0,
        evidence: image.evidence.clone(),
    };
    LayerReport {
        size: image.bytes,
        compressed: image.compressed,
        evidence: vec![image.evidence.clone()],
        parts: vec![part],
        ..blank(place, instruction)
    }
}

fn layer(place: &Place<'_>, instruction: usize, done: &StepState, end: &Tree) -> LayerReport {
    let entries = &done.written.entries;
    let wasted = |path: &str, entry: &Entry| match end.get(path) {
        Some(now) if now.layer == entry.layer => 0,
        _ => entry.bytes.expected,
    };
    let size = done.size();
    let lost: u64 = entries.iter().map(|(path, entry)| wasted(path, entry)).sum();
    let mut evidence = done.assumptions.clone();
    let parts = parts(entries.iter().map(|(path, entry)| (&**path, entry, wasted(path, entry))));
    if let [only] = &parts[..] {
        evidence.insert(0, only.evidence.clone());
    } else if !parts.is_empty() {
        let text = format!("The sum of its {} parts.", parts.len());
        evidence.insert(0, Evidence::new(EvidenceKind::Derived, text));
    }
    if let Some(measured) = &done.measured {
        evidence.splice(0..usize::from(!parts.is_empty()), measured.evidence.iter().cloned());
    }
    LayerReport {
        size,
        compressed: done.compressed(),
        // A measured size is rounded; its parts are not.
        wasted: lost.min(size.expected),
        files: Some(entries.iter().map(|(_, entry)| entry.files).sum()),
        evidence,
        parts,
        ..blank(place, instruction)
    }
}

fn blank(place: &Place<'_>, instruction: usize) -> LayerReport {
    let dockerfile = place.dockerfile;
    let instruction = &dockerfile.instructions[instruction];
    LayerReport {
        stage: place.stage,
        line: dockerfile.line(instruction.span.start),
        instruction: instruction.keyword.value.name().to_owned(),
        text: dockerfile.one_line(instruction),
        size: Range::ZERO,
        compressed: Range::ZERO,
        wasted: 0,
        files: None,
        in_image: place.in_image,
        evidence: Vec::new(),
        parts: Vec::new(),
    }
}

/// Groups single files by their folder, and keeps the largest parts.
fn parts<'e>(entries: impl Iterator<Item = (&'e str, &'e Entry, u64)>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut folders: Map<(String, Kind), (Part, u64)> = Map::new();
    for (path, entry, wasted) in entries.filter(|(_, entry, _)| entry.bytes.high > 0) {
        let part = Part {
            what: entry.label.as_deref().unwrap_or(path).to_owned(),
            kind: entry.kind,
            bytes: entry.bytes,
            compressed: entry.compressed(),
            wasted,
            evidence: (*entry.evidence).clone(),
        };
        if entry.label.is_some() || entry.files > 1 {
            parts.push(part);
            continue;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let (sum, count) = folders.entry((folder, entry.kind)).or_insert_with(|| {
            (Part { bytes: Range::ZERO, compressed: Range::ZERO, wasted: 0, ..part.clone() }, 0)
        });
        sum.bytes += part.bytes;
        sum.compressed += part.compressed;
        sum.wasted += part.wasted;
        *count += 1;
    }
    parts.extend(folders.into_iter().map(|((folder, _), (part, count))| match count {
        1 => part,
        _ => Part { what: format!("{folder}/ ({count} files)"), ..part },
    }));
    parts.sort_by(|a, b| b.bytes.expected.cmp(&a.bytes.expected).then_with(|| a.what.cmp(&b.what)));
    if parts.len() > MOST_PARTS {
        let rest = parts.split_off(MOST_PARTS - 1);
        parts.push(Part {
            what: format!("{} smaller parts", rest.len()),
            kind: rest[0].kind,
            bytes: rest.iter().map(|part| part.bytes).sum(),
            compressed: rest.iter().map(|part| part.compressed).sum(),
            wasted: rest.iter().map(|part| part.wasted).sum(),
            evidence: Evidence::new(EvidenceKind::Derived, "The sum of the smaller parts."),
        });
    }
    parts
}
