//! Stops servers with the signal that lets them finish.

use super::place::start;
use super::{Recipe, Rewrite, exec_form};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::Keyword;

/// Applies where the start command is a server that ends its connections on
/// another signal than SIGTERM, on an image that does not say so. It must not
/// apply to the server's own image, whose STOPSIGNAL is inherited.
pub const RECIPE: Recipe = Recipe {
    id: "stop-signal",
    title: "Stop the server gracefully",
    why: "docker stop sends SIGTERM, at which this server drops its open connections at once. With its own signal it finishes them first.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A server, its signal, and the image that sets it. Source: the STOPSIGNAL of
/// Dockerfiles of the official images, read on 2026-11-24: nginx 1.28
/// (nginx/docker-nginx@0d7f438), php 8.3 fpm and apache (docker-library/php@445bf41),
/// httpd 2.4 (docker-library/httpd@9b63b37), postgres 16
/// (docker-library/postgres@6edb0a8), haproxy 3.2 (docker-library/haproxy@ec437dd).
const SERVERS: [(&str, &str, &str); 6] = [
    ("nginx", "SIGQUIT", "nginx"),
    ("php-fpm", "SIGQUIT", "php"),
    ("httpd", "SIGWINCH", "httpd"),
    ("apache2", "SIGWINCH", "httpd"),
    ("postgres", "SIGINT", "postgres"),
    ("haproxy", "SIGUSR1", "haproxy"),
];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let chain = analysis.graph.chain(index);
    let steps = chain.iter().flat_map(|index| &analysis.graph.stages[*index].steps);
    let given = steps.map(|step| analysis.instruction(step).keyword.value);
    if given.into_iter().any(|keyword| keyword == Keyword::Stopsignal) {
        return None;
    }
    let step = start(analysis, stage, Keyword::Entrypoint)
        .or_else(|| start(analysis, stage, Keyword::Cmd))?;
    let instruction = analysis.instruction(step);
    let words = exec_form::words(instruction)?;
    let program = words.first()?.rsplit('/').next()?;
    let (_, signal, own) = SERVERS.iter().find(|(server, ..)| *server == program)?;
    let image = &analysis.evaluation.stages[index].image.reference;
    let repository = crate::graph::repository(image);
    let brings = repository == *own || repository.starts_with(&format!("{own}-"));
    let line = format!("{} {signal}", analysis.keyword("STOPSIGNAL"));
    let edits = vec![analysis.insert_before(instruction, &[line])];
    let verify = Some(
        "docker run -d --name probe IMAGE && docker stop probe && docker logs probe; docker rm probe".to_owned(),
    );
    (!brings).then(|| Rewrite { edits, verify, ..Rewrite::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn knows_the_signals() {
        for (command, signal) in [
            ("CMD [\"nginx\", \"-g\", \"daemon off;\"]", "SIGQUIT"),
            ("ENTRYPOINT [\"/usr/sbin/php-fpm\", \"-F\"]", "SIGQUIT"),
            ("CMD [\"haproxy\", \"-f\", \"a\"]", "SIGUSR1"),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{command}\n"));
            assert_eq!(result, Some(format!("FROM debian:12\nSTOPSIGNAL {signal}\n{command}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM nginx:1.27\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
            "FROM debian:12\nSTOPSIGNAL SIGTERM\nCMD [\"nginx\"]\n",
            "FROM debian:12\nCMD [\"node\", \"server.js\"]\n",
            "FROM debian:12\nCMD [\"./start.sh\", \"nginx\"]\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
