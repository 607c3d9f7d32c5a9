//! `make`, `cmake`, `ninja`, `meson`, compilers and `configure`: objects in the
//! folder that is built in, and what is installed from them.
//!
//! How much a native build writes is not known. Where its sources are, the
//! objects follow from their size; a file that the rest of the Dockerfile takes
//! from the folder is taken for a program that the build makes.

use super::project::{self, Content, sized};
use super::{Invocation, Outcome, Tool, node};
use crate::data::{Fact, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::{Kind, Range};

/// Drivers of native builds.
pub const TOOL: Tool = Tool {
    commands: &[
        "make",
        "gmake",
        "ninja",
        "cmake",
        "meson",
        "configure",
        "autoreconf",
        "autogen.sh",
        "autogen",
        "buildconf",
        "config",
        "Configure",
        "bootstrap",
        "bootstrap.sh",
        "qmake",
        "scons",
    ],
    run,
};
/// Compilers and linkers.
pub const COMPILERS: Tool = Tool {
    commands: &[
        "gcc", "g++", "cc", "c++", "clang", "clang++", "musl-gcc", "gfortran", "ld", "nvcc",
        "rustc", "ghc", "ocamlopt", "fpc",
    ],
    run: compile,
};

const WITH_VALUE: [&str; 14] = [
    "-C",
    "-f",
    "-B",
    "-S",
    "-G",
    "-j",
    "--build",
    "--install",
    "--target",
    "-t",
    "--prefix",
    "--parallel",
    "--config",
    "-o",
];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder = folder(call, machine);
    let words: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    let target = call.value(&["--target", "-t"]).unwrap_or("");
    let installs = call.has(&["--install"])
        || words.iter().any(|word| word.starts_with("install"))
        || target.starts_with("install");
    let cleans = words.iter().any(|word| matches!(*word, "clean" | "distclean" | "mrproper"));
    let builds = match call.command() {
        "make" | "gmake" | "ninja" | "scons" => true,
        "cmake" => call.has(&["--build", "--install"]),
        "meson" => matches!(words.first(), Some(&("compile" | "install"))),
        _ => false,
    };
    let objects = format!("{}/(objects)", folder.trim_end_matches('/'));
    match () {
        () if cleans => machine.remove(&objects),
        () if builds => {
            build(call, machine, &folder, &objects);
            if installs {
                install(call, machine, &folder, &objects);
            }
        }
        () => configure(call, machine, &folder),
    }
    Outcome::success()
}

/// The folder that is built in.
fn folder(call: &Invocation, machine: &Machine<'_>) -> String {
    let named = match call.command() {
        "cmake" => call.value(&["-B", "--build", "--install"]),
        "meson" => {
            call.operands(&WITH_VALUE).nth(1).map(|word| &*word.text).or(call.value(&["-C"]))
        }
        _ => call.value(&["-C", "--directory"]),
    };
    machine.resolve(named.filter(|name| !name.starts_with('-')).unwrap_or("."))
}

