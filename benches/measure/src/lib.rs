//! The parts of an analysis that are timed, natively and as WebAssembly. Each
//! returns a number that depends on all it did.

use dockerfile_playground::cache::gitlog::GitLog;
use dockerfile_playground::cache::replay::History;
use dockerfile_playground::cache::typical;
use dockerfile_playground::data::Catalog;
use dockerfile_playground::recipes::optimize;
use dockerfile_playground::syntax::Dockerfile;
use dockerfile_playground::{Analysis, Project, rules};

#[cfg(target_arch = "wasm32")]
mod wasm;

/// A text and what is known.
pub struct Subject {
    catalog: Catalog,
    project: Project,
}

impl Subject {
    /// A Dockerfile in a folder that has `listing`, if one is given.
    pub fn new(dockerfile: String, listing: Option<String>) -> Self {
        let project = Project { dockerfile, context: listing, ..Project::default() };
        Self { catalog: Catalog::embedded(), project }
    }

    fn analysis(&self) -> Analysis<'_> {
        Analysis::knowing(&self.catalog, &self.project)
    }

    /// The syntax tree alone.
    pub fn parse(&self) -> usize {
        let dockerfile = Dockerfile::parse(&self.project.dockerfile);
        dockerfile.instructions.len() + dockerfile.tokens.len()
    }

    /// Parsed, resolved, followed step by step, and checked by every rule.
    pub fn check(&self) -> usize {
        rules::check(&self.analysis()).len()
    }

    /// An analysis and the optimizer, as the report needs it.
    pub fn optimize(&self) -> usize {
        let analysis = self.analysis();
        let change = typical(&analysis.context).into_iter().next();
        let change = change.as_ref().map(|change| (change, analysis.rebuild_seconds(change)));
        optimize(&analysis, change).analysis.layers.len()
    }

    /// An analysis and the history of a project replayed.
    pub fn replay(&self, log: &str) -> usize {
        let analysis = self.analysis();
        let history = History::new(&GitLog::parse(log), &analysis.context);
        analysis.version().replay(&history, &self.project.settings).steps.len()
    }

    /// All of it: what the page asks for at every key stroke.
    pub fn report(&self) -> usize {
        dockerfile_playground::analyze_knowing(&self.catalog, &self.project).findings.len()
    }
}
