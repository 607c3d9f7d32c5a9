//! Builds a C or C++ program in one stage and ships it alone.

use super::place::{RunCommand, official, system_packages};
use super::split::{BUILD_TOOLS, Runtime, absolute, last_build, names_file, ship, single, started};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::Stage;
use crate::report::Applicability;

/// Splits a single-stage build with make, CMake, Meson or a compiler on Debian
/// or Ubuntu, whose start command runs what was built in the working folder, or
/// was installed under `/usr/local`. It must not apply where the libraries of a
/// `-dev` package are not known, nor to GCC's own images, whose libraries are
/// newer than any distribution's.
pub const RECIPE: Recipe = Recipe {
    id: "native-multi-stage",
    title: "Ship what was built, without the compiler",
    why: "Compiler, headers, sources and objects are needed to build a program, not to run it. Files that it reads at run time must be copied too, or installed.",
    applicability: Applicability::Likely,
    rewrite,
};

const PREFIX: &str = "/usr/local";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let (build, command) = last_build(analysis, stage, builds)?;
    let (start, words) = started(analysis, stage)?;
    let (program, arguments) = words.split_first()?;
    if arguments.iter().any(|word| names_file(word)) {
        return None;
    }
    let runtime = runtime(analysis, stage, reference)?;
    let installs = command.has(&["install", "--install"])
        || command.words.iter().any(|word| word.starts_with("install"));
    let moved =
        command.words.iter().any(|word| word.contains("DESTDIR") || word.contains("prefix"));
    let workdir = build.scope.workdir.trim_end_matches('/');
    if installs {
        let found = !program.contains('/') || program.starts_with(&format!("{PREFIX}/"));
        let mut rewrite =
            (found && !moved).then(|| ship(analysis, stage, build, &runtime, PREFIX))?;
        // Libraries that were installed are found by the loader's cache.
        let line = format!("{} ldconfig", analysis.keyword("RUN"));
        rewrite.edits.push(analysis.insert_after(analysis.instruction(build), &[line]));
        return Some(rewrite);
    }
    let program = absolute(start, program).filter(|_| program.contains('/'))?;
    let value = |flag| {
        let at = command.words.iter().position(|word| word == flag)?;
        absolute(build, command.words.get(at + 1)?)
    };
    let lies_in = |folder: &str| !folder.is_empty() && program.starts_with(&format!("{folder}/"));
    let inside = lies_in(workdir) || value("--build").is_some_and(|folder| lies_in(&folder));
    (inside || value("-o").as_ref() == Some(&program))
        .then(|| ship(analysis, stage, build, &runtime, &program))
}

fn builds(command: &RunCommand) -> bool {
    let cleans = command.has(&["clean", "distclean", "test", "check"]);
    match command.name() {
        "make" | "gmake" | "ninja" => !cleans,
        "cmake" => command.has(&["--build", "--install"]),
        "meson" => command.has(&["compile", "install"]),
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" => command.has(&["-o"]),
        _ => false,
    }
}

/// The slim variant of the same Debian with the libraries that were linked, or
/// the same Ubuntu where none were.
fn runtime(analysis: &Analysis<'_>, stage: &Stage, reference: &str) -> Option<Runtime> {
    let installed = system_packages(analysis, stage);
    let mut compiles = installed.iter().filter(|name| BUILD_TOOLS.contains(&name.as_str()));
    let distro = &analysis.evaluation.stages.first()?.image.distro;
    compiles.next()?;
    match (official(reference)?, distro.split_once(':')?) {
        ("debian", ("debian", release @ ("12" | "13"))) => {
            let image = format!("debian:{release}-slim");
            let base = analysis.catalog.image(&image);
            let debian = analysis.catalog.debian(&base);
            let mut packages = Vec::new();
            for name in &installed {
                match name.ends_with("-dev") {
                    true => packages.extend(debian.libraries(name)?.into_iter().map(str::to_owned)),
                    false if is_for_building(name) => {}
                    false => packages.push(name.clone()),
                }
            }
            packages.retain(|name| !debian.is_base(name));
            packages.sort();
            packages.dedup();
            Some(Runtime { image, packages })
        }
        ("ubuntu", _) => {
            installed.iter().all(|name| is_for_building(name)).then(|| Runtime::of(reference))
        }
        _ => None,
    }
}

