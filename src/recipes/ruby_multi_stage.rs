//! Installs gems in one stage and ships another.

use super::place::{RunCommand, is_configuration, official, stage_commands, system_packages};
use super::split::{BUILD_TOOLS, Runtime, single};
use super::{Edit, Recipe, Rewrite, apt};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Variables};

/// Splits a single-stage build on Ruby's plain image: gems with native
/// extensions are compiled there, and the slim image takes gems and program
/// with the libraries that they link. Which these are is told by the `-dev`
/// packages that are installed, or by Gemfile.lock: it must not apply where
/// neither is known, nor where the stage does more than is understood.
pub const RECIPE: Recipe = Recipe {
    id: "ruby-multi-stage",
    title: "Install gems in one stage, ship another",
    why: "Compilers and headers are needed to install gems with native extensions, not to run them. The slim image takes the installed gems and the program.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Gems that link a library of the system, with Debian's package of its headers.
const LINKING: [(&str, &str); 8] = [
    ("pg", "libpq-dev"),
    ("mysql2", "default-libmysqlclient-dev"),
    ("trilogy", "libssl-dev"),
    ("rmagick", "libmagickwand-dev"),
    ("ruby-vips", "libvips-dev"),
    ("charlock_holmes", "libicu-dev"),
    ("curb", "libcurl4-openssl-dev"),
    ("tiny_tds", "freetds-dev"),
];

/// Packages that only the assets of a web application need.
const FRONT_END: [&str; 4] = ["nodejs", "npm", "yarn", "python3"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let slim = slim(reference)?;
    let last = last_work(stage)?;
    let workdir = last.scope.workdir.as_str();
    if official(reference) != Some("ruby")
        || !stage.end.is_root()
        || workdir == "/"
        || !is_understood(analysis, stage, workdir)
    {
        return None;
    }
    let runtime = Runtime { packages: packages(analysis, stage, &slim)?, image: slim };
    let keyword = |word: &str| analysis.keyword(word);
    let mut lines = runtime.lines(analysis);
    lines.push(format!("{} {workdir}", keyword("WORKDIR")));
    let mut edits =
        vec![Edit::insert(analysis.from(stage).span.end, format!(" {} build", keyword("AS")))];
    for step in stage.steps.iter().take_while(|step| step.instruction <= last.instruction) {
        let instruction = analysis.instruction(step);
        let text = analysis.dockerfile.text(instruction.span).to_owned();
        match instruction.body {
            Body::Env(_) => lines.push(text),
            _ if is_configuration(instruction.keyword.value) => {
                lines.push(text);
                edits.push(analysis.remove(instruction));
            }
            _ => {}
        }
    }
    let gems = last.scope.environment.get("GEM_HOME").unwrap_or("/usr/local/bundle");
    if analysis.evaluation.stages.first()?.tree.has(&format!("{gems}/gems")) {
        lines.push(format!("{} --from=build {gems} {gems}", keyword("COPY")));
    }
    lines.push(format!("{} --from=build {workdir} ./", keyword("COPY")));
    edits.push(analysis.insert_after(analysis.instruction(last), &lines));
    let verify = "docker build -t app . && docker run --rm app bundle exec ruby -e \"Bundler.require(:default)\"";
    Some(Rewrite { edits, verify: Some(verify.to_owned()), ..Rewrite::default() })
}

/// The slim variant of Ruby's plain image.
fn slim(reference: &str) -> Option<String> {
    let (name, tag) = reference.rsplit_once(':')?;
    let (version, variant) = tag.split_once('-').unwrap_or((tag, ""));
    let numbers = version.split('.').all(|part| part.parse::<u32>().is_ok());
    match variant {
        _ if !numbers => None,
        "" => Some(format!("{name}:{version}-slim")),
        "bookworm" | "trixie" => Some(format!("{name}:{version}-slim-{variant}")),
        _ => None,
    }
}

fn last_work(stage: &Stage) -> Option<&Step> {
    let works = |step: &&Step| matches!(step.operation, Operation::Run(_) | Operation::Copy(_));
    stage.steps.iter().rfind(works)
}

/// True where gems are installed, and nothing is written but them, the
/// system's packages, and the project's folder.
fn is_understood(analysis: &Analysis<'_>, stage: &Stage, workdir: &str) -> bool {
    let commands = stage_commands(analysis, stage);
    let installs = |command: &RunCommand| command.starts_with(&["bundle", "install"]);
    let steps = stage.steps.iter().all(|step| match &step.operation {
        Operation::Run(_) => commands.iter().any(|(at, _)| at.instruction == step.instruction),
        Operation::Copy(copy) => {
            copy.origin.stage().is_none()
                && format!("{}/", copy.destination.trim_end_matches('/'))
                    .starts_with(&format!("{workdir}/"))
        }
        _ => !matches!(analysis.instruction(step).body, Body::User(_) | Body::Onbuild(_)),
    });
    commands.iter().any(|(_, command)| installs(command))
        && commands.iter().all(|(_, command)| is_known(command))
        && steps
}

fn is_known(command: &RunCommand) -> bool {
    match command.name() {
        "bundle" | "bundler" | "gem" | "rails" | "rake" | "rm" | "mkdir" | "chmod" | "npm"
        | "yarn" | "corepack" => !command.has(&["-g", "--global"]),
        _ => apt::verb(command).is_some(),
    }
}

/// What the slim image needs of the system.
fn packages(analysis: &Analysis<'_>, stage: &Stage, image: &str) -> Option<Vec<String>> {
    let locked = analysis.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::GemfileLock(gems) => Some(gems),
        _ => None,
    });
    let installed = system_packages(analysis, stage);
    if locked.is_none() && !installed.iter().any(|name| name.ends_with("-dev")) {
        return None;
    }
    let gems = locked.into_iter().flatten();
    let linked = gems.filter_map(|gem| LINKING.iter().find(|(name, _)| *name == gem.name));
    let linked = linked.map(|(_, package)| (*package).to_owned());
    let base = analysis.catalog.image(image);
    let debian = analysis.catalog.debian(&base);
    let mut packages = Vec::new();
    for name in installed.iter().cloned().chain(linked) {
        let there = BUILD_TOOLS.contains(&&*name) && name != "tzdata" && name != "curl";
        match name.ends_with("-dev") {
            true => packages.extend(debian.libraries(&name)?.into_iter().map(str::to_owned)),
            false if there || FRONT_END.contains(&&*name) => {}
            false => packages.push(name),
        }
    }
    packages.sort();
    packages.dedup();
    Some(packages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    #[test]
    fn ships_gems_and_program() {
        let before = "FROM ruby:3.3-bookworm\nRUN apt-get update && apt-get install -y build-essential libpq-dev nodejs\nWORKDIR /app\nENV RAILS_ENV=production\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\nCOPY . .\nRUN bundle exec rails assets:precompile\nEXPOSE 3000\nCMD [\"bundle\", \"exec\", \"puma\"]\n";
        let build =
            before.split("\nEXPOSE").next().unwrap().replace("bookworm", "bookworm AS build");
        let expected = format!(
            "{build}\n\nFROM ruby:3.3-slim-bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\nWORKDIR /app\nENV RAILS_ENV=production\nCOPY --from=build /usr/local/bundle /usr/local/bundle\nCOPY --from=build /app ./\nEXPOSE 3000\nCMD [\"bundle\", \"exec\", \"puma\"]\n"
        );
        assert_eq!(after(&RECIPE, before), Some(expected));
    }

    #[test]
    fn the_lockfile_tells_what_is_linked() {
        let text = "FROM ruby:3.3-bookworm\nWORKDIR /app\nCOPY . .\nRUN bundle install\n";
        let mut with = project(text);
        let lock = "GEM\n  specs:\n    mysql2 (0.5.6)\n    rack (3.1.0)\n".to_owned();
        with.manifests.insert("Gemfile.lock".to_owned(), lock);
        assert!(after_in(&RECIPE, with).is_some_and(|after| after.contains(" libmariadb3 ")));
        assert_eq!(after(&RECIPE, text), None, "what is linked is not known");
    }

    #[test]
    fn leaves_others_alone() {
        let install = "RUN apt-get update && apt-get install -y libpq-dev";
        for (image, text) in [
            ("ruby:3.3-slim", "WORKDIR /app\nCOPY . .\nRUN bundle install"),
            ("ruby:3.3", "COPY . .\nRUN bundle install"),
            ("ruby:3.3", "WORKDIR /app\nCOPY . .\nRUN bundle install\nUSER app"),
            ("ruby:3.3", "WORKDIR /app\nCOPY . .\nCOPY a /etc/a\nRUN bundle install"),
            ("ruby:3.3", "WORKDIR /app\nCOPY . .\nRUN bundle install && ./configure"),
            ("ruby:3.3", "WORKDIR /app\nCOPY . .\nRUN gem install rack"),
        ] {
            let text = format!("FROM {image}\n{install}\n{text}\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
