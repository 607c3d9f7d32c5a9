//! One version of a project, analysed as far as the report needs it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use crate::cache::buildlog::{BuildLog, Calibration};
use crate::cache::replay::Version;
use crate::cache::{self, Altered, Build, Change, Scenario, Sources};
use crate::context::{
    Context, IgnoreFile, ListingProblem, Manifests, assume, ignore, parse_listing,
};
use crate::data::{BaseImage, Catalog, Pack};
use crate::filesystem::{Contents, Earlier, Evaluation, Images, Inputs, Measures, evaluate};
use crate::graph::{Base, Graph, ImageConfig, Operation, Origin, Request, canonical, hints};
use crate::layers::{self, calibration};
use crate::report::{CacheReport, CalibrationReport, ImageReport, LabelKind, LayerReport, Project};
use crate::sorted::{Map, Set};
use crate::syntax::Dockerfile;
use crate::units::Evidence;

/// Instructions that are analysed; no Dockerfile that a person wrote has more.
const MOST_INSTRUCTIONS: usize = 10_000;
/// Bytes of text that are analysed.
const MOST_BYTES: usize = 1_000_000;
/// Bytes of text that are read to find where an instruction ends.
const MOST_READ: usize = 4 * MOST_BYTES;

/// Files of the context are what they were.
static NO_CONTENTS: Contents = Contents::new();
/// References lead to where they did.
static NONE_MOVED: Set<String> = Set::new();

/// A project and everything that was found out about it.
#[derive(Clone)]
pub struct Analysis<'p> {
    /// What was asked.
    pub project: &'p Project,
    /// What is known of images and packages.
    pub catalog: &'p Catalog,
    /// True when only the beginning of the text is analysed.
    pub is_cut: bool,
    /// The Dockerfile of this version.
    pub dockerfile: Rc<Dockerfile>,
    /// The `.dockerignore` of this version, as written.
    pub dockerignore: String,
    /// The same, read.
    pub ignore: Rc<IgnoreFile>,
    /// The build graph.
    pub graph: Graph,
    /// The build context, as `.dockerignore` leaves it.
    pub context: Rc<Context>,
    /// Lines of the listing that could not be read.
    pub listing_problems: Vec<ListingProblem>,
    /// The manifests.
    pub manifests: Rc<Manifests>,
    /// Images by their reference.
    pub images: Images,
    /// What following the build gave.
    pub evaluation: Evaluation,
    /// The layers of all stages.
    pub layers: Vec<LayerReport>,
    /// The final image.
    pub image: ImageReport,
    /// What was measured of the build.
    pub measures: Rc<Measures>,
    /// What of the estimates that replaced.
    pub calibration: Option<CalibrationReport>,
    /// What the log of a real build tells of time.
    pub timing: Option<Rc<Calibration>>,
    /// Seconds of the rebuilds that were simulated: recipes ask for the same ones
    /// over and over.
    rebuilds: RefCell<Vec<(Vec<Change>, f64)>>,
}

