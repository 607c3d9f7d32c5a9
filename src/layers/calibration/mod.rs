//! Calibration: what container tools print of a built image takes the place of
//! the model's estimates.
//!
//! Texts are read into pieces (`paste`); a history's rows find their
//! instructions (`align`); a manifest's layers follow the rows of a history,
//! or their places; a total is shared out over what is still estimated. The
//! outcome is [`Measures`], which the filesystem model is then followed with.

mod align;
mod created;
mod history;
mod inspect;
mod manifest;
mod paste;
mod size;

use align::{Alignment, align};
use created::{Created, Likeness};
use paste::{Content, Piece, Row};

use crate::context::Problem as TextProblem;
use crate::filesystem::{Evaluation, Figure, Measured, Measures, share_out};
use crate::graph::{Base, Graph, Operation, Step};
use crate::report::{
    CalibrationReport, CalibrationRow, ImageReport, LayerReport, MeasuredKind, MeasuredOutput,
    MeasuredProblem, Problem, UnmatchedRow,
};
use crate::sorted::Map;
use crate::syntax::Dockerfile;
use crate::units::{Evidence, EvidenceKind, Range};

/// Stages that a history is compared with: the target, and the last ones.
const MOST_STAGES: usize = 16;
/// Texts that are read.
const MOST_TEXTS: usize = 20;
/// Problems and unmatched rows that are reported.
const MOST_REPORTED: usize = 100;
/// Characters of a row's text that are reported.
const LONGEST_TEXT: usize = 300;

/// A build that was followed without measured figures.
#[derive(Clone, Copy)]
pub struct Model<'m> {
    /// The Dockerfile.
    pub dockerfile: &'m Dockerfile,
    /// Its graph.
    pub graph: &'m Graph,
    /// What following it gave.
    pub evaluation: &'m Evaluation,
}

/// Measured figures, and how they were found.
#[derive(Debug, Clone, Default)]
pub struct Calibration {
    /// The figures.
    pub measures: Measures,
    outputs: Vec<MeasuredOutput>,
    unmatched: Vec<UnmatchedRow>,
    problems: Vec<MeasuredProblem>,
}

/// Reads the texts and finds out which layer each figure is of; `None` when all
/// texts are blank.
pub fn calibrate(texts: &[String], model: Model<'_>) -> Option<Calibration> {
    if texts.iter().all(|text| text.trim().is_empty()) {
        return None;
    }
    let mut work = Work { model, matched: Vec::new(), found: Calibration::default() };
    let mut pieces = Vec::new();
    for (index, text) in texts.iter().take(MOST_TEXTS).enumerate() {
        let paste = paste::read(text);
        work.found.problems.extend(paste.problems.into_iter().map(|problem| at(index, problem)));
        pieces.extend(paste.pieces.into_iter().map(|piece| (index, piece)));
    }
    for (text, piece) in &pieces {
        work.found.outputs.push(output(*text, piece));
    }
    // A manifest needs the histories, a total needs both.
    for (text, piece) in &pieces {
        if let Content::History(rows) | Content::Config(rows) = &piece.content {
            work.rows(*text, piece.line, rows);
        }
    }
    for (text, piece) in &pieces {
        if let Content::Manifest(sizes) = &piece.content {
            work.manifest(*text, piece.line, sizes);
        }
    }
    for (text, piece) in &pieces {
        if let Content::Inspect { size, layers } = piece.content {
            work.total(*text, piece.line, size, layers);
        }
    }
    work.found.problems.truncate(MOST_REPORTED);
    work.found.unmatched.truncate(MOST_REPORTED);
    Some(work.found)
}

