//! Ships what Next.js collects for its server.

use super::node_multi_stage::{Carry, built, carry, cut, runtime_base};
use super::place::start;
use super::{Edit, Recipe, Rewrite, exec_form, node};
use crate::analysis::Analysis;
use crate::graph::Stage;
use crate::report::Applicability;
use crate::syntax::Keyword;

/// Applies to a single-stage build of Next.js whose configuration is known to
/// have `output: 'standalone'`. It must not apply where the start command is
/// another one than Next.js' own.
pub const RECIPE: Recipe = Recipe {
    id: "next-standalone",
    title: "Ship what Next.js collects for its server",
    why: "With output: 'standalone' a build collects the server and the modules that it reads; node_modules, sources and the compiler's cache need not be shipped.",
    applicability: Applicability::Likely,
    rewrite: |analysis| rewrite(analysis, true),
};

/// The same where next.config was not given.
pub const ASSUMED: Recipe = Recipe {
    id: "next-standalone-assumed",
    title: "Ship what Next.js collects for its server, after a change of next.config",
    why: "With output: 'standalone' in next.config, which was not given here, a build collects the server and the modules that it reads: switch this on after you set it. Without it, the ordinary split ships all production dependencies.",
    applicability: Applicability::Risky,
    rewrite: |analysis| rewrite(analysis, false),
};

fn rewrite(analysis: &Analysis<'_>, known: bool) -> Option<Rewrite> {
    let cut = cut(analysis)?;
    let workdir = cut.last.scope.workdir.trim_end_matches('/');
    let output = format!("{workdir}/.next");
    let builds = node::outputs(analysis, cut.index, workdir).contains(&output);
    if !builds || standalone(analysis) != known.then_some(true) || node::is_workspace(analysis) {
        return None;
    }
    let (command, port) = command(analysis, cut.stage)?;
    let keyword = |word: &str| analysis.keyword(word);
    let runtime = runtime_base(analysis, cut.stage)?;
    let mut lines = vec![
        String::new(),
        format!("{} {runtime}", keyword("FROM")),
        format!("{} {workdir}", keyword("WORKDIR")),
    ];
    let mut edits: Vec<Edit> = cut.naming.iter().cloned().collect();
    for step in built(&cut) {
        let instruction = analysis.instruction(step);
        let text = || analysis.dockerfile.text(instruction.span).to_owned();
        match carry(analysis, &cut, step)? {
            Carry::Leave => {}
            Carry::Repeat => lines.push(text()),
            Carry::Move if instruction.keyword.value == Keyword::Cmd => return None,
            Carry::Move => {
                lines.push(text());
                edits.push(analysis.remove(instruction));
            }
        }
    }
    // Docker sets HOSTNAME to the container's id: the server would listen there only.
    let port = port.map(|port| format!(" PORT={port}")).unwrap_or_default();
    let environment = format!("NODE_ENV=production HOSTNAME=0.0.0.0{port}");
    lines.push(format!("{} {environment}", keyword("ENV")));
    let copy = |from: &str, to: &str| {
        format!("{} --from={} {workdir}/{from} {to}", keyword("COPY"), cut.name)
    };
    let mut above = Vec::new();
    if has_public(analysis) != Some(false) {
        if has_public(analysis).is_none() {
            above.push(format!("{} mkdir -p public", keyword("RUN")));
        }
        lines.push(copy("public", "./public"));
    }
    lines.push(copy(".next/standalone", "./"));
    lines.push(copy(".next/static", "./.next/static"));
    above.extend(lines);
    edits.push(analysis.insert_after(analysis.instruction(cut.last), &above));
    edits.push(Edit::replace(
        analysis.instruction(command).span,
        format!("{} [\"node\", \"server.js\"]", keyword("CMD")),
    ));
    let verify = "docker build -t app . && docker run --rm -p 3000:3000 app  # then open http://localhost:3000";
    Some(Rewrite { edits, verify: Some(verify.to_owned()), ..Rewrite::default() })
}

