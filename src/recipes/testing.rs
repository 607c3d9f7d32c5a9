//! What the recipes' tests share.

use super::{Recipe, apply};
use crate::analysis::Analysis;
use crate::report::Project;
use crate::syntax::Dockerfile;

/// The Dockerfile after one recipe; `None` where it does not apply. What it
/// writes must parse, and it must leave that alone.
pub fn after(recipe: &Recipe, dockerfile: &str) -> Option<String> {
    after_in(recipe, project(dockerfile))
}

/// The same for a project with more than a Dockerfile.
pub fn after_in(recipe: &Recipe, project: Project) -> Option<String> {
    let text = once(recipe, &project)?;
    let errors = Dockerfile::parse(&text).errors;
    assert!(errors.is_empty(), "{errors:?} in\n{text}");
    let again = Project { dockerfile: text.clone(), ..project };
    assert_eq!(once(recipe, &again), None, "applies to its own result:\n{text}");
    Some(text)
}

fn once(recipe: &Recipe, project: &Project) -> Option<String> {
    let analysis = Analysis::new(project);
    let rewrite = (recipe.rewrite)(&analysis)?;
    Some(apply(&project.dockerfile, &rewrite.edits))
}

/// A project of a Dockerfile alone.
pub fn project(dockerfile: &str) -> Project {
    Project { dockerfile: dockerfile.to_owned(), ..Project::default() }
}