impl Calibration {
    /// The report: `before` are the layers and the image without the measured
    /// figures, `after` are the layers with them.
    pub fn report(
        self,
        model: Model<'_>,
        before: (&[LayerReport], &ImageReport),
        after: &[LayerReport],
    ) -> CalibrationReport {
        let measured = measured_lines(model, &self.measures);
        let place = |layer: &LayerReport| (layer.stage, layer.line, is_base(layer));
        let before_of: Map<_, _> =
            before.0.iter().map(|layer| (place(layer), (layer.size, layer.compressed))).collect();
        let rows = after.iter().filter(|layer| {
            measured.get(&(layer.stage, layer.line)).is_some_and(|base| *base == is_base(layer))
        });
        let rows = rows.map(|layer| {
            // A WORKDIR that the model takes for nothing may be a layer.
            let estimate = before_of.get(&place(layer)).copied().unwrap_or_default();
            CalibrationRow {
                stage: layer.stage,
                line: layer.line,
                instruction: layer.instruction.clone(),
                estimated: estimate.0,
                size: layer.size,
                estimated_compressed: estimate.1,
                compressed: layer.compressed,
                evidence: layer.evidence.clone(),
            }
        });
        CalibrationReport {
            outputs: self.outputs,
            rows: rows.collect(),
            unmatched: self.unmatched,
            problems: self.problems,
            estimated: before.1.size,
            estimated_compressed: before.1.compressed,
        }
    }
}

fn is_base(layer: &LayerReport) -> bool {
    layer.instruction == "FROM"
}

/// The stages and lines that have a measured figure; true for base images.
fn measured_lines(model: Model<'_>, measures: &Measures) -> Map<(u32, u32), bool> {
    let mut lines = Map::new();
    let line = |instruction: usize| {
        model.dockerfile.line(model.dockerfile.instructions[instruction].span.start)
    };
    for (index, stage) in model.graph.stages.iter().enumerate() {
        if matches!(&stage.base, Base::Image(reference) if measures.images.contains_key(reference))
        {
            lines.insert((index as u32, line(stage.instruction)), true);
        }
        for (position, step) in stage.steps.iter().enumerate() {
            let key = model.evaluation.stages[index].steps[position].key;
            if step.operation.makes_layer() && measures.step(key, (index, position)).is_some() {
                lines.insert((index as u32, line(step.instruction)), false);
            }
        }
    }
    lines
}

fn at(text: usize, problem: TextProblem) -> MeasuredProblem {
    let TextProblem { line, column, end_column, message, help } = problem;
    let problem = Problem { message, line, column, end_line: line, end_column, help };
    MeasuredProblem { text: text as u32, problem }
}

fn output(text: usize, piece: &Piece) -> MeasuredOutput {
    let (kind, title) = match &piece.content {
        Content::History(rows) => {
            (MeasuredKind::History, format!("docker history, {} rows", rows.len()))
        }
        Content::Config(rows) => {
            (MeasuredKind::Config, format!("an image's configuration, {} rows", rows.len()))
        }
        Content::Inspect { layers, .. } => {
            (MeasuredKind::Inspect, format!("docker image inspect, {layers} layers"))
        }
        Content::Manifest(sizes) => {
            (MeasuredKind::Manifest, format!("a manifest, {} layers", sizes.len()))
        }
    };
    MeasuredOutput { text: text as u32, line: piece.line, kind, title }
}

/// A step's place: stage and position.
type Place = (usize, usize);

/// Rows whose steps are known.
struct Matched<'p> {
    rows: &'p [Row],
    chain: Chain,
    alignment: Alignment,
}

/// The steps of a stage and of the stages it is built on, the lowest first.
struct Chain {
    places: Vec<Place>,
    /// The image at the bottom.
    image: Option<String>,
}

struct Work<'m, 'p> {
    model: Model<'m>,
    matched: Vec<Matched<'p>>,
    found: Calibration,
}

