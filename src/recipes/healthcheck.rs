//! Adds a HEALTHCHECK to a server.

use super::place::official;
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Stage, repository};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword};

/// Applies where the start command is a known kind of server without a
/// HEALTHCHECK. The port is EXPOSE's, the command's own, or the usual one.
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
    let port = |usual: &str| {
        exposed(analysis, stage).or_else(|| port_flag(&command)).unwrap_or_else(|| usual.to_owned())
    };
    let probe = match repository(&image.reference) {
        "node" if command.contains("node") || command.contains("npm") => {
            let port = port("3000");
            format!(
                "node -e \"fetch('http://127.0.0.1:' + (process.env.PORT || {port})).then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))\""
            )
        }
        "python"
            if ["uvicorn", "gunicorn", "flask", "fastapi", "manage.py runserver"]
                .iter()
                .any(|s| command.contains(s)) =>
        {
            let port = port("8000");
            format!(
                "python -c \"import socket; socket.create_connection(('127.0.0.1', {port}), 2).close()\""
            )
        }
        name @ ("nginx" | "nginx-unprivileged") => {
            let usual = if name == "nginx" { "80" } else { "8080" };
            let address = match &*port(usual) {
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

/// The number after `--port` or `:` in a start command.
fn port_flag(command: &str) -> Option<String> {
    let after = command.split("--port").nth(1).or_else(|| command.split("0.0.0.0:").nth(1))?;
    let digits: String = after
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    (!digits.is_empty()).then_some(digits)
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
    fn leaves_others_alone() {
        for text in [
            "FROM postgres:16\nCMD [\"./backup.sh\"]\n",
            "FROM example.com/redis:7\nCOPY a /a\n",
            "FROM redis:7\nCMD [\"redis-server\", \"--requirepass\", \"a\"]\n",
            "FROM nginx\nHEALTHCHECK NONE\n",
            "FROM debian:12\nCMD [\"app\"]\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
