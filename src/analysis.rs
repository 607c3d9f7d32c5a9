//! One version of a project, analysed as far as the report needs it.

use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{self, Altered, Build, Scenario};
use crate::context::{Context, IgnoreFile, ListingProblem, Manifests, assume, parse_listing};
use crate::data::{self, BaseImage};
use crate::filesystem::{Evaluation, Inputs, evaluate};
use crate::graph::{Base, Graph, ImageConfig, Operation, Origin, Request, hints};
use crate::layers;
use crate::report::{CacheReport, ImageReport, LayerReport, Project};
use crate::syntax::Dockerfile;

/// Instructions that are analysed; no Dockerfile that a person wrote has more.
const MOST_INSTRUCTIONS: usize = 10_000;

/// A project and everything that was found out about it.
#[derive(Clone)]
pub struct Analysis<'p> {
    /// What was asked.
    pub project: &'p Project,
    /// How many instructions the text had, if only its beginning is analysed.
    pub cut_from: Option<usize>,
    /// The Dockerfile of this version.
    pub dockerfile: Dockerfile,
    /// The `.dockerignore` of this version.
    pub ignore: IgnoreFile,
    /// The build graph.
    pub graph: Graph,
    /// The build context, as `.dockerignore` leaves it.
    pub context: Context,
    /// Lines of the listing that could not be read.
    pub listing_problems: Vec<ListingProblem>,
    /// The manifests.
    pub manifests: Manifests,
    /// Images by their reference.
    pub images: BTreeMap<String, BaseImage>,
    /// What following the build gave.
    pub evaluation: Evaluation,
    /// The layers of all stages.
    pub layers: Vec<LayerReport>,
    /// The final image.
    pub image: ImageReport,
}

impl<'p> Analysis<'p> {
    /// Analyses the project's own texts.
    pub fn new(project: &'p Project) -> Self {
        let listing = project.context.as_deref().map(parse_listing);
        let problems = listing.as_ref().map(|listing| listing.problems.clone()).unwrap_or_default();
        let ignore = IgnoreFile::parse(&project.dockerignore);
        let (text, cut_from) = beginning(&project.dockerfile);
        let plan = Plan::new(project, text, &project.build_args);
        let manifests = Manifests::read(&project.manifests);
        let context = match listing {
            Some(listing) => Context::new(listing.files, &ignore),
            None => {
                let given =
                    project.manifests.iter().map(|(path, text)| (path.as_str(), text.len() as u64));
                Context::assume(assume(&hints(&plan.graph), given), &ignore)
            }
        };
        Self { cut_from, ..Self::finish(project, plan, ignore, context, manifests, problems) }
    }

    /// Analyses other texts for the same project: the folder stays as it is.
    pub fn with_texts(&self, dockerfile: &str, dockerignore: &str) -> Self {
        let ignore = IgnoreFile::parse(dockerignore);
        let mut context = self.context.clone();
        context.decide(&ignore);
        let plan = Plan::new(self.project, dockerfile, &self.project.build_args);
        Self::finish(
            self.project,
            plan,
            ignore,
            context,
            self.manifests.clone(),
            self.listing_problems.clone(),
        )
    }

