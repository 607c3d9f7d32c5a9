//! Serves a built site with nginx.

use super::node::{self, Effect};
use super::place::{commands, is_plain_list, official, start};
use super::{Edit, Recipe, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::context::PackageJson;
use crate::graph::{Base, Operation, Origin, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword};

/// Applies to a single-stage Node.js build of a site that only browsers run,
/// whose image starts a server of files (`serve`, `http-server`, `vite preview`),
/// the tool's development server, or nothing. It must not apply where a
/// framework renders on the server, or where the folder of the site is not known.
///
/// The image is nginx without privileges: it needs no root and no further
/// setting to listen on the port that was served before. Below 1024 it is
/// nginx's own, which starts as root to open the port.
pub const RECIPE: Recipe = Recipe {
    id: "static-site-nginx",
    title: "Serve the built site with nginx",
    why: "Browsers run the application; the server only sends its files. nginx takes 13 MB for that, and needs no Node.js, package manager or node_modules. The port stays the same.",
    applicability: Applicability::Likely,
    rewrite,
};

const UNPRIVILEGED: &str = "nginxinc/nginx-unprivileged:stable-alpine-slim";
const PRIVILEGED: &str = "nginx:stable-alpine-slim";
/// The folder that nginx' own settings serve.
const ROOT: &str = "/usr/share/nginx/html";

/// What the start command serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Served {
    /// The folder, where it is named.
    folder: Option<String>,
    /// True when unknown paths lead to the application.
    single: bool,
    /// The port, where it is named or usual.
    port: Option<u16>,
    /// True where the command can serve nothing but files.
    certain: bool,
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let [stage] = &analysis.graph.stages[..] else { return None };
    let Base::Image(reference) = &stage.base else { return None };
    official(reference).filter(|name| *name == "node")?;
    let (install, _, _) = node::install(analysis, stage)?;
    let last = last_build(analysis, stage)?;
    let served = served(analysis, stage)?;
    let package = node::package(analysis);
    if !served.certain && !package.is_some_and(only_browsers_run) {
        return None;
    }
    let folder = served.folder.clone().or_else(|| usual_folder(package?))?;
    let folder = super::split::absolute(last, &folder)?.trim_end_matches('/').to_owned();
    let inside = folder.strip_prefix(last.scope.workdir.trim_end_matches('/'));
    let fits = install.instruction <= last.instruction
        && node::outputs(analysis, 0, &last.scope.workdir).contains(&folder)
        && inside.is_some_and(|rest| rest.starts_with('/'));
    if !fits {
        return None;
    }
    let port = exposed(analysis, stage).or(served.port).unwrap_or(8080);
    split(analysis, stage, last, &folder, port, served.single)
}

fn split(
    analysis: &Analysis<'_>,
    stage: &Stage,
    last: &Step,
    folder: &str,
    port: u16,
    single: bool,
) -> Option<Rewrite> {
    let keyword = |word: &str| analysis.keyword(word);
    let mut edits = Vec::new();
    let name = match &analysis.from(stage).body {
        Body::From { name: Some(name), .. } => analysis.dockerfile.text(name.span),
        _ => {
            let text = format!(" {} build", keyword("AS"));
            edits.push(Edit::insert(analysis.from(stage).span.end, text));
            "build"
        }
    };
    let (image, usual) = if port < 1024 { (PRIVILEGED, 80) } else { (UNPRIVILEGED, 8080) };
    let mut lines = vec![String::new(), format!("{} {image}", keyword("FROM"))];
    if single || port != usual {
        lines.push(format!("{} {}", keyword("RUN"), settings(port, single)));
    }
    lines.push(format!("{} --from={name} {folder} {ROOT}", keyword("COPY")));
    let mut exposes = false;
    for step in &stage.steps {
        let instruction = analysis.instruction(step);
        let below = step.instruction > last.instruction;
        match fate(analysis, step, below)? {
            Fate::Stay => {}
            Fate::Go => edits.push(analysis.remove(instruction)),
            Fate::Ship => {
                exposes |= instruction.keyword.value == Keyword::Expose;
                if !below {
                    lines.push(analysis.dockerfile.text(instruction.span).to_owned());
                    edits.push(analysis.remove(instruction));
                }
            }
        }
    }
    if !exposes {
        lines.push(format!("{} {port}", keyword("EXPOSE")));
    }
    edits.push(analysis.insert_after(analysis.instruction(last), &lines));
    let verify = format!(
        "docker build -t app . && docker run --rm -p {port}:{port} app  # then open http://localhost:{port}"
    );
    Some(Rewrite { edits, verify: Some(verify), ..Rewrite::default() })
}

/// What becomes of an instruction.
enum Fate {
    /// It belongs to the build.
    Stay,
    /// It belongs to the image that is shipped.
    Ship,
    /// nginx has no use for it.
    Go,
}