impl<'p> Analysis<'p> {
    /// Analyses the project's own texts with all that is known.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn new(project: &'p Project) -> Self {
        Self::knowing(Catalog::complete(), project)
    }

    /// Analyses the project's own texts with what a catalog knows.
    pub fn knowing(catalog: &'p Catalog, project: &'p Project) -> Self {
        let listing = project.context.as_deref().map(parse_listing);
        let problems = listing.as_ref().map(|listing| listing.problems.clone()).unwrap_or_default();
        let dockerignore = ignore::beginning(&project.dockerignore).to_owned();
        let ignore = IgnoreFile::parse(&dockerignore);
        let text = beginning(&project.dockerfile);
        let is_cut = text.len() < project.dockerfile.len();
        let measures = Rc::default();
        let dockerfile = Rc::new(Dockerfile::parse(text));
        let plan = Plan::new(catalog, project, dockerfile, &project.build_args, &measures);
        let manifests = Rc::new(Manifests::read(&project.manifests));
        let context = match listing {
            Some(listing) => Context::new(listing.entries(), &ignore),
            None => {
                let texts = project.manifests.iter().map(|(path, text)| (&**path, text));
                let own = [(".dockerignore", &dockerignore)];
                let own = own.into_iter().filter(|(_, text)| !text.is_empty());
                let given = texts.chain(own).map(|(path, text)| (path, text.len() as u64));
                Context::assume(assume(&hints(&plan.graph), given), &ignore)
            }
        };
        let (ignore, context) = (Rc::new(ignore), Rc::new(context));
        let texts = Texts { dockerignore, ignore, context, manifests, listing_problems: problems };
        let analysis = Self::finish(catalog, project, plan, texts, measures, None);
        let mut analysis = Self { is_cut, ..analysis }.calibrated();
        if let Some(log) = &project.build_log {
            let log = BuildLog::parse(log);
            let timing = Calibration::new(&log, analysis.build(), &project.settings);
            analysis.take_times(Rc::new(timing));
        }
        analysis
    }

    /// Follows the build once more with what was measured of it, if anything.
    fn calibrated(self) -> Self {
        let Some(found) = calibration::calibrate(&self.project.measured, self.model()) else {
            return self;
        };
        let measures = Rc::new(found.measures.clone());
        let after = (!measures.is_empty()).then(|| {
            let text = self.dockerfile.source();
            let plan = self.plan(text, &self.project.build_args, &measures);
            let after =
                Self::finish(self.catalog, self.project, plan, self.texts(), measures, None);
            Self { is_cut: self.is_cut, ..after }
        });
        let layers = after.as_ref().map_or(&self.layers, |after| &after.layers);
        let report = found.report(self.model(), (&self.layers, &self.image), layers);
        Self { calibration: Some(report), ..after.unwrap_or(self) }
    }

    fn model(&self) -> calibration::Model<'_> {
        calibration::Model {
            dockerfile: &self.dockerfile,
            graph: &self.graph,
            evaluation: &self.evaluation,
        }
    }

    fn texts(&self) -> Texts {
        Texts {
            dockerignore: self.dockerignore.clone(),
            ignore: Rc::clone(&self.ignore),
            context: Rc::clone(&self.context),
            manifests: Rc::clone(&self.manifests),
            listing_problems: self.listing_problems.clone(),
        }
    }

    /// Analyses other texts for the same project: the folder stays as it is,
    /// and so do the measured sizes of layers that are still the same.
    pub fn with_texts(&self, dockerfile: &str, dockerignore: &str) -> Self {
        if dockerignore == self.dockerignore {
            return self.with_dockerfile(dockerfile);
        }
        let ignore = Rc::new(IgnoreFile::parse(dockerignore));
        let mut context = Context::clone(&self.context);
        context.decide(&ignore);
        let context = Rc::new(context);
        self.replanned(
            dockerfile,
            Texts { dockerignore: dockerignore.to_owned(), ignore, context, ..self.texts() },
        )
    }

    fn replanned(&self, dockerfile: &str, texts: Texts) -> Self {
        let measures = Rc::new(self.measures.of_any_version());
        let plan = self.plan(dockerfile, &self.project.build_args, &measures);
        let mut analysis =
            Self::finish(self.catalog, self.project, plan, texts, measures, Some(self));
        if let Some(timing) = &self.timing {
            analysis.take_times(Rc::clone(timing));
        }
        analysis
    }

    /// Analyses another Dockerfile, all else as it is.
    pub fn with_dockerfile(&self, dockerfile: &str) -> Self {
        self.replanned(dockerfile, self.texts())
    }

    /// Takes the times of a real build for the estimates.
    fn take_times(&mut self, timing: Rc<Calibration>) {
        let settings = &self.project.settings;
        timing.apply(&self.dockerfile, &self.graph, &mut self.evaluation, settings);
        self.image.build_seconds = cache::cold_seconds(self.build(), settings);
        self.timing = Some(timing);
        self.rebuilds.take();
    }

    fn plan(&self, text: &str, build_args: &Map<String, String>, measures: &Measures) -> Plan {
        let dockerfile = match text == self.dockerfile.source() {
            true => Rc::clone(&self.dockerfile),
            false => Rc::new(Dockerfile::parse_version(text, &self.dockerfile)),
        };
        Plan::new(self.catalog, self.project, dockerfile, build_args, measures)
    }

    fn finish(
        catalog: &'p Catalog,
        project: &'p Project,
        plan: Plan,
        texts: Texts,
        measures: Rc<Measures>,
        earlier: Option<&Self>,
    ) -> Self {
        let Texts { dockerignore, ignore, context, manifests, listing_problems } = texts;
        let Plan { dockerfile, graph, images } = plan;
        let inputs = Inputs {
            dockerfile: &dockerfile,
            graph: &graph,
            context: &context,
            manifests: &manifests,
            catalog,
            images: &images,
            contents: &NO_CONTENTS,
            moved: &NONE_MOVED,
            measures: &measures,
        };
        let evaluation = evaluate(&inputs, earlier.and_then(Self::earlier));
        let layers = layers::layers(&dockerfile, &graph, &evaluation);
        let build = Build { dockerfile: &dockerfile, graph: &graph, evaluation: &evaluation };
        let seconds = cache::cold_seconds(build, &project.settings);
        let base_layers = graph.target.map_or(0, |target| evaluation.stages[target].image.layers);
        let image = layers::image(&layers, base_layers, seconds, &project.settings);
        Self {
            project,
            catalog,
            is_cut: false,
            dockerfile,
            dockerignore,
            ignore,
            graph,
            context,
            listing_problems,
            manifests,
            images,
            evaluation,
            layers,
            image,
            measures,
            calibration: None,
            timing: None,
            rebuilds: RefCell::default(),
        }
    }

    /// True when BuildKit would accept the Dockerfile.
    pub fn is_valid(&self) -> bool {
        self.dockerfile.errors.is_empty()
            && !self.graph.problems.iter().any(|problem| problem.fatal)
    }

    /// This version's build.
    pub fn build(&self) -> Build<'_> {
        Build { dockerfile: &self.dockerfile, graph: &self.graph, evaluation: &self.evaluation }
    }

    /// What this version is made from.
    pub fn inputs(&self) -> Inputs<'_> {
        Inputs {
            dockerfile: &self.dockerfile,
            graph: &self.graph,
            context: &self.context,
            manifests: &self.manifests,
            catalog: self.catalog,
            images: &self.images,
            contents: &NO_CONTENTS,
            moved: &NONE_MOVED,
            measures: &self.measures,
        }
    }

    /// What other versions may take from following this one. Times that a log
    /// corrected would be corrected once more.
    fn earlier(&self) -> Option<Earlier<'_>> {
        let earlier = Earlier { inputs: self.inputs(), evaluation: &self.evaluation };
        self.timing.is_none().then_some(earlier)
    }

    /// This version, for replaying a history.
    pub fn version(&self) -> Version<'_> {
        Version { build: self.build(), inputs: self.inputs(), ignore: &self.ignore }
    }

    /// Packs of data that would tell more of this version.
    pub fn wants(&self) -> Set<Pack> {
        let steps = self.evaluation.stages.iter().flat_map(|stage| &stage.steps);
        let mut wants: Set<Pack> = steps.flat_map(|step| &step.wants).copied().collect();
        if self.images.values().any(|image| self.catalog.wants_images(image)) {
            wants.insert(Pack::Images);
        }
        let mut kinds = self.project.settings.rules.label_schema.values();
        if kinds.any(|kind| *kind == LabelKind::Spdx) && self.catalog.lacks(Pack::Licences) {
            wants.insert(Pack::Licences);
        }
        wants
    }

    /// What changes rebuild.
    pub fn simulate(&self, scenario: &Scenario) -> CacheReport {
        let settings = &self.project.settings;
        let simulate =
            |before: Build<'_>, after: Build<'_>| cache::simulate(before, after, settings);
        let (report, problem) = self.compare(scenario, simulate);
        self.rebuilds.borrow_mut().push((scenario.changes.clone(), report.seconds));
        let changes = scenario.texts();
        CacheReport {
            change: changes.join(cache::BETWEEN),
            changes,
            title: scenario.title.clone(),
            problem,
            ..report
        }
    }

    /// Seconds of the rebuild after changes.
    pub fn rebuild_seconds(&self, scenario: &Scenario) -> f64 {
        let of_these = |(changes, _): &&(Vec<Change>, f64)| *changes == scenario.changes;
        let known = self.rebuilds.borrow().iter().find(of_these).map(|(_, seconds)| *seconds);
        known.unwrap_or_else(|| {
            let settings = &self.project.settings;
            let seconds =
                |before: Build<'_>, after: Build<'_>| cache::seconds(before, after, settings);
            let (seconds, _) = self.compare(scenario, seconds);
            self.rebuilds.borrow_mut().push((scenario.changes.clone(), seconds));
            seconds
        })
    }

    /// Looks at the builds before and after changes; beside it, what of these
    /// cannot be made.
    fn compare<T>(
        &self,
        scenario: &Scenario,
        look: impl FnOnce(Build<'_>, Build<'_>) -> T,
    ) -> (T, Option<String>) {
        let after = self.changed(&scenario.changes);
        let before = scenario
            .earlier_dockerfile()
            .map(|text| self.changed(&[Change::Dockerfile(text.to_owned())]));
        let before = before.as_ref().map_or(self.build(), |before| before.build(self));
        let problem = (!after.problems.is_empty()).then(|| after.problems.join("; "));
        (look(before, after.build(self)), problem)
    }

    /// Follows the build as changes leave it.
    fn changed(&self, changes: &[Change]) -> Changed {
        let was =
            Sources { dockerfile: self.dockerfile.source(), dockerignore: &self.dockerignore };
        let mut altered = Altered {
            was,
            context: Cow::Borrowed(&*self.context),
            build_args: self.project.build_args.clone(),
            ..Altered::default()
        };
        let mut problems = altered.apply(changes);
        let ignore = altered.dockerignore.as_deref().map(IgnoreFile::parse);
        if ignore.is_some() || matches!(altered.context, Cow::Owned(_)) {
            altered.context.to_mut().decide(ignore.as_ref().unwrap_or(&self.ignore));
        }
        // Most changes are of files: the plan is the one there is.
        let replans = altered.dockerfile.is_some() || altered.build_args != self.project.build_args;
        let text = altered.dockerfile.as_deref().map_or(was.dockerfile, beginning);
        let plan = replans.then(|| self.plan(text, &altered.build_args, &self.measures));
        let measures = match replans {
            true => Rc::new(self.measures.of_any_version()),
            false => Rc::clone(&self.measures),
        };
        let (dockerfile, graph, images) = match &plan {
            Some(plan) => (&plan.dockerfile, &plan.graph, &plan.images),
            None => (&self.dockerfile, &self.graph, &self.images),
        };
        let mut moved = Set::new();
        for wanted in &altered.moved {
            let found: Vec<String> =
                references_to(images, wanted).chain(url(graph, wanted)).collect();
            if found.is_empty() {
                problems.push(format!("nothing is taken from {wanted}"));
            }
            moved.extend(found);
        }
        let inputs = Inputs {
            dockerfile,
            graph,
            context: &altered.context,
            images,
            contents: &altered.contents,
            moved: &moved,
            measures: &measures,
            ..self.inputs()
        };
        let mut evaluation = evaluate(&inputs, self.earlier());
        if let Some(timing) = &self.timing {
            timing.apply(dockerfile, graph, &mut evaluation, &self.project.settings);
        }
        Changed { plan, evaluation, problems }
    }
}