    fn finish(
        project: &'p Project,
        plan: Plan,
        ignore: IgnoreFile,
        context: Context,
        manifests: Manifests,
        listing_problems: Vec<ListingProblem>,
    ) -> Self {
        let Plan { dockerfile, graph, images } = plan;
        let inputs = Inputs {
            dockerfile: &dockerfile,
            graph: &graph,
            context: &context,
            manifests: &manifests,
            images: &images,
            contents: &BTreeMap::new(),
            moved: &BTreeSet::new(),
        };
        let evaluation = evaluate(&inputs);
        let layers = layers::layers(&dockerfile, &graph, &evaluation);
        let build = Build { dockerfile: &dockerfile, graph: &graph, evaluation: &evaluation };
        let seconds = cache::cold_seconds(build, &project.settings);
        let base_layers = graph.target.map_or(0, |target| evaluation.stages[target].image.layers);
        let image = layers::image(&layers, base_layers, seconds, &project.settings);
        Self {
            project,
            cut_from: None,
            dockerfile,
            ignore,
            graph,
            context,
            listing_problems,
            manifests,
            images,
            evaluation,
            layers,
            image,
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

    /// What changes rebuild.
    pub fn simulate(&self, scenario: &Scenario) -> CacheReport {
        let mut altered = Altered {
            context: self.context.clone(),
            build_args: self.project.build_args.clone(),
            ..Altered::default()
        };
        let mut problem = altered.apply(&scenario.changes);
        altered.context.decide(altered.ignore.as_ref().unwrap_or(&self.ignore));
        // Most changes are of files: the plan is the one there is.
        let replans = altered.dockerfile.is_some() || altered.build_args != self.project.build_args;
        let text = altered
            .dockerfile
            .as_deref()
            .map_or(self.dockerfile.source(), |text| beginning(text).0);
        let plan = replans.then(|| Plan::new(self.project, text, &altered.build_args));
        let (dockerfile, graph, images) = match &plan {
            Some(plan) => (&plan.dockerfile, &plan.graph, &plan.images),
            None => (&self.dockerfile, &self.graph, &self.images),
        };
        let mut moved = BTreeSet::new();
        for wanted in &altered.moved {
            match reference(images, wanted).or_else(|| url(graph, wanted)) {
                Some(found) => drop(moved.insert(found)),
                None => problem = Some(format!("nothing is taken from {wanted}")),
            }
        }
        let inputs = Inputs {
            dockerfile,
            graph,
            context: &altered.context,
            manifests: &self.manifests,
            images,
            contents: &altered.contents,
            moved: &moved,
        };
        let evaluation = evaluate(&inputs);
        let after = Build { dockerfile, graph, evaluation: &evaluation };
        let changes = scenario.texts();
        CacheReport {
            change: changes.join(cache::BETWEEN),
            changes,
            title: scenario.title.clone(),
            problem,
            ..cache::simulate(self.build(), after, &self.project.settings)
        }
    }
}

/// The image reference of the build that a user means.
fn reference(images: &BTreeMap<String, BaseImage>, wanted: &str) -> Option<String> {
    let without_tag = |reference: &str| reference.split([':', '@']).next().unwrap_or("").to_owned();
    let exact = images.keys().find(|reference| *reference == wanted);
    exact.or_else(|| images.keys().find(|reference| without_tag(reference) == wanted)).cloned()
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

/// The part of a text that is analysed, and how many instructions the whole
/// has if that is not all of it.
fn beginning(text: &str) -> (&str, Option<usize>) {
    if text.lines().count() <= MOST_INSTRUCTIONS {
        return (text, None);
    }
    let instructions = Dockerfile::parse(text).instructions;
    match instructions.get(MOST_INSTRUCTIONS) {
        Some(first_left_out) => {
            (&text[..first_left_out.span.start as usize], Some(instructions.len()))
        }
        None => (text, None),
    }
}

/// A Dockerfile with its graph and its images.
struct Plan {
    dockerfile: Dockerfile,
    graph: Graph,
    images: BTreeMap<String, BaseImage>,
}

impl Plan {
    fn new(project: &Project, text: &str, build_args: &BTreeMap<String, String>) -> Self {
        let dockerfile = Dockerfile::parse(text);
        let request = Request { build_args, target: project.target.as_deref() };
        let graph = Graph::new(&dockerfile, request, &config);
        let images = references(&graph)
            .into_iter()
            .map(|reference| (reference.clone(), data::image(&reference)));
        let images = images.collect();
        Self { dockerfile, graph, images }
    }
}

fn config(reference: &str) -> ImageConfig {
    let image = data::image(reference);
    ImageConfig {
        known: image.known,
        windows: image.distro.starts_with("windows"),
        env: image.env,
        workdir: image.workdir,
        user: image.user,
    }
}

/// Every image that the build names.
fn references(graph: &Graph) -> BTreeSet<String> {
    let mut references = BTreeSet::new();
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
