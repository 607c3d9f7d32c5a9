//! Applies the recipes one after another, each on the result of those before,
//! and measures every step by analysing both versions.

use super::{RECIPES, Recipe, Rewrite, apply};
use crate::analysis::Analysis;
use crate::cache::Change;
use crate::report::{Applicability, RecipeStep};

/// The better version.
pub struct Optimized<'p> {
    /// Its analysis.
    pub analysis: Analysis<'p>,
    /// Its `.dockerignore`.
    pub dockerignore: String,
    /// What led to it.
    pub steps: Vec<RecipeStep>,
}

/// Optimizes a project; `changes` are the ones that rebuild times are measured
/// on, the first one foremost.
pub fn optimize<'p>(original: &Analysis<'p>, changes: &[(Change, String)]) -> Optimized<'p> {
    let source = original.dockerfile.source();
    let dockerignore = original.project.dockerignore.clone();
    let analysis = original.with_texts(source, &dockerignore);
    let mut optimized = Optimized { analysis, dockerignore, steps: Vec::new() };
    // A file that does not parse is not rewritten: its meaning is not known.
    if original.cut_from.is_none()
        && original.dockerfile.errors.is_empty()
        && !original.graph.problems.iter().any(|problem| problem.fatal)
    {
        for recipe in RECIPES {
            optimized.try_recipe(recipe, changes);
        }
    }
    optimized
}

impl Optimized<'_> {
    fn try_recipe(&mut self, recipe: &Recipe, changes: &[(Change, String)]) {
        let Some(rewrite) = (recipe.rewrite)(&self.analysis) else { return };
        let Rewrite { edits, dockerignore, verify } = rewrite;
        let text = apply(self.analysis.dockerfile.source(), &edits);
        let dockerignore = dockerignore.unwrap_or_else(|| self.dockerignore.clone());
        let unchanged =
            text == self.analysis.dockerfile.source() && dockerignore == self.dockerignore;
        let after = self.analysis.with_texts(&text, &dockerignore);
        let broken = !after.dockerfile.errors.is_empty()
            || after.graph.problems.iter().any(|problem| problem.fatal);
        if unchanged || broken {
            return;
        }
        let chosen = self.analysis.project.recipes.get(recipe.id).copied();
        let enabled = chosen.unwrap_or(recipe.applicability != Applicability::Risky);
        let (size_before, size_after) =
            (self.analysis.image.size.expected, after.image.size.expected);
        let saves_seconds =
            rebuild_seconds(&self.analysis, changes) - rebuild_seconds(&after, changes);
        self.steps.push(RecipeStep {
            recipe: recipe.id.to_owned(),
            title: recipe.title.to_owned(),
            why: recipe.why.to_owned(),
            applicability: recipe.applicability,
            enabled,
            saves_bytes: size_before as i64 - size_after as i64,
            saves_seconds: crate::layers::round(saves_seconds),
            size_after: if enabled { size_after } else { size_before },
            verify,
        });
        if enabled {
            self.analysis = after;
            self.dockerignore = dockerignore;
        }
    }
}

/// Seconds of the rebuild after the first change.
fn rebuild_seconds(analysis: &Analysis<'_>, changes: &[(Change, String)]) -> f64 {
    changes.first().map_or(0.0, |(change, title)| analysis.simulate(change, title.clone()).seconds)
}