/// True for a package that a program which runs has no use for.
fn is_for_building(name: &str) -> bool {
    const RUN: [&str; 4] = ["bash", "ca-certificates", "curl", "tzdata"];
    BUILD_TOOLS.contains(&name) && !RUN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_the_program_with_its_libraries() {
        let before = "FROM debian:12\nRUN apt-get update && apt-get install -y build-essential cmake libssl-dev\nWORKDIR /src\nCOPY . .\nRUN cmake -B build && cmake --build build\nEXPOSE 8080\nCMD [\"./build/server\", \"-v\"]\n";
        let expected = "FROM debian:12 AS build\nRUN apt-get update && apt-get install -y build-essential cmake libssl-dev\nWORKDIR /src\nCOPY . .\nRUN cmake -B build && cmake --build build\n\nFROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libssl3 && rm -rf /var/lib/apt/lists/*\nWORKDIR /src\nCOPY --from=build /src/build/server /src/build/server\nEXPOSE 8080\nCMD [\"./build/server\", \"-v\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn finds_the_program_in_a_build_folder_elsewhere() {
        let before = "FROM debian:12\nRUN apt-get update && apt-get install -y cmake g++\nCOPY . /src\nRUN cmake -S /src -B /build && cmake --build /build\nCMD [\"/build/server\"]\n";
        let text = after(&RECIPE, before).unwrap();
        assert!(text.contains("COPY --from=build /build/server /build/server"), "{text}");
        assert_eq!(after(&RECIPE, &before.replace("[\"/build/", "[\"/other/")), None);
    }

    #[test]
    fn what_the_slim_image_has_is_not_installed() {
        let before = "FROM debian:12\nRUN apt-get update && apt-get install -y gcc make zlib1g-dev\nWORKDIR /src\nCOPY . .\nRUN make\nCMD [\"./a\"]\n";
        let text = after(&RECIPE, before).unwrap();
        assert!(text.ends_with("\nFROM debian:12-slim\nWORKDIR /src\nCOPY --from=build /src/a /src/a\nCMD [\"./a\"]\n"), "{text}");
    }

    #[test]
    fn ships_what_was_installed() {
        let before = "from ubuntu:22.04\nrun apt-get update && apt-get install -y gcc make\ncopy . /src\nworkdir /src\nrun make && make install\nentrypoint [\"tool\"]\n";
        let expected = "from ubuntu:22.04 as build\nrun apt-get update && apt-get install -y gcc make\ncopy . /src\nworkdir /src\nrun make && make install\n\nfrom ubuntu:22.04\nworkdir /src\ncopy --from=build /usr/local /usr/local\nrun ldconfig\nentrypoint [\"tool\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        let install = "RUN apt-get update && apt-get install -y gcc make";
        for (image, text) in [
            ("gcc:13", "RUN make\nCMD [\"./server\"]"),
            ("debian:12", "RUN make\nCOPY conf /etc/conf\nCMD [\"./server\"]"),
            ("debian:12", "RUN make\nCMD [\"./server\", \"server.conf\"]"),
            ("debian:12", "RUN make\nCMD [\"server\"]"),
            ("debian:12", "RUN make install DESTDIR=/out\nCMD [\"server\"]"),
            ("debian:12", "RUN make\nCMD [\"/other/server\"]"),
            ("debian:11", "RUN make\nCMD [\"./server\"]"),
            ("debian:12", "RUN apt-get install -y unknown-dev\nRUN make\nCMD [\"./server\"]"),
        ] {
            let text = format!("FROM {image}\n{install}\nWORKDIR /src\nCOPY . .\n{text}\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
