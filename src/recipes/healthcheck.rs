//! Adds a HEALTHCHECK to a server.

use super::place::official;
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Stage, Step, repository};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword, Variables};

/// Applies where the start command is a known kind of server without a
/// HEALTHCHECK. The port is EXPOSE's, the command's own, or the usual one. It
/// must not apply where a variable holds the port, nor to a Node.js program whose
/// name or packages tell that it does not listen: a bot or a worker would be
/// called unhealthy for ever.
pub const RECIPE: Recipe = Recipe {
    id: "healthcheck",
    title: "Add a HEALTHCHECK",
    why: "Docker then sees when the server hangs, not only when it exits. The probe uses what the image has; check that its port and path are your service's.",
    applicability: Applicability::Likely,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let instructions = || stage.steps.iter().map(|step| analysis.instruction(step));
    if instructions().any(|instruction| instruction.keyword.value == Keyword::Healthcheck) {
        return None;
    }
    let image = &analysis.evaluation.stages[index].image;
    let start =
        instructions().find(|i| matches!(i.keyword.value, Keyword::Cmd | Keyword::Entrypoint));
    let command = start.map_or(String::new(), |start| start.arguments.text.clone());
    let port = |usual: &str| match (exposed(analysis, stage), named_port(&command)) {
        (Some(port), _) => Some(port),
        (None, Some(named)) => named.chars().all(|c| c.is_ascii_digit()).then_some(named),
        (None, None) => Some(usual.to_owned()),
    };
    let probe = match repository(&image.reference) {
        "node" if starts_server(analysis, stage, &command) => {
            let port = port("3000")?;
            format!(
                "node -e \"fetch('http://127.0.0.1:' + (process.env.PORT || {port})).then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))\""
            )
        }
        "python"
            if ["uvicorn", "gunicorn", "flask", "fastapi", "manage.py runserver"]
                .iter()
                .any(|s| command.contains(s)) =>
        {
            let port = port(if command.contains("flask") { "5000" } else { "8000" })?;
            format!(
                "python -c \"import socket; socket.create_connection(('127.0.0.1', {port}), 2).close()\""
            )
        }
        "nginx" | "nginx-unprivileged" if !knows_port(analysis, stage) => return None,
        name @ ("nginx" | "nginx-unprivileged") => {
            let usual = if name == "nginx" { "80" } else { "8080" };
            let address = match &*port(usual)? {
                "80" => "http://127.0.0.1/".to_owned(),
                port => format!("http://127.0.0.1:{port}/"),
            };
            match &*image.libc {
                "musl" => format!("wget -q --spider {address} || exit 1"),
                _ => format!("curl -fsS -o /dev/null {address} || exit 1"),
            }
        }
        _ => server(&image.reference, &image.libc, &command)?,
    };
    // On two lines: the probe alone is long.
    let line = format!(
        "{} --interval=30s --timeout=3s --start-period=10s {}{}    {} {probe}",
        analysis.keyword("HEALTHCHECK"),
        analysis.dockerfile.escape,
        analysis.newline(),
        analysis.keyword("CMD")
    );
    let edit = match start {
        Some(start) => analysis.insert_before(start, &[line]),
        None => analysis
            .insert_after(instructions().next_back().unwrap_or(analysis.from(stage)), &[line]),
    };
    let verify = "docker run -d --name probe IMAGE && sleep 40 && docker inspect -f '{{.State.Health.Status}}' probe; docker rm -f probe";
    Some(Rewrite { edits: vec![edit], verify: Some(verify.to_owned()), ..Rewrite::default() })
}

/// The probe of a server that brings its own, on its official image. `None` for
/// other images, and where something else is started.
fn server(reference: &str, libc: &str, command: &str) -> Option<String> {
    let (program, probe) = match official(reference)? {
        "httpd" if libc == "musl" => ("httpd", "wget -q --spider http://127.0.0.1/ || exit 1"),
        // Neither curl nor wget is there, but bash is.
        "httpd" => ("httpd", "bash -c '</dev/tcp/127.0.0.1/80' || exit 1"),
        "mariadb" => ("mariadbd", "healthcheck.sh --connect --innodb_initialized"),
        "mysql" => ("mysqld", "mysqladmin ping -h 127.0.0.1 --silent"),
        "postgres" => ("postgres", "pg_isready -q -U \"${POSTGRES_USER:-postgres}\" || exit 1"),
        "rabbitmq" => ("rabbitmq-server", "rabbitmq-diagnostics -q ping"),
        "redis" => ("redis-server", "redis-cli ping | grep -q PONG"),
        _ => return None,
    };
    // A password would have to be known.
    let starts = command.is_empty() || command.contains(program);
    (starts && !command.contains("requirepass")).then(|| probe.to_owned())
}

/// True unless nginx has settings of the project's own and no port is exposed.
fn knows_port(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let sets = |step: &Step| match &step.operation {
        Operation::Copy(copy) => copy.destination.starts_with("/etc/nginx"),
        _ => false,
    };
    exposed(analysis, stage).is_some() || !stage.steps.iter().any(sets)
}

