//! Installs Composer's packages without those for development.

use super::place::stage_commands;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to each `composer install` of a stage that is built, unless the
/// stage runs tests or tools of development afterwards.
pub const RECIPE: Recipe = Recipe {
    id: "composer-no-dev",
    title: "Leave development packages out",
    why: "composer install also brings what require-dev names: test runners and analysers. --no-dev leaves them out, and --optimize-autoloader makes the class map that production uses.",
    applicability: Applicability::Likely,
    rewrite,
};

const DEVELOPMENT: [&str; 5] = ["phpunit", "pest", "phpstan", "psalm", "phpcs"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let mut edits = Vec::new();
    for stage in analysis.graph.needed() {
        let commands = stage_commands(analysis, stage);
        let develops = commands.iter().any(|(_, command)| {
            command.words.iter().any(|word| DEVELOPMENT.iter().any(|tool| word.ends_with(tool)))
        });
        let open = commands.iter().filter(|(step, command)| {
            !develops
                && command.starts_with(&["composer", "install"])
                && !command.has(&["--no-dev", "--dev"])
                && step.scope.environment.get("COMPOSER_NO_DEV").is_none()
        });
        edits.extend(open.map(|(_, command)| {
            let optimized = command.has(&["-o", "--optimize-autoloader", "--no-autoloader"]);
            let flags = if optimized { " --no-dev" } else { " --no-dev --optimize-autoloader" };
            Edit::insert(command.places[1].end, flags)
        }));
    }
    let verify = Some("composer install --no-dev --dry-run".to_owned());
    Rewrite::of(edits, verify)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn tells_every_installation() {
        for (before, expected) in [
            ("composer install", "composer install --no-dev --optimize-autoloader"),
            ("composer install -o && ls", "composer install --no-dev -o && ls"),
        ] {
            let result = after(&RECIPE, &format!("FROM php:8.3\nRUN {before}\n"));
            assert_eq!(result, Some(format!("FROM php:8.3\nRUN {expected}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN composer install --no-dev",
            "ENV COMPOSER_NO_DEV=1\nRUN composer install",
            "RUN composer install\nRUN vendor/bin/phpunit",
            "RUN composer dump-autoload",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM php:8.3\n{text}\n")), None, "{text}");
        }
    }
}
