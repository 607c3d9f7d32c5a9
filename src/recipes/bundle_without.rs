//! Installs Ruby's gems without those for development and tests.

use super::place::{RunCommand, stage_commands};
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Keyword, Variables};

/// Applies to each `bundle install` of a stage that is built, unless groups are
/// chosen already, or the stage tests or runs for development. That is what
/// Rails does unless RAILS_ENV tells otherwise: its settings for development
/// then name gems that would be missing.
pub const RECIPE: Recipe = Recipe {
    id: "bundle-without",
    title: "Leave gems for development and tests out",
    why: "bundle install brings every group of the Gemfile: debuggers, linters and test runners with their native extensions. The setting lies beside the gems, so that what starts the program knows it too.",
    applicability: Applicability::Likely,
    rewrite,
};

const SETTING: &str = "bundle config set --local without 'development test' && ";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let stages = analysis.graph.needed();
    let all: Vec<(&Stage, &Step, RunCommand)> = stages
        .flat_map(|stage| {
            stage_commands(analysis, stage)
                .into_iter()
                .map(move |(step, command)| (stage, step, command))
        })
        .collect();
    let chooses = |command: &RunCommand| {
        let of_bundler = matches!(command.name(), "bundle" | "bundler");
        let names = command.words.iter().any(|word| word.contains("without") || word == "with");
        of_bundler && names
    };
    if all.iter().any(|(stage, _, command)| chooses(command) || develops(stage, command)) {
        return None;
    }
    if is_rails(analysis) && !is_for_production(analysis) {
        return None;
    }
    let installs = all.iter().filter(|(_, step, command)| {
        let set = |name: &str| step.scope.environment.get(name).is_some();
        let before = &analysis.dockerfile.source()[..command.span.start as usize];
        let alternative = before.trim_end_matches([' ', '\t', '\n', '\r', '\\']).ends_with("||");
        command.starts_with(&["bundle", "install"])
            && !set("BUNDLE_WITHOUT")
            && !set("BUNDLE_ONLY")
            && !alternative
    });
    let edits: Vec<Edit> =
        installs.map(|(_, _, command)| Edit::insert(command.span.start, SETTING)).collect();
    let verify = "docker run --rm IMAGE bundle exec ruby -e \"Bundler.require(:default)\"";
    Rewrite::of(edits, Some(verify.to_owned()))
}

/// True where an instruction names what Rails has.
fn is_rails(analysis: &Analysis<'_>) -> bool {
    const SIGNS: [&str; 5] =
        ["rails", "assets:precompile", "config/puma", "db:migrate", "bootsnap"];
    let mut all = analysis.dockerfile.instructions.iter();
    all.any(|instruction| SIGNS.iter().any(|sign| instruction.arguments.text.contains(sign)))
}

/// True where the image is told that it runs for production.
fn is_for_production(analysis: &Analysis<'_>) -> bool {
    let Some((_, stage)) = analysis.target() else { return false };
    let set = |name: &&str| {
        let value = stage.end.environment.get(name);
        value.is_some_and(|value| !matches!(value, "" | "development" | "test"))
    };
    let starts = stage.steps.iter().map(|step| analysis.instruction(step));
    let mut starts = starts.filter(|instruction| {
        matches!(instruction.keyword.value, Keyword::Cmd | Keyword::Entrypoint)
    });
    ["RAILS_ENV", "RACK_ENV"].iter().any(set)
        || starts.any(|start| start.arguments.text.contains("production"))
}

/// True where a command or a variable tells of development.
fn develops(stage: &Stage, command: &RunCommand) -> bool {
    const TOOLS: [&str; 5] = ["rspec", "rubocop", "minitest", "brakeman", "cucumber"];
    let named = command.words.iter().any(|word| {
        TOOLS.contains(&word.rsplit('/').next().unwrap_or(word)) || word == "test" || word == "spec"
    });
    let environment = ["RAILS_ENV", "RACK_ENV"].iter().any(|name| {
        let value = stage.end.environment.get(name);
        value.is_some_and(|value| matches!(value, "development" | "test"))
    });
    named || environment
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn sets_the_groups_in_the_same_layer() {
        let before = "FROM ruby:3.3\nRUN gem install bundler && bundle install -j4\n";
        let expected = "FROM ruby:3.3\nRUN gem install bundler && bundle config set --local without 'development test' && bundle install -j4\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn rails_must_be_told_to_run_for_production() {
        let text = |rest: &str| format!("FROM ruby:3.3\nRUN bundle install\n{rest}\n");
        for rest in [
            "ENV RAILS_ENV=production\nCMD [\"rails\", \"server\"]",
            "CMD rails server -e production",
        ] {
            assert!(after(&RECIPE, &text(rest)).is_some(), "{rest}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "ENV BUNDLE_WITHOUT=test\nRUN bundle install",
            "RUN bundle install --without test",
            "RUN bundle config set without test\nRUN bundle install",
            "RUN bundle install\nRUN bundle exec rspec",
            "RUN bundle install && bin/rails test",
            "ENV RAILS_ENV=development\nRUN bundle install",
            "RUN bundle check || bundle install",
            "RUN bundle exec rake assets:precompile",
            // Without RAILS_ENV, Rails runs for development.
            "RUN bundle install\nCMD [\"rails\", \"server\"]",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM ruby:3.3\n{text}\n")), None, "{text}");
        }
    }
}
