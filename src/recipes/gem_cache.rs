//! Removes the archives that gems came in.

use super::place::{append_command, commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Step;
use crate::report::{Applicability, Kind};

/// Applies where the final image keeps the archives of installed gems, to the
/// RUNs that install them. It must not apply where a mount holds them, or the
/// RUN removes them itself.
pub const RECIPE: Recipe = Recipe {
    id: "gem-cache-clean",
    title: "Do not keep the archives of gems",
    why: "Bundler keeps every archive that it unpacked beside the gems; nothing reads them when the image runs.",
    applicability: Applicability::Safe,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let tree = &analysis.evaluation.stages[target].tree;
    let kept = tree
        .iter()
        .find(|(path, entry)| entry.kind == Kind::Cache && path.ends_with("/cache/installed.gem"));
    // Ruby's version is a folder where gems lie beside the project.
    let folder = kept?.0.strip_suffix("/installed.gem")?.replace("/ruby/3.x/", "/ruby/*/");
    let stages = analysis.graph.needed();
    let edits: Vec<Edit> = stages
        .flat_map(|stage| &stage.steps)
        .filter(|step| keeps(analysis, step))
        .filter_map(|step| {
            append_command(analysis, analysis.instruction(step), &format!("rm -rf {folder}"))
        })
        .collect();
    let verify = Some("docker run --rm IMAGE bundle check".to_owned());
    Rewrite::of(edits, verify)
}

fn keeps(analysis: &Analysis<'_>, step: &Step) -> bool {
    let commands = commands(analysis.instruction(step));
    let installs = commands.iter().any(|command| command.starts_with(&["bundle", "install"]));
    let removes = commands
        .iter()
        .any(|command| command.name() == "rm" && command.words.join(" ").contains("cache"));
    installs && !removes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    const BEGINNING: &str = "FROM ruby:3.3\nWORKDIR /app\nCOPY Gemfile Gemfile.lock ./\n";

    #[test]
    fn removes_them_where_they_were_made() {
        for (install, folder) in [
            ("RUN bundle install", "/usr/local/bundle/cache"),
            ("ENV BUNDLE_DEPLOYMENT=1\nRUN bundle install", "/app/vendor/bundle/ruby/*/cache"),
        ] {
            let result = after(&RECIPE, &format!("{BEGINNING}{install}\n"));
            assert_eq!(result, Some(format!("{BEGINNING}{install} && rm -rf {folder}\n")));
        }
    }

    #[test]
    fn follows_the_gems_through_stages() {
        let before = "FROM ruby:3.3 AS build\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\nFROM ruby:3.3-slim\nCOPY --from=build /usr/local/bundle /usr/local/bundle\n";
        assert!(after(&RECIPE, before).is_some_and(|after| after.contains("install && rm -rf")));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN bundle install && rm -rf /usr/local/bundle/cache/*.gem",
            "RUN --mount=type=cache,target=/usr/local/bundle/cache bundle install",
            "RUN gem install bundler",
        ] {
            assert_eq!(after(&RECIPE, &format!("{BEGINNING}{text}\n")), None, "{text}");
        }
    }
}