/// A build that changes lead to.
struct Changed {
    /// Its plan, where that is another one.
    plan: Option<Plan>,
    evaluation: Evaluation,
    /// Why some of the changes could not be made.
    problems: Vec<String>,
}

impl Changed {
    fn build<'b>(&'b self, from: &'b Analysis<'_>) -> Build<'b> {
        let evaluation = &self.evaluation;
        match &self.plan {
            Some(Plan { dockerfile, graph, .. }) => Build { dockerfile, graph, evaluation },
            None => Build { evaluation, ..from.build() },
        }
    }
}

/// The image references of the build that a user means: spellings of that
/// image, or of any of its tags when none is named.
fn references_to(images: &Images, wanted: &str) -> impl Iterator<Item = String> {
    let name =
        |reference: &str| canonical(reference).split([':', '@']).next().unwrap_or("").to_owned();
    let same = |reference: &&String| canonical(reference) == canonical(wanted);
    let exact: Vec<String> = images.keys().filter(same).cloned().collect();
    let found = match exact.is_empty() && !wanted.contains([':', '@']) {
        true => {
            images.keys().filter(|reference| name(reference) == name(wanted)).cloned().collect()
        }
        false => exact,
    };
    found.into_iter()
}

/// The source of an ADD that a user means.
fn url(graph: &Graph, wanted: &str) -> Option<String> {
    let steps = graph.stages.iter().flat_map(|stage| &stage.steps);
    let mut sources = steps.filter_map(|step| match &step.operation {
        Operation::Copy(copy) => Some(&copy.sources),
        _ => None,
    });
    sources.any(|sources| sources.iter().any(|source| source == wanted)).then(|| wanted.to_owned())
}

