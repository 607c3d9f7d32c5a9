//! `cargo xtask`: builds, serves and tests Dockerfile Playground, and runs its
//! analysis from the command line.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

mod ast;
mod bases;
mod bench;
mod brotli;
mod browser;
mod budget;
mod compare;
mod context;
#[cfg(test)]
mod dependencies;
mod engine;
mod fuzz;
mod http;
mod lighthouse;
mod links;
mod node;
mod order;
mod paths;
mod picture;
mod report;
mod rules;
mod serve;
mod site;
mod size;
mod split;
mod steps;
mod test;
mod toolchain;
mod truth;
mod truth_cache;
mod truth_optimize;
mod types;
mod wasm;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  serve [--port N] [--watch] [--no-build]
      Build the playground and serve it at http://127.0.0.1:8080 (or port N).
      --watch rebuilds and reloads on every change; --no-build serves dist/ as
      it is.
  build
      Build the static site into dist/ and the npm package into pkg/.
  test [FILTER...]
      Run every check and test. A FILTER that names a group (fmt, clippy, rust,
      doc, types, build, size, prettier, tsc, vitest, e2e) runs that group; any other
      FILTER runs the tests whose names contain it.
  report --dockerfile F [--dockerignore F] [--context LISTING]
         [--manifest [PATH=]F]... [--build-arg K=V]... [--target STAGE]
         [--change KIND:VALUE [--with KIND:VALUE]...]... [--measured FILE]...
         [--git-log LOG] [--build-log LOG] [--weekly CHANGE=N]...
         [--trusted-registry R]... [--label NAME:KIND]... [--strict-labels]
         [--enable DLxxxx]...
      Print the analysis as JSON. `-` reads the Dockerfile from standard input.
      Each --change is simulated alone, or at once with those of the --with
      that follow it; without one, typical changes are.
      --measured takes what `docker history --no-trunc`, `docker image inspect`
      or `docker manifest inspect -v` printed of the built image.
      R and NAME are what hadolint's rules of registries and labels check (KIND:
      text, url, semver, rfc3339, hash, spdx or email); --enable switches on a
      rule that is off (DL1001, DL3057).
      Exit code 2 when some of the input could not be understood.
  compare-hadolint [FOLDER...] [--hadolint PROGRAM] [--count N]
      Compare our findings with those of hadolint 2.15.1 on the test fixtures,
      on 400 (or N) generated Dockerfiles and on those in the FOLDERs. Exit code 1 when
      tests/hadolint_differences.tsv does not give the reason of a difference.
  size [--functions N] [MODULE]
      Say what is in the WebAssembly module, before wasm-opt: by family of code,
      by module of the core, and its 30 (or N) longest functions. MODULE is one
      that cargo has compiled; without it, the core is compiled.
  ast FILE
      Print the syntax tree as BuildKit dumps it.
  rules
      Write src/rules/README.md and www/rules.json from the docs of the rules.
  types
      Write pkg/report.d.ts from src/report.rs.
  truth [CASE...] [--listing FOLDER]
      Build the cases of tests/truth with a Docker engine of its own and store
      what their layers weigh in tests/truth/layers.tsv. --listing writes each
      layer's files there. Does nothing where no engine is installed.
  truth cache [PAIR...]
      Build the pairs of tests/truth/cache with such an engine and store what it
      does with each step of the second build.
  truth optimize [EXAMPLE...]
      Build and run the projects of tests/truth/optimize with such an engine, as
      they are and as the optimizer makes them, and store what the images weigh.
  fuzz [TARGET...] [--seconds N]
      Fuzz the core for 60 (or N) seconds a TARGET (dockerfile, shell, ignore,
      listing, analyze, optimize, gitlog, calibration, pack, link; by default all).
  bench [FOLDER...] [--seconds N] [--no-build]
      Measure the core beside other parsers and linters, natively, in Node and in
      Chromium, on texts of 10 to 10,000 instructions and on the Dockerfiles of the
      tests and of the FOLDERs; repeat each part for 1 (or N) seconds. --no-build
      measures what is built. Writes docs/benchmarks.md and the table in README.md.
  lighthouse
      Measure the built page with Lighthouse, for phones and for desktops. Exit
      code 1 when a score is under 95.
  picture
      Take the README's pictures of the built page anew, into docs/.
";

/// How a command ended: what it was asked for, done; or done with problems
/// that it has already reported.
pub enum Outcome {
    Done,
    Failed(u8),
}

/// A command line that makes no sense; prints the usage.
#[derive(Debug)]
struct WrongUsage(String);

impl std::fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match dispatch(arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed(code)) => ExitCode::from(code),
        Err(error) if error.is::<WrongUsage>() || error.is::<lexopt::Error>() => {
            eprintln!("{USAGE}\nerror: {error}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("{}", steps::explain(&error));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Vec<OsString>) -> Result<Outcome> {
    if arguments.is_empty() {
        return Err(WrongUsage("no command".into()).into());
    }
    let command = arguments.remove(0);
    let arguments = lexopt::Parser::from_args(arguments);
    match command.to_str() {
        Some("serve") => serve::command(arguments),
        Some("build") => site::command(arguments),
        Some("test") => test::command(arguments),
        Some("report") => report::command(arguments),
        Some("compare-hadolint") => compare::command(arguments),
        Some("size") => size::command(arguments),
        Some("ast") => ast::command(arguments),
        Some("rules") => rules::command(arguments),
        Some("types") => types::command(arguments),
        Some("truth") => truth::command(arguments),
        Some("fuzz") => fuzz::command(arguments),
        Some("bench") => bench::command(arguments),
        Some("lighthouse") => lighthouse::command(arguments),
        Some("picture") => picture::command(arguments),
        Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            Ok(Outcome::Done)
        }
        _ => Err(WrongUsage(format!("no command {}", command.display())).into()),
    }
}

/// Refuses any argument, for commands that take none.
fn no_arguments(mut arguments: lexopt::Parser) -> Result<()> {
    match arguments.next()? {
        None => Ok(()),
        Some(argument) => Err(argument.unexpected().into()),
    }
}