/// What becomes of an instruction above or below the build; `None` where it is
/// not understood.
fn fate(analysis: &Analysis<'_>, step: &Step, below: bool) -> Option<Fate> {
    let instruction = analysis.instruction(step);
    match &instruction.body {
        Body::Expose(_) | Body::Label(_) | Body::Maintainer(_) => Some(Fate::Ship),
        // nginx has a command and a signal of its own, and its image a user; a
        // probe may call what the image lacks: another one is added.
        Body::Cmd(_) | Body::Entrypoint(_) | Body::Stopsignal(_) | Body::Healthcheck(_) => {
            Some(Fate::Go)
        }
        Body::User(_) if below => Some(Fate::Go),
        Body::Env(_) | Body::Workdir(_) | Body::Arg(_) if below => Some(Fate::Go),
        Body::Run(_) if below => {
            let programs = is_plain_list(instruction)
                && node::effects(analysis, step).iter().all(|effect| *effect == Effect::Program);
            programs.then_some(Fate::Go)
        }
        Body::Copy(_) | Body::Add(_) if below => None,
        Body::Copy(_) | Body::Add(_) => match &step.operation {
            Operation::Copy(copy) if copy.origin == Origin::Context => Some(Fate::Stay),
            _ => None,
        },
        Body::Env(_) | Body::Workdir(_) | Body::Arg(_) | Body::Run(_) | Body::User(_) => {
            Some(Fate::Stay)
        }
        _ => None,
    }
}

/// Writes nginx' settings for a port.
fn settings(port: u16, single: bool) -> String {
    let location = match single {
        true => "    location / {\\n        try_files $uri $uri/ /index.html;\\n    }\\n",
        false => "",
    };
    format!(
        "printf 'server {{\\n    listen {port};\\n    root {ROOT};\\n{location}}}\\n' > /etc/nginx/conf.d/default.conf"
    )
}

/// The last step that builds, if none but installations of programs follow.
fn last_build<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<&'a Step> {
    stage.steps.iter().rfind(|step| {
        let commands = commands(analysis.instruction(step));
        commands.iter().any(|command| {
            node::effect(command, &step.scope.workdir) == Effect::Inside
                && !matches!(command.name(), "rm" | "mkdir" | "chown" | "chmod")
        })
    })
}

/// The port that the stage exposes, if it is one.
fn exposed(analysis: &Analysis<'_>, stage: &Stage) -> Option<u16> {
    let mut ports = stage.steps.iter().flat_map(|step| match &analysis.instruction(step).body {
        Body::Expose(words) => words.iter().map(|word| &*word.text).collect(),
        _ => Vec::new(),
    });
    let (first, None) = (ports.next()?, ports.next()) else { return None };
    first.strip_suffix("/tcp").unwrap_or(first).parse().ok()
}

/// What the start command serves; `None` where it does something else.
fn served(analysis: &Analysis<'_>, stage: &Stage) -> Option<Served> {
    let words = |keyword| {
        start(analysis, stage, keyword)
            .map(|step| exec_form::words(analysis.instruction(step)).unwrap_or_default())
    };
    let (entrypoint, command) = (words(Keyword::Entrypoint), words(Keyword::Cmd));
    if entrypoint.is_none() && command.is_none() {
        return Some(Served::default());
    }
    let words: Vec<String> = entrypoint.into_iter().chain(command).flatten().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let name = match words[..] {
        ["npm" | "yarn" | "pnpm", "run", name, ..] | ["npm" | "yarn" | "pnpm", name] => name,
        _ => return serves(&words),
    };
    match node::package(analysis) {
        Some(package) => serves(&package.scripts.get(name)?.split_whitespace().collect::<Vec<_>>()),
        // The script that Vite's templates have.
        None if name == "preview" => serves(&["vite", "preview"]),
        None => None,
    }
}

/// What a command serves.
fn serves(words: &[&str]) -> Option<Served> {
    let skip = |word: &&&str| !matches!(**word, "npx" | "-y" | "--yes" | "dlx" | "pnpm" | "yarn");
    let words: Vec<&str> = words.iter().skip_while(|word| !skip(word)).copied().collect();
    let value = |flags: &[&str]| {
        words.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
            Some((flag, value)) => flags.contains(&flag).then_some(value),
            None => flags.contains(word).then(|| words.get(at + 1).copied()).flatten(),
        })
    };
    let port = |usual: u16| {
        value(&["-l", "--listen", "-p", "--port"])
            .map_or(Some(usual), |port| port.rsplit(':').next().unwrap_or(port).parse().ok())
    };
    let folder = || {
        let mut rest = words.iter().skip(1);
        while let Some(word) = rest.next() {
            match *word {
                "-l" | "--listen" | "-p" | "--port" | "-a" | "-c" | "--config" => drop(rest.next()),
                flag if flag.starts_with('-') => {}
                folder => return Some(folder.to_owned()),
            }
        }
        None
    };
    let has = |flags: &[&str]| words.iter().any(|word| flags.contains(word));
    let name = words.first()?.split('@').next()?;
    let development = |port: u16| Served { single: true, port: Some(port), ..Served::default() };
    Some(match (name, words.get(1).copied()) {
        ("serve", _) if !has(&["-c", "--config"]) => Served {
            folder: Some(folder()?),
            single: has(&["-s", "--single"]),
            port: port(3000),
            certain: true,
        },
        ("http-server", _) if !has(&["-P", "--proxy", "-S", "--tls"]) => {
            Served { folder: Some(folder()?), single: false, port: port(8080), certain: true }
        }
        ("vite", Some("preview")) => Served {
            folder: value(&["--outDir"]).map_or(Some("dist".to_owned()), |f| Some(f.to_owned())),
            single: true,
            port: port(4173),
            certain: true,
        },
        ("vite", None | Some("dev" | "serve" | "--host" | "--port")) => {
            Served { port: port(5173), ..development(5173) }
        }
        ("react-scripts", Some("start")) => development(3000),
        ("vue-cli-service", Some("serve")) => development(8080),
        _ => return None,
    })
}