/// The part of a text that is analysed: whole instructions.
fn beginning(text: &str) -> &str {
    if text.len() <= MOST_BYTES && text.lines().count() <= MOST_INSTRUCTIONS {
        return text;
    }
    let read = &text[..text.floor_char_boundary(MOST_READ)];
    let instructions = Dockerfile::parse(read).instructions;
    let mut instructions = instructions.iter().enumerate();
    let left_out = instructions.find(|(index, instruction)| {
        *index >= MOST_INSTRUCTIONS || instruction.span.end as usize > MOST_BYTES
    });
    left_out.map_or(read, |(_, first)| &text[..first.span.start as usize])
}

/// The texts of a version besides its Dockerfile.
struct Texts {
    dockerignore: String,
    ignore: Rc<IgnoreFile>,
    context: Rc<Context>,
    manifests: Rc<Manifests>,
    listing_problems: Vec<ListingProblem>,
}

/// A Dockerfile with its graph and its images.
struct Plan {
    dockerfile: Rc<Dockerfile>,
    graph: Graph,
    images: Images,
}

impl Plan {
    fn new(
        catalog: &Catalog,
        project: &Project,
        dockerfile: Rc<Dockerfile>,
        build_args: &Map<String, String>,
        measures: &Measures,
    ) -> Self {
        let request = Request { build_args, target: project.target.as_deref() };
        let graph = Graph::new(&dockerfile, request, &|reference| config(catalog.image(reference)));
        let images = references(&graph)
            .into_iter()
            .map(|reference| (reference.clone(), Rc::new(image(catalog, &reference, measures))));
        let images = images.collect();
        Self { dockerfile, graph, images }
    }
}