impl<'m, 'p> Work<'m, 'p> {
    fn step(&self, (stage, position): Place) -> &'m Step {
        &self.model.graph.stages[stage].steps[position]
    }

    fn chain(&self, stage: usize) -> Chain {
        let stages = self.model.graph.chain(stage);
        let image = match &self.model.graph.stages[stages[stages.len() - 1]].base {
            Base::Image(reference) => Some(reference.clone()),
            _ => None,
        };
        let places = stages.iter().rev().flat_map(|stage| {
            (0..self.model.graph.stages[*stage].steps.len()).map(move |position| (*stage, position))
        });
        Chain { places: places.collect(), image }
    }

    /// The chain of the target.
    fn target(&self) -> Option<Chain> {
        self.model.graph.target.map(|target| self.chain(target))
    }

    fn problem(&mut self, text: usize, line: u32, message: String, help: &str) {
        let problem =
            TextProblem { line, column: 1, end_column: 1, message, help: Some(help.to_owned()) };
        self.found.problems.push(at(text, problem));
    }

    /// Puts a step's figures in place.
    fn set(&mut self, place: Place, change: impl FnOnce(&mut Measured)) {
        let key = self.model.evaluation.stages[place.0].steps[place.1].key;
        let measured = self.found.measures.keys.entry(key).or_default();
        change(measured);
        self.found.measures.steps.insert(place, measured.clone());
    }

    fn set_image(&mut self, chain: &Chain, change: impl FnOnce(&mut Measured)) {
        if let Some(reference) = &chain.image {
            change(self.found.measures.images.entry(reference.clone()).or_default());
        }
    }

    /// A history or a configuration: finds the stage that it is of, and takes
    /// the sizes that it has.
    fn rows(&mut self, text: usize, line: u32, rows: &'p [Row]) {
        let Some((chain, alignment)) = self.best(rows) else {
            let message = "No row is an instruction of this Dockerfile: nothing of it is used";
            let help = "Paste the history of the image that this Dockerfile builds, with its text \
                        as it was built";
            return self.problem(text, line, message.into(), help);
        };
        for (index, row) in rows.iter().enumerate().skip(alignment.own) {
            let pair = alignment.pairs.iter().find(|(row, _, _)| *row == index);
            match pair {
                Some((_, step, Likeness::Same)) => self.row(row, chain.places[*step]),
                Some((_, step, Likeness::Alike)) => {
                    let step = self.step(chain.places[*step]);
                    let at = self.model.dockerfile.instructions[step.instruction].span.start;
                    let line = self.model.dockerfile.line(at);
                    self.unmatched(text, row, &format!("line {line} is like it, but not the same"));
                }
                None => self.unmatched(text, row, "no instruction is like it"),
            }
        }
        self.base(&rows[..alignment.own], &chain);
        self.matched.push(Matched { rows, chain, alignment });
    }

    /// The chain that most rows are the same as; the target's on a tie.
    fn best(&self, rows: &[Row]) -> Option<(Chain, Alignment)> {
        let target = self.model.graph.target?;
        let others = (0..self.model.graph.stages.len()).rev().filter(|stage| *stage != target);
        let mut best: Option<(Chain, Alignment)> = None;
        for stage in std::iter::once(target).chain(others.take(MOST_STAGES)) {
            let chain = self.chain(stage);
            let steps: Vec<&Step> = chain.places.iter().map(|place| self.step(*place)).collect();
            let alignment = align(rows, &steps);
            if alignment.same() > best.as_ref().map_or(0, |(_, best)| best.same()) {
                best = Some((chain, alignment));
            }
        }
        best
    }

    fn row(&mut self, row: &Row, place: Place) {
        if let Some(bytes) = row.size
            && self.step(place).operation.makes_layer()
        {
            let text = format!("Measured: line {} of the pasted docker history.", row.line);
            let figure = Figure { bytes, evidence: Evidence::new(EvidenceKind::Measured, text) };
            self.set(place, |measured| narrow(&mut measured.size, figure));
        }
    }

    fn unmatched(&mut self, text: usize, row: &Row, reason: &str) {
        let Some(bytes) = row.size.filter(|size| size.high > 0) else { return };
        self.found.unmatched.push(UnmatchedRow {
            text: text as u32,
            line: row.line,
            created_by: row.text.chars().take(LONGEST_TEXT).collect(),
            bytes,
            reason: reason.to_owned(),
        });
    }

    fn base(&mut self, rows: &[Row], chain: &Chain) {
        let sizes: Option<Vec<Range>> = rows.iter().map(|row| row.size).collect();
        let Some(sizes) = sizes.filter(|sizes| !sizes.is_empty()) else { return };
        let layers = rows.iter().filter(|row| is_layer(row)).count() as u32;
        let text = format!(
            "Measured: docker history, the {} rows below the Dockerfile's own.",
            rows.len()
        );
        let bytes = sizes.into_iter().sum();
        let figure = Figure { bytes, evidence: Evidence::new(EvidenceKind::Measured, text) };
        self.set_image(chain, |measured| {
            narrow(&mut measured.size, figure);
            measured.layers = Some(layers);
        });
    }

    /// A manifest: its layers are those of a history's rows, if one fits; else
    /// the last ones are the Dockerfile's.
    fn manifest(&mut self, text: usize, line: u32, sizes: &[u64]) {
        let owners = self.owners_by_rows(sizes.len()).or_else(|| self.owners_by_place(sizes.len()));
        let Some((owners, chain, how)) = owners else {
            let makers = self.target().map_or(0, |chain| self.makers(&chain, true).len());
            let message = format!(
                "The manifest has {} layers and the Dockerfile makes {makers}: which is which \
                 cannot be told",
                sizes.len()
            );
            return self.problem(text, line, message, "Paste `docker history --no-trunc` as well");
        };
        let evidence = |what: String| {
            Evidence::new(
                EvidenceKind::Measured,
                format!("Measured: {what} of the pasted manifest, {how}."),
            )
        };
        let base: Vec<u64> = sizes
            .iter()
            .zip(&owners)
            .filter(|(_, owner)| **owner == Owner::Base)
            .map(|(size, _)| *size)
            .collect();
        for (index, (size, owner)) in sizes.iter().zip(&owners).enumerate() {
            if let Owner::Step(place) = owner {
                let evidence = evidence(format!("layer {} of {}", index + 1, sizes.len()));
                let figure = Figure { bytes: Range::exact(*size), evidence };
                self.set(*place, |measured| narrow(&mut measured.compressed, figure));
            }
        }
        if !base.is_empty() {
            let evidence = evidence(format!("the first {} layers", base.len()));
            let bytes = Range::exact(base.iter().fold(0, |sum, size| sum.saturating_add(*size)));
            self.set_image(&chain, |measured| {
                narrow(&mut measured.compressed, Figure { bytes, evidence });
                measured.layers = Some(base.len() as u32);
            });
        }
    }

    /// By a history of the same image: one with as many layers.
    fn owners_by_rows(&self, count: usize) -> Option<(Vec<Owner>, Chain, &'static str)> {
        self.matched.iter().find_map(|matched| {
            let rows = |is: fn(&Row) -> bool| -> Vec<usize> {
                let rows = matched.rows.iter().enumerate().filter(|(_, row)| is(row));
                rows.map(|(index, _)| index).collect()
            };
            let has_bytes = |row: &Row| row.size.is_some_and(|size| size.high > 0);
            let layers =
                [rows(is_layer), rows(has_bytes)].into_iter().find(|rows| rows.len() == count)?;
            let owner = |row: usize| {
                let pair = matched.alignment.pairs.iter().find(|(other, _, _)| *other == row);
                match pair {
                    Some((_, step, Likeness::Same)) => Owner::Step(matched.chain.places[*step]),
                    None if row < matched.alignment.own => Owner::Base,
                    _ => Owner::Unknown,
                }
            };
            let chain = Chain { places: Vec::new(), image: matched.chain.image.clone() };
            Some((layers.into_iter().map(owner).collect(), chain, "by the rows of its history"))
        })
    }

    /// By place: the last layers are those that the target's steps make.
    fn owners_by_place(&self, count: usize) -> Option<(Vec<Owner>, Chain, &'static str)> {
        let chain = self.target()?;
        let known = chain.image.as_ref().and_then(|_| {
            Some(self.model.evaluation.stages[self.model.graph.target?].image.layers as usize)
        });
        // BuildKit makes a layer of every WORKDIR, the classic builder only of
        // those that make a folder.
        let all = self.makers(&chain, true);
        let writing = self.makers(&chain, false);
        let fits = |makers: &Vec<Place>| {
            let below = count.checked_sub(makers.len());
            if chain.image.is_some() {
                below.is_some_and(|below| below > 0)
            } else {
                below == Some(0)
            }
        };
        let exact = |makers: &&Vec<Place>| known.is_some_and(|known| known + makers.len() == count);
        let makers = [&all, &writing].into_iter().find(exact);
        let makers = makers.or_else(|| [&all, &writing].into_iter().find(|makers| fits(makers)))?;
        let mut owners = vec![Owner::Base; count - makers.len()];
        owners.extend(makers.iter().map(|place| Owner::Step(*place)));
        Some((owners, chain, "by its place"))
    }

    /// The steps of a chain that make a layer; `every`: also a WORKDIR whose
    /// folder is there.
    fn makers(&self, chain: &Chain, every: bool) -> Vec<Place> {
        let makes = |(stage, position): &Place| match &self.step((*stage, *position)).operation {
            Operation::Workdir(path) => {
                let written = &self.model.evaluation.stages[*stage].steps[*position].written;
                if every { path != "/" } else { !written.entries.is_empty() }
            }
            operation => operation.makes_layer(),
        };
        chain.places.iter().copied().filter(makes).collect()
    }

    /// A total: what is not measured yet is fitted, so that it comes out.
    fn total(&mut self, text: usize, line: u32, size: Option<u64>, layers: u32) {
        let Some(chain) = self.target() else { return };
        let Some(total) = size else {
            let message = "With the containerd image store this Size holds compressed bytes";
            let help = "Paste `docker history --no-trunc` as well: its sizes are uncompressed";
            return self.problem(text, line, message.into(), help);
        };
        let least = self.makers(&chain, false).len();
        if (layers as usize) < least {
            let message =
                format!("The image has {layers} layers and the Dockerfile makes {least} at least");
            let help = "Inspect the image that this Dockerfile builds";
            return self.problem(text, line, message, help);
        }
        let (known, open) = self.known_and_open(&chain);
        let rest = total.saturating_sub(known.expected);
        if known.low > total || (open.is_empty() && known.high < total) {
            let message = "The image's size is not the sum of its measured layers: are the texts \
                           of one image?";
            return self.problem(text, line, message.into(), "Paste both outputs of one image");
        }
        let ranges: Vec<Range> = open.iter().map(|(_, range)| *range).collect();
        let why = "Fitted, so that the layers add up to what docker image inspect says.";
        for ((place, _), bytes) in open.iter().zip(share_out(&ranges, rest)) {
            let figure = Figure { bytes, evidence: Evidence::new(EvidenceKind::Derived, why) };
            match place {
                Some(place) => self.set(*place, |measured| measured.size = Some(figure)),
                None => self.set_image(&chain, |measured| measured.size = Some(figure)),
            }
        }
    }

    /// The sum of the layers that have a size, and the estimates of the others;
    /// `None` stands for the base image.
    fn known_and_open(&self, chain: &Chain) -> (Range, Vec<(Option<Place>, Range)>) {
        let mut known = Range::ZERO;
        let mut open = Vec::new();
        let mut count = |place, measured: Option<&Measured>, estimate: (Range, Range)| {
            let size = measured.map_or(estimate.0, |m| m.layer(estimate.0, estimate.1).size);
            match measured.is_some_and(|measured| measured.size.is_some()) {
                true => known += size,
                false => open.push((place, size)),
            }
        };
        if let (Some(reference), Some(target)) = (&chain.image, self.model.graph.target) {
            let image = &self.model.evaluation.stages[target].image;
            let measured = self.found.measures.images.get(reference);
            count(None, measured, (image.bytes, image.compressed));
        }
        for place in self.makers(chain, true) {
            let done = &self.model.evaluation.stages[place.0].steps[place.1];
            let measured = self.found.measures.steps.get(&place);
            count(Some(place), measured, (done.size(), done.compressed()));
        }
        (known, open)
    }
}

/// Whose a layer of a manifest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Base,
    Step(Place),
    Unknown,
}

fn is_layer(row: &Row) -> bool {
    row.layer.unwrap_or_else(|| {
        row.size.is_some_and(|size| size.high > 0) || Created::read(&row.text).makes_layer()
    })
}

/// Keeps the figure that tells more.
fn narrow(known: &mut Option<Figure>, figure: Figure) {
    let width = |figure: &Figure| figure.bytes.high - figure.bytes.low;
    if known.as_ref().is_none_or(|known| width(&figure) < width(known)) {
        *known = Some(figure);
    }
}