/// Whether next.config has `output: 'standalone'`; `None` where it was not given.
fn standalone(analysis: &Analysis<'_>) -> Option<bool> {
    let named = |path: &str| path.rsplit('/').next().unwrap_or(path).starts_with("next.config.");
    let mut given = analysis.project.manifests.iter().filter(|(path, _)| named(path));
    given.next().map(|(_, text)| {
        text.lines().any(|line| {
            let line = line.trim_start();
            !line.starts_with("//") && line.contains("output") && line.contains("standalone")
        })
    })
}

/// Whether the project has a folder `public`; `None` where no listing was given.
fn has_public(analysis: &Analysis<'_>) -> Option<bool> {
    let inside = |path: &str| path.starts_with("public/") || path == "public";
    let found = analysis.context.sent().any(|entry| inside(&entry.path));
    (found || !analysis.context.assumed).then_some(found)
}

/// The CMD that starts Next.js' server, with the port that it names.
fn command<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Option<(&'a crate::graph::Step, Option<String>)> {
    let step = start(analysis, stage, Keyword::Cmd)?;
    if start(analysis, stage, Keyword::Entrypoint).is_some() {
        return None;
    }
    let words = exec_form::words(analysis.instruction(step))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let script = match words[..] {
        ["npm" | "yarn" | "pnpm" | "bun", "run", name] | ["npm" | "yarn" | "pnpm", name] => {
            let scripts = node::package(analysis).map(|package| &package.scripts);
            match scripts {
                Some(scripts) => scripts.get(name)?.clone(),
                None if name == "start" => "next start".to_owned(),
                None => return None,
            }
        }
        _ => words.join(" "),
    };
    let words: Vec<&str> = script.split_whitespace().filter(|word| *word != "npx").collect();
    match words[..] {
        ["next", "start"] => Some((step, None)),
        ["next", "start", "-p" | "--port", port] if port.parse::<u16>().is_ok() => {
            Some((step, Some(port.to_owned())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after_in, project};

    const BEFORE: &str = "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npx next build\nEXPOSE 3000\nCMD [\"npm\", \"start\"]\n";

    fn with_config(recipe: &Recipe, config: Option<&str>) -> Option<String> {
        let mut project = project(BEFORE);
        if let Some(config) = config {
            project.manifests.insert("next.config.mjs".to_owned(), config.to_owned());
        }
        after_in(recipe, project)
    }

    #[test]
    fn ships_the_collected_server() {
        let expected = "FROM node:20 AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npx next build\nRUN mkdir -p public\n\nFROM node:20-slim\nWORKDIR /app\nENV NODE_ENV=production HOSTNAME=0.0.0.0\nCOPY --from=build /app/public ./public\nCOPY --from=build /app/.next/standalone ./\nCOPY --from=build /app/.next/static ./.next/static\nEXPOSE 3000\nCMD [\"node\", \"server.js\"]\n";
        let config = "export default {\n  output: 'standalone',\n}\n";
        assert_eq!(with_config(&RECIPE, Some(config)).as_deref(), Some(expected));
        assert_eq!(with_config(&ASSUMED, None).as_deref(), Some(expected));
    }

    #[test]
    fn the_configuration_decides() {
        let other = "module.exports = {\n  // output: 'standalone'\n}\n";
        for recipe in [&RECIPE, &ASSUMED] {
            assert_eq!(with_config(recipe, Some(other)), None);
        }
        assert_eq!(with_config(&RECIPE, None), None);
    }

    #[test]
    fn leaves_other_servers_alone() {
        for end in ["CMD node server.js\n", "ENTRYPOINT [\"npm\"]\nCMD [\"start\"]\n"] {
            let text = BEFORE.replace("CMD [\"npm\", \"start\"]\n", end);
            assert_eq!(after_in(&ASSUMED, project(&text)), None, "{end}");
        }
    }
}