/// True for a project whose framework builds for browsers, and that has no
/// server of its own.
fn only_browsers_run(package: &PackageJson) -> bool {
    const SERVERS: [&str; 18] = [
        "next",
        "nuxt",
        "nitropack",
        "@sveltejs/kit",
        "@remix-run/node",
        "@react-router/node",
        "@astrojs/node",
        "@angular/ssr",
        "vike",
        "express",
        "fastify",
        "koa",
        "hono",
        "@nestjs/core",
        "@hapi/hapi",
        "gatsby",
        "h3",
        "@solidjs/start",
    ];
    let has = |name: &&str| {
        package.dependencies.contains_key(*name) || package.dev_dependencies.contains_key(*name)
    };
    usual_folder(package).is_some() && !SERVERS.iter().any(has)
}

/// The folder that the project's build tool writes to, unless it is told
/// another one; `None` for tools whose folder has the project's name.
fn usual_folder(package: &PackageJson) -> Option<String> {
    const FOLDERS: [(&str, &str); 5] = [
        ("react-scripts", "build"),
        ("@docusaurus/core", "build"),
        ("@vue/cli-service", "dist"),
        ("parcel", "dist"),
        ("vite", "dist"),
    ];
    let has = |name: &str| {
        package.dependencies.contains_key(name) || package.dev_dependencies.contains_key(name)
    };
    let (_, folder) = FOLDERS.into_iter().find(|(name, _)| has(name))?;
    let told = package.scripts.get("build").is_some_and(|script| script.contains("--out"));
    (!told).then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    const HEAD: &str = "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n";

    #[test]
    fn serves_on_the_same_port() {
        let before = format!(
            "{HEAD}RUN npm i -g serve\n# The site\nCMD [\"serve\", \"-s\", \"build\", \"-l\", \"5000\"]\n"
        );
        let after = after(&RECIPE, &before).unwrap();
        let end = "RUN npm run build\n\nFROM nginxinc/nginx-unprivileged:stable-alpine-slim\nRUN printf 'server {\\n    listen 5000;\\n    root /usr/share/nginx/html;\\n    location / {\\n        try_files $uri $uri/ /index.html;\\n    }\\n}\\n' > /etc/nginx/conf.d/default.conf\nCOPY --from=build /app/build /usr/share/nginx/html\nEXPOSE 5000\n";
        assert!(after.starts_with("FROM node:20 AS build\n") && after.ends_with(end), "{after}");
    }

    #[test]
    fn a_port_of_root_keeps_nginx_own_image() {
        let before = format!("{HEAD}EXPOSE 80\nCMD npx http-server dist -p 80\n");
        let expected = format!(
            "{}\nFROM nginx:stable-alpine-slim\nCOPY --from=build /app/dist /usr/share/nginx/html\nEXPOSE 80\n",
            HEAD.replace("node:20", "node:20 AS build")
        );
        assert_eq!(after(&RECIPE, &before), Some(expected));
    }

    #[test]
    fn package_json_tells_what_is_served() {
        let with = |text: &str, package: &str| {
            let mut project = project(&format!("{HEAD}{text}"));
            project.manifests.insert("package.json".to_owned(), package.to_owned());
            after_in(&RECIPE, project)
        };
        let react = r#"{"scripts": {"start": "react-scripts start", "build": "react-scripts build"}, "dependencies": {"react-scripts": "5"}}"#;
        let after = with("CMD npm start\n", react).unwrap();
        assert!(after.contains("listen 3000") && after.contains("/app/build /usr"), "{after}");
        let vite = r#"{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "6"}}"#;
        assert!(with("", vite).is_some_and(|text| text.contains("/app/dist /usr")));
        let server = r#"{"scripts": {"build": "vite build"}, "dependencies": {"express": "5"}, "devDependencies": {"vite": "6"}}"#;
        assert_eq!(with("", server), None);
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "CMD npm start\n",
            "CMD node dist/server.js\n",
            "CMD serve -s build -c serve.json\n",
            "COPY x /app/build\nCMD serve -s build\n",
            "RUN wget -P /app/build https://example.org/x\nCMD serve -s build\n",
            "",
        ] {
            assert_eq!(after(&RECIPE, &format!("{HEAD}{text}")), None, "{text}");
        }
    }
}