/// True for a Node.js program that most likely listens: it has a port or is
/// called a server, or else neither its name nor its packages tell otherwise.
fn starts_server(analysis: &Analysis<'_>, stage: &Stage, command: &str) -> bool {
    const SERVERS: [&str; 12] = [
        "@hapi/hapi",
        "@nestjs/core",
        "@remix-run/serve",
        "apollo-server",
        "astro",
        "express",
        "fastify",
        "hono",
        "koa",
        "next",
        "nuxt",
        "socket.io",
    ];
    const OTHERS: [&str; 10] =
        ["bot", "cli", "consumer", "cron", "job", "jobs", "queue", "script", "scripts", "worker"];
    let node = ["node", "npm", "yarn", "pnpm"].iter().any(|program| command.contains(program));
    let called = ["server", "serve", "next", "nuxt", "http"].iter().any(|n| command.contains(n));
    let port = || stage.end.environment.get("PORT").is_some() || named_port(command).is_some();
    let other = || {
        let text = format!("{command} {}", stage.end.workdir);
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| OTHERS.contains(&word))
    };
    let serves = || {
        let known = ["node", "npm"].iter().any(|program| command.contains(program));
        let packages = super::node::packages(analysis);
        known && packages.is_none_or(|all| all.iter().any(|name| SERVERS.contains(name)))
    };
    node && (called || exposed(analysis, stage).is_some() || port() || (!other() && serves()))
}

/// The first port that the stage exposes.
fn exposed(analysis: &Analysis<'_>, stage: &Stage) -> Option<String> {
    let exposed = stage.steps.iter().find_map(|step| match &analysis.instruction(step).body {
        Body::Expose(words) => words.first(),
        _ => None,
    })?;
    let port = exposed.text.split('/').next().unwrap_or("");
    port.chars()
        .all(|c| c.is_ascii_digit())
        .then(|| port.to_owned())
        .filter(|port| !port.is_empty())
}

/// What a start command names as its port, after `--port` or an address of every
/// network: digits, or a variable.
fn named_port(command: &str) -> Option<String> {
    let mut signs = ["--port", "0.0.0.0:", " :", "\":", "[::]:"].iter();
    let after = signs.find_map(|sign| command.split(sign).nth(1))?;
    let after = after.trim_start_matches([' ', '=', '"', '\'', ',']);
    let named = after.split([' ', '"', '\'', ',', ']']).next()?;
    (!named.is_empty()).then(|| named.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn probes_on_a_line_of_its_own() {
        let before = "FROM nginx:alpine\nCOPY . /usr/share/nginx/html\n";
        let expected = "FROM nginx:alpine\nCOPY . /usr/share/nginx/html\nHEALTHCHECK --interval=30s --timeout=3s --start-period=10s \\\n    CMD wget -q --spider http://127.0.0.1/ || exit 1\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn knows_servers_that_bring_a_probe() {
        for (image, probe) in [
            ("postgres:16", "pg_isready -q -U \"${POSTGRES_USER:-postgres}\" || exit 1"),
            ("redis:7-alpine", "redis-cli ping | grep -q PONG"),
            ("httpd:2.4", "bash -c '</dev/tcp/127.0.0.1/80' || exit 1"),
        ] {
            let result = after(&RECIPE, &format!("FROM {image}\nCOPY a /a\n")).unwrap();
            assert!(result.ends_with(&format!("    CMD {probe}\n")), "{result}");
        }
    }

    #[test]
    fn asks_the_port_that_the_command_names() {
        for (command, port) in [
            ("CMD gunicorn --bind 0.0.0.0:5000 --workers 3 a:app", "5000"),
            ("CMD [\"uvicorn\", \"a:app\", \"--port\", \"9000\"]", "9000"),
            ("CMD gunicorn -b :7000 a:app", "7000"),
            ("CMD flask run --host=0.0.0.0", "5000"),
            ("CMD uvicorn a:app", "8000"),
            ("EXPOSE 80\nCMD gunicorn --bind 0.0.0.0:$PORT a:app", "80"),
        ] {
            let result = after(&RECIPE, &format!("FROM python:3.12\n{command}\n")).unwrap();
            assert!(result.contains(&format!("('127.0.0.1', {port})")), "{result}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM postgres:16\nCMD [\"./backup.sh\"]\n",
            "FROM example.com/redis:7\nCOPY a /a\n",
            "FROM redis:7\nCMD [\"redis-server\", \"--requirepass\", \"a\"]\n",
            "FROM nginx\nHEALTHCHECK NONE\n",
            "FROM debian:12\nCMD [\"app\"]\n",
            "FROM python:3.12\nCMD gunicorn --bind 0.0.0.0:$PORT --workers 3 a:app\n",
            "FROM node:22\nCMD [\"node\", \"bot.js\"]\n",
            "FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