/// Endings of what compilers of C and C++ read.
const SOURCES: [&str; 9] = ["c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "inl"];

/// Bytes of the sources in the folder, of its own and unpacked ones.
fn sources(machine: &Machine<'_>, folder: &str) -> Range {
    let all = machine.tree().subtree(folder).map(|(_, entry)| entry);
    all.filter(|entry| matches!(entry.kind, Kind::Source | Kind::Package))
        .map(|entry| entry.bytes)
        .sum()
}

/// The sources' identity: unpacked archives beside the folder count too.
fn made_from(machine: &Machine<'_>, folder: &str) -> Identity {
    let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
    let unpacked = machine.tree().subtree(above).filter(|(path, entry)| {
        entry.kind == Kind::Package
            && path.rsplit('/').next().is_some_and(|name| name.starts_with('('))
    });
    let unpacked: Vec<_> = unpacked.map(|(_, entry)| entry.identity).collect();
    Identity::of((node::sources(machine, folder), unpacked))
}

fn build(call: &Invocation, machine: &mut Machine<'_>, folder: &str, objects: &str) {
    if machine.tree().has(objects) {
        return;
    }
    machine.spend(fact("build.native.seconds").expected, 0.0, None);
    let identity = Identity::of((call.command(), made_from(machine, folder)));
    let sources = sources(machine, folder);
    let listed = project::code(machine, folder, &SOURCES);
    let (size, what) = if let Some(listed) = listed {
        let ratio = fact("build.native.ratio");
        let size = sized(&ratio, ratio.of(listed));
        (fact("build.native.least").plus(size, 1.0), "objects, by the files of C and C++")
    } else if sources.expected > 100_000 {
        let ratio = fact("build.native.ratio");
        let bytes = ratio.of(sources);
        (sized(&ratio, bytes), "objects, by the size of the sources")
    } else {
        (fact("build.native.bytes"), "what a native build writes is not known: a guess")
    };
    write(machine, objects, size, 50, identity, what);
    let programs: Vec<String> =
        project::wanted(machine, folder).into_iter().map(str::to_owned).collect();
    let (size, what) = program(listed);
    for name in programs {
        let path = project::inside(folder, &name);
        if !machine.tree().has(&path) {
            let identity = Identity::of((identity, &name));
            write(machine, &path, size.clone(), 1, identity, what);
        }
    }
}

/// A program, by the sources of the folder where these are known one by one.
fn program(listed: Option<Range>) -> (Fact, &'static str) {
    match listed {
        Some(listed) => {
            let ratio = fact("build.program.ratio");
            let size = sized(&ratio, ratio.of(listed));
            let least = fact("build.program.least");
            (least.plus(size, 1.0), "a program that is built, by the files of C and C++")
        }
        None => (fact("build.program.bytes"), "a program that is built"),
    }
}

/// Copies programs, libraries and headers to the prefix.
fn install(call: &Invocation, machine: &mut Machine<'_>, folder: &str, objects: &str) {
    let built = machine.tree().get(objects).map_or(Range::ZERO, |entry| entry.bytes);
    let share = fact("build.install.ratio");
    let bytes = share.of(built);
    let identity = Identity::of(("install", made_from(machine, folder)));
    let assigned = |name: &str| {
        call.texts().find_map(|text| text.strip_prefix(name)).filter(|path| !path.contains('$'))
    };
    let root = assigned("DESTDIR=").map(str::to_owned).or_else(|| machine.variable("DESTDIR"));
    let prefix = call.value(&["--prefix"]).or_else(|| assigned("PREFIX=")).map(str::to_owned);
    let prefix = prefix.or_else(|| configured(machine, folder));
    let prefix =
        format!("{}{}", root.unwrap_or_default(), prefix.as_deref().unwrap_or("/usr/local"));
    let name = folder.rsplit('/').next().unwrap_or("").to_owned();
    let path = format!("{}/(installed {name})", machine.resolve(&prefix).trim_end_matches('/'));
    write(
        machine,
        &path,
        sized(&share, bytes),
        60,
        identity,
        "what make install copies of the objects",
    );
}

/// `configure`, `cmake` or `meson setup`: a few generated files, and the prefix
/// that they remember.
fn configure(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    machine.spend(fact("build.configure.seconds").expected, 0.0, None);
    let assigned = call.texts().find_map(|text| text.strip_prefix("-DCMAKE_INSTALL_PREFIX="));
    let prefix = call.value(&["--prefix"]).or(assigned).filter(|prefix| !prefix.contains('$'));
    let prefix = prefix.map(|prefix| machine.resolve(prefix));
    let path = format!("{}/(configuration)", folder.trim_end_matches('/'));
    let identity = Identity::of((call.joined(), made_from(machine, folder)));
    let what = match &prefix {
        Some(prefix) => format!("{CONFIGURED}{prefix}"),
        None => "what configuring writes".to_owned(),
    };
    write(machine, &path, fact("build.configure.bytes"), 30, identity, &what);
}

const CONFIGURED: &str = "what configuring writes, with the prefix ";

/// The prefix that the folder was configured with.
fn configured(machine: &Machine<'_>, folder: &str) -> Option<String> {
    let entry = machine.tree().get(&format!("{}/(configuration)", folder.trim_end_matches('/')))?;
    entry.label.as_deref()?.strip_prefix(CONFIGURED).map(str::to_owned)
}

/// A compiler writes the file that `-o` names.
fn compile(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    if call.arguments.iter().all(|word| word.text.starts_with('-')) {
        return Outcome::success(); // `gcc --version`
    }
    let folder = machine.folder.clone();
    machine.spend(5.0, 0.0, None);
    let object = call.has(&["-c"]);
    let named = call.value(&["-o"]).map(str::to_owned);
    let attached = call.texts().find_map(|text| {
        text.strip_prefix("-o").filter(|name| !name.is_empty()).map(str::to_owned)
    });
    let path = match named.or(attached) {
        Some(name) => machine.resolve(&name),
        None if object => format!("{}/(objects)", folder.trim_end_matches('/')),
        None => machine.resolve("a.out"),
    };
    let size = match call.has(&["-static", "--static"]) {
        true => fact("build.static.bytes"),
        false => fact("build.single.bytes"),
    };
    let identity = Identity::of((call.joined(), node::sources(machine, &folder)));
    write(machine, &path, size, 1, identity, "what a compiler makes of the files it is given");
    Outcome::success()
}

fn write(
    machine: &mut Machine<'_>,
    path: &str,
    size: Fact,
    files: u64,
    identity: Identity,
    what: &str,
) {
    let kind = Kind::BuildOutput;
    Content { size, factor: 1.0, files, kind, compression: 0.35, identity, what }
        .write(machine, path);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};
    use super::project::tree;

    const SOURCE: &str = "curl -sL https://nginx.org/download/nginx-1.25.0.tar.gz | tar xz";

    #[test]
    fn objects_follow_the_sources_and_go_with_them() {
        let script = format!(
            "cd /usr/src && {SOURCE} && cd nginx-1.25.0 && ./configure --prefix=/opt/nginx && \
             make -j4 && make install"
        );
        let kept = run(&[], &script);
        assert!(bytes(&kept, "/usr/src") > 6_000_000 && bytes(&kept, "/opt/nginx") > 100_000);
        let lean = run(&[], &format!("{script} && cd .. && rm -rf nginx-1.25.0"));
        assert_eq!(bytes(&lean, "/usr/src/nginx-1.25.0"), 0);
        assert_eq!(bytes(&lean, "/opt/nginx"), bytes(&kept, "/opt/nginx"));
    }

    #[test]
    fn cmake_builds_and_installs_where_it_is_told() {
        let tree = run(
            &[],
            "cmake -S . -B build -DCMAKE_INSTALL_PREFIX=/opt/x && cmake --build build -j2 && \
             cmake --install build",
        );
        assert!(bytes(&tree, "/app/build") > 0 && bytes(&tree, "/opt/x") > 0);
        let ninja =
            run(&[], "meson setup b --prefix=/usr && ninja -C b && DESTDIR=/d ninja -C b install");
        assert!(bytes(&ninja, "/app/b") > 0 && bytes(&ninja, "/d/usr") > 0);
    }

    #[test]
    fn a_compiler_writes_what_it_is_told_to() {
        let tree = run(&[], "gcc -O2 -o /bin/tool main.c && g++ -c a.cpp && cc --version");
        assert!(tree.has("/bin/tool") && tree.has("/app/(objects)"));
        let fixed = run(&[], "gcc -static main.c -o s");
        assert!(bytes(&fixed, "/app/s") > bytes(&tree, "/bin/tool"));
        assert_eq!(bytes(&run(&[], "make && make clean"), "/app"), 0);
    }

    #[test]
    fn a_program_that_is_taken_is_one_that_is_built() {
        let tree = tree(
            "FROM debian:12 AS build\nWORKDIR /src\nCOPY . .\nRUN make\nFROM debian:12\n\
             COPY --from=build /src/server /usr/bin/server",
        );
        let program = tree.get("/usr/bin/server").unwrap();
        assert!(
            program.evidence.text.contains("a program that is built"),
            "{:?}",
            program.evidence
        );
    }
}