/// An image by its measured figures, else by those of the table.
fn image(catalog: &Catalog, reference: &str, measures: &Measures) -> BaseImage {
    let mut image = catalog.image(reference);
    if let Some(measured) = measures.images.get(reference) {
        let size = measured.layer(image.bytes, image.compressed);
        (image.bytes, image.compressed) = (size.size, size.compressed);
        image.layers = measured.layers.unwrap_or(image.layers);
        if let Some(kind) = size.evidence.iter().map(|evidence| evidence.kind).max() {
            let texts: Vec<&str> = size.evidence.iter().map(|evidence| &*evidence.text).collect();
            image.evidence = Evidence::new(kind, texts.join(" "));
        }
    }
    image
}

fn config(image: BaseImage) -> ImageConfig {
    ImageConfig {
        known: image.known,
        windows: image.distro.starts_with("windows"),
        env: image.env,
        workdir: image.workdir,
        user: image.user,
    }
}

/// Every image that the build names.
fn references(graph: &Graph) -> Set<String> {
    let mut references = Set::new();
    for stage in &graph.stages {
        if let Base::Image(reference) = &stage.base {
            references.insert(reference.clone());
        }
        for origin in stage.steps.iter().flat_map(|step| step.operation.origins()) {
            if let Origin::Image(reference) = origin {
                references.insert(reference.clone());
            }
        }
    }
    references
}
