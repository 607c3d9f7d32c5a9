//! Applies the recipes one after another, each on the result of those before,
//! and measures every step by analysing both versions.

use super::{RECIPES, Recipe, Rewrite, all, apply};
use crate::analysis::Analysis;
use crate::cache::Scenario;
use crate::report::RecipeStep;
use crate::rules;
use crate::sorted::Map;

/// A recipe may make room for an earlier one: passes over all of them, until
/// none applies any more. That is what makes optimizing twice the same as once.
const MOST_PASSES: usize = 4;

/// The better version.
pub struct Optimized<'p> {
    /// Its analysis.
    pub analysis: Analysis<'p>,
    /// Its `.dockerignore`.
    pub dockerignore: String,
    /// What led to it.
    pub steps: Vec<RecipeStep>,
    /// Seconds of its rebuild after the change.
    rebuild_seconds: f64,
    /// What is wrong with it.
    errors: Errors,
}

/// How many findings of severity error a rule has, by rule.
type Errors = Map<String, usize>;

/// Optimizes a project; `change` is the one that rebuild times are measured on,
/// beside the seconds that it takes now.
pub fn optimize<'p>(original: &Analysis<'p>, change: Option<(&Scenario, f64)>) -> Optimized<'p> {
    let mut optimized = Optimized {
        analysis: original.clone(),
        dockerignore: original.project.dockerignore.clone(),
        steps: Vec::new(),
        rebuild_seconds: change.map_or(0.0, |(_, seconds)| seconds),
        errors: Errors::new(),
    };
    // A file that does not parse is not rewritten, nor one that was read in part:
    // its meaning is not known.
    let is_whole = original.dockerignore.len() == original.project.dockerignore.len();
    if !original.is_cut && is_whole && original.is_valid() {
        optimized.errors = errors(original);
        let change = change.map(|(change, _)| change);
        // Done when each has been tried on the version that there is.
        let mut tried = 0;
        for recipe in (0..MOST_PASSES).flat_map(|_| all()) {
            tried = if optimized.try_recipe(recipe, change) { 0 } else { tried + 1 };
            if tried == RECIPES.len() {
                break;
            }
        }
    }
    optimized
}

impl Optimized<'_> {
    /// True when it is the original.
    pub fn is_original(&self) -> bool {
        !self.steps.iter().any(|step| step.enabled)
    }

    /// Tries a recipe; true when the text is another one after it.
    fn try_recipe(&mut self, recipe: &Recipe, change: Option<&Scenario>) -> bool {
        let known = self.steps.iter().position(|step| step.recipe == recipe.id);
        if known.is_some_and(|known| !self.steps[known].enabled) {
            return false;
        }
        let Some(rewrite) = (recipe.rewrite)(&self.analysis) else { return false };
        let Rewrite { edits, dockerignore, verify } = rewrite;
        let text = apply(self.analysis.dockerfile.source(), &edits);
        let dockerignore = dockerignore.unwrap_or_else(|| self.dockerignore.clone());
        let unchanged =
            text == self.analysis.dockerfile.source() && dockerignore == self.dockerignore;
        if unchanged {
            return false;
        }
        let after = self.analysis.with_texts(&text, &dockerignore);
        if !after.is_valid() || !settles(recipe, &after, &dockerignore) {
            return false;
        }
        let errors = errors(&after);
        if adds(&self.errors, &errors) {
            return false;
        }
        let enabled = self.is_enabled(recipe);
        let rebuild_seconds = rebuild_seconds(&after, change);
        let (size_before, size_after) =
            (self.analysis.image.size.expected, after.image.size.expected);
        let saves =
            (size_before as i64 - size_after as i64, self.rebuild_seconds - rebuild_seconds);
        match known {
            Some(known) => self.add_savings(known, saves),
            None => self.steps.push(step(recipe, enabled, saves, &self.analysis, verify)),
        }
        if enabled {
            self.analysis = after;
            self.errors = errors;
            self.dockerignore = dockerignore;
            self.rebuild_seconds = rebuild_seconds;
        }
        enabled
    }

    fn is_enabled(&self, recipe: &Recipe) -> bool {
        let chosen = self.analysis.project.recipes.get(recipe.id).copied();
        chosen.unwrap_or(recipe.is_on_by_default())
    }

    /// A recipe that applied once more saves more, as if it had done so at once.
    fn add_savings(&mut self, known: usize, (bytes, seconds): (i64, f64)) {
        let first = &mut self.steps[known];
        first.saves_bytes += bytes;
        first.saves_seconds = crate::layers::round(first.saves_seconds + seconds);
        for step in &mut self.steps[known..] {
            step.size_after = step.size_after.saturating_add_signed(-bytes);
        }
    }
}

fn step(
    recipe: &Recipe,
    enabled: bool,
    (saves_bytes, saves_seconds): (i64, f64),
    before: &Analysis<'_>,
    verify: Option<String>,
) -> RecipeStep {
    let size_before = before.image.size.expected;
    let saved = if enabled { saves_bytes } else { 0 };
    RecipeStep {
        recipe: recipe.id.to_owned(),
        title: recipe.title.to_owned(),
        why: recipe.why.to_owned(),
        applicability: recipe.applicability,
        enabled,
        saves_bytes,
        saves_seconds: crate::layers::round(saves_seconds),
        size_after: size_before.saturating_add_signed(-saved),
        verify,
    }
}

fn errors(analysis: &Analysis<'_>) -> Errors {
    let mut errors = Errors::new();
    for finding in rules::errors(analysis) {
        *errors.entry(finding.rule).or_default() += 1;
    }
    errors
}

/// True when a rule found less before: what was right must stay so.
fn adds(before: &Errors, after: &Errors) -> bool {
    after.iter().any(|(rule, count)| before.get(rule).is_none_or(|before| before < count))
}

/// True when the recipe leaves its own result alone; one that does not would
/// never come to an end.
fn settles(recipe: &Recipe, after: &Analysis<'_>, dockerignore: &str) -> bool {
    (recipe.rewrite)(after).is_none_or(|again| {
        let text = apply(after.dockerfile.source(), &again.edits);
        let ignored = again.dockerignore.is_none_or(|text| text == dockerignore);
        text == after.dockerfile.source() && ignored
    })
}

/// Seconds of the rebuild after the change.
fn rebuild_seconds(analysis: &Analysis<'_>, change: Option<&Scenario>) -> f64 {
    change.map_or(0.0, |change| analysis.rebuild_seconds(change))
}
