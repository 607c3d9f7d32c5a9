//! The build context: listings, `.dockerignore`, COPY's sources, manifests.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use dockerfile_playground::context::glob::{self, BadPattern};
use dockerfile_playground::context::manifest::requirements::Requirement;
use dockerfile_playground::context::{
    Context, Entry, IgnoreFile, Manifest, Manifests, Role, Walk, ignore_file_name, json,
    parse_listing, role,
};
use dockerfile_playground::sorted::Map;
use proptest::prelude::*;

fn conformance(file: &str) -> Option<String> {
    let folder = std::env::var_os("CONFORMANCE_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is not there", path.display());
    }
    text
}

fn ignored(patterns: &[&str], path: &str) -> bool {
    IgnoreFile::from_patterns(patterns.iter().copied()).decide(path).ignored
}

#[test]
fn patterns_agree_with_patternmatcher() {
    let Some(rows) = conformance("patternmatcher.jsonl") else { return };
    let mut wrong = String::new();
    let mut count = 0;
    for row in rows.lines().filter(|line| !line.trim().is_empty()) {
        let row: serde_json::Value = serde_json::from_str(row).expect("a JSON row");
        let patterns = row["patterns"].as_array().expect("patterns");
        let patterns: Vec<&str> = patterns.iter().filter_map(|p| p.as_str()).collect();
        let path = row["path"].as_str().expect("path");
        count += 1;
        if Some(ignored(&patterns, path)) != row["matches"].as_bool() {
            let _ = writeln!(wrong, "{row}");
        }
    }
    eprintln!("{count} rows of patternmatcher");
    assert!(wrong.is_empty(), "differs in:\n{wrong}");
}

/// Rows that show the quirks a build depends on.
#[test]
fn patterns_do_what_a_build_does() {
    for (patterns, path, expected) in [
        // A folder takes its content with it, an exception brings it back.
        (&["node_modules"][..], "node_modules/a/b.js", true),
        (&["node_modules"], "packages/a/node_modules/b.js", false),
        (&["**/node_modules"], "packages/a/node_modules/b.js", true),
        (&["docs", "!docs/README.md"], "docs/README.md", false),
        (&["docs", "!docs/README.md"], "docs/other.md", true),
        (&["!docs/README.md", "docs"], "docs/README.md", true),
        (&["*", "!src"], "src/deep/file.rs", false),
        (&["*", "!src/**"], "src/deep/file.rs", false),
        (&["*", "!src/**", "**/*.md"], "src/deep/a.md", true),
        // `*` stays within a folder, `**` does not.
        (&["*.md"], "README.md", true),
        (&["*.md"], "docs/README.md", false),
        (&["*/*.md"], "docs/README.md", true),
        (&["**/*.md"], "README.md", true),
        (&["docs/**/a"], "docs/a", true),
        (&["docs/**/a"], "docs/b/c/a", true),
        (&["a/**"], "a", false),
        // Without a wildcard before it, `**text` is the end of any path.
        (&["**foo"], "dir/xfoo", true),
        (&["**/.foo"], "bar.foo", false),
        (&["file?"], "file1", true),
        (&["file?"], "file", false),
        (&["[a-c]x"], "bx", true),
        (&["[^a-c]x"], "bx", false),
        (&["a\\*b"], "axb", false),
        (&["ä*"], "äöü", true),
        ("?.txt".split(' ').collect::<Vec<_>>().as_slice(), "ä.txt", true),
        // The regular expression shows through: a class is not kept apart.
        (&["x[a*]"], "xab]", false),
        (&["x[a*]"], "xa]", true),
        (&["x[a?b]"], "x[b]", true),
        (&["^foo*"], "foobar", true),
        (&["a^b*"], "a^bc", false),
        (&["a^b"], "a^b", true),
        (&["v\\d*"], "v1", true),
        (&["v\\d*"], "vx", false),
        (&["dist\\bin"], "dist/bin", false),
        (&["[[:digit:]x]*"], "1x]", true),
        // `.` and `..` name nothing below the root.
        (&["."], "a", false),
        (&[".."], "a", false),
        (&["./a/../b/"], "b/c", true),
    ] {
        assert_eq!(ignored(patterns, path), expected, "{patterns:?} {path}");
    }
}

/// An exception counts for what a folder holds only if it was tried when the
/// walk passed the folder.
#[test]
fn the_walk_decides_where_its_parts_differ() {
    assert!(ignored(&["**/*.go", "!src"], "src/a.go"));
    assert!(!ignored(&["*", "!src"], "src/a.go"));
    // A folder that no plain exception starts with is not entered at all.
    assert!(ignored(&["a", "!a/*/**"], "a/b/c"));
    assert!(!ignored(&["a", "!a/*/c"], "a/b/c"));
}

#[test]
fn the_file_is_read_like_buildkit_reads_it() {
    let text = "\u{feff}# comment\r\n  # no comment\n\n/abs/\n! spaced \n!!bang\n/!odd\n./a//b/../c/\n\t\n";
    let file = IgnoreFile::parse(text);
    let read: Vec<(&str, bool, u32)> =
        file.patterns.iter().map(|p| (p.pattern.as_str(), p.negated, p.line)).collect();
    assert_eq!(
        read,
        [
            ("# no comment", false, 2),
            ("abs", false, 4),
            ("spaced", true, 5),
            ("!bang", true, 6),
            ("odd", true, 7),
            ("a/c", false, 8),
        ]
    );
    assert_eq!(&text[file.patterns[2].span.range()], "! spaced");
    assert_eq!(file.patterns[2].text, "! spaced");
    assert!(file.problems.is_empty());
}

#[test]
fn what_buildkit_refuses_is_told_at_its_place() {
    let file = IgnoreFile::parse("ok\n  !\nä [a\nfoo\\obj\n! /\nlast\\\n");
    let places: Vec<(u32, u32)> = file.problems.iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(places, [(2, 3), (3, 1), (4, 1), (5, 1), (6, 1)]);
    assert_eq!(file.problems[1].end_column, 5);
    assert!(file.problems.iter().all(|problem| problem.help.is_some()));
    assert_eq!(file.patterns.len(), 1);
    let long = format!("a\n{}\nb", "ä".repeat(40_000));
    let file = IgnoreFile::parse(&long);
    assert_eq!((file.patterns.len(), file.problems.len()), (1, 1));
}

#[test]
fn copy_ignored_file_is_buildkits_check() {
    let file = IgnoreFile::parse("Dockerfile\ndist\n");
    assert!(file.hides_copy_source("./Dockerfile"));
    assert!(file.hides_copy_source("dist/a/b"));
    assert!(!file.hides_copy_source("."));
    assert!(!file.hides_copy_source("src"));
    assert!(IgnoreFile::parse("**/*").hides_copy_source("."));
    assert!(!IgnoreFile::parse("*\n!a\n").hides_copy_source("b"));
    assert_eq!(ignore_file_name("docker/Dockerfile.dev"), "docker/Dockerfile.dev.dockerignore");
}

#[test]
fn listings_of_all_tools_are_read() {
    let find = "12\tsrc/main.rs\r\n\r\n5\t./a b.txt\n12\tsrc/main.rs\n";
    let files = parse_listing(find).files;
    let read: Vec<(&str, u64)> = files.iter().map(|f| (f.path.as_str(), f.bytes)).collect();
    assert_eq!(read, [("a b.txt", 5), ("src/main.rs", 12)]);

    let du = "10\t./a/b/c\n4106\t./a/b\n7\t./a.txt\n8202\t./a\n3\t./a-b/x\n12305\t.\n";
    let files = parse_listing(du).files;
    let read: Vec<(&str, u64)> = files.iter().map(|f| (f.path.as_str(), f.bytes)).collect();
    assert_eq!(read, [("a-b/x", 3), ("a.txt", 7), ("a/b/c", 10)]);

    let git = "100755 blob e69de29bb2d1d6434b8b29ae775ad8c2e48c5391     120\trun.sh\n\
               100644 blob e69de29bb2d1d6434b8b29ae775ad8c2e48c5391       0\t\"\\303\\244 \\\"x\\\".txt\"\n\
               120000 blob e69de29bb2d1d6434b8b29ae775ad8c2e48c5391       7\tlink\n\
               160000 commit e69de29bb2d1d6434b8b29ae775ad8c2e48c5391       -\tsub\n";
    let listing = parse_listing(git);
    assert!(listing.problems.is_empty());
    let read: Vec<(&str, u64, bool)> =
        listing.files.iter().map(|f| (f.path.as_str(), f.bytes, f.executable)).collect();
    assert_eq!(read, [("run.sh", 120, true), ("ä \"x\".txt", 0, false)]);
}

#[test]
fn a_bad_line_of_a_listing_is_a_problem_and_the_rest_is_read() {
    let listing = parse_listing("1\ta\nhello\tb\n99999999999999999999\tc\n3\n4\td\n");
    assert_eq!(listing.files.len(), 2);
    let places: Vec<(u32, u32)> = listing.problems.iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(places, [(2, 1), (3, 1), (4, 1)]);
    assert!(listing.problems[0].message.contains("`hello`"));
}

#[test]
fn a_listing_has_a_limit() {
    let blank = "\n".repeat(999_999);
    let listing = parse_listing(&format!("{blank}1\ta\n\n"));
    assert_eq!((listing.files.len(), listing.problems.len()), (1, 0));
    let listing = parse_listing(&format!("{blank}1\ta\n2\tb\n3\tc\n"));
    assert_eq!(listing.files.len(), 1);
    assert_eq!(listing.problems.len(), 1);
    assert_eq!(listing.problems[0].line, 1_000_001);
}

fn taken(context: &Context, source: &str) -> Vec<String> {
    let mark = |partial: bool| if partial { "?" } else { "" };
    context.matching(source).iter().map(|m| format!("{}{}", m.path, mark(m.partial))).collect()
}

#[test]
fn copy_takes_what_buildkit_takes() {
    let ignore = IgnoreFile::parse("*.log\nsrc/secret\n");
    let paths = ["a.txt", "b.txt", "x.log", "src/a.ts", "src/lib/b.ts", "src/secret/k", "srcs/c"];
    let context = Context::new(paths.map(|path| Entry::file(path, 1)), &ignore);
    let all = ["a.txt", "b.txt", "src/a.ts", "src/lib/b.ts", "srcs/c"];
    for source in [".", "./", "/", "..", "*"] {
        assert_eq!(taken(&context, source), all, "{source}");
    }
    for source in ["src", "src/", "/src", "./src/."] {
        assert_eq!(taken(&context, source), ["src/a.ts", "src/lib/b.ts"], "{source}");
    }
    assert_eq!(taken(&context, "*.txt"), ["a.txt", "b.txt"]);
    assert_eq!(taken(&context, "src*"), ["src/a.ts", "src/lib/b.ts", "srcs/c"]);
    assert_eq!(taken(&context, "src/*"), ["src/a.ts", "src/lib/b.ts"]);
    assert_eq!(taken(&context, "src/*.ts"), ["src/a.ts"]);
    assert_eq!(taken(&context, "*/lib"), ["src/lib/b.ts"]);
    assert_eq!(taken(&context, "[ab].tx?"), ["a.txt", "b.txt"]);
    assert!(taken(&context, "x.log").is_empty());
    assert!(taken(&context, "[").is_empty());
}

#[test]
fn an_assumed_folder_is_taken_whole_or_in_part() {
    let ignore = IgnoreFile::parse("node_modules\ndist/*\n**/*.test.ts\n");
    let context = Context::assume(
        [
            Entry::folder("src", 4000, 40),
            Entry::folder("node_modules", 9000, 900),
            Entry::folder("dist", 100, 3),
            Entry::file("package.json", 10),
        ],
        &ignore,
    );
    assert!(context.assumed);
    for source in ["src", "src/", "s*"] {
        assert_eq!(taken(&context, source), ["src"], "{source}");
    }
    assert_eq!(taken(&context, "."), ["package.json", "src"]);
    for source in ["src/app.ts", "src/*.ts", "src/lib/*.ts", "*/app.ts"] {
        assert_eq!(taken(&context, source), ["src?"], "{source}");
    }
    assert!(taken(&context, "lib/*.ts").is_empty());
    assert_eq!((context.total().files, context.total_sent().files), (944, 41));
    let sums = context.decided_by(&ignore);
    assert_eq!(sums.iter().map(|sum| sum.files).collect::<Vec<_>>(), [900, 3, 0]);
}

#[test]
fn roles_are_told_by_the_path() {
    for (path, expected) in [
        ("package.json", Role::Manifest),
        ("requirements-dev.txt", Role::Manifest),
        ("api/go.mod", Role::Manifest),
        ("Cargo.lock", Role::Lockfile),
        ("src/index.ts", Role::Source),
        ("src/build/plan.ts", Role::Source),
        ("main.go", Role::Source),
        ("main_test.go", Role::Test),
        ("src/app.test.ts", Role::Test),
        ("tests/data.bin", Role::Test),
        ("README.md", Role::Docs),
        (".git/HEAD", Role::Git),
        (".git", Role::Git),
        ("web/node_modules/left-pad/package.json", Role::Dependencies),
        ("vendor/", Role::Dependencies),
        ("target/debug/app", Role::BuildOutput),
        ("bin/build", Role::Other),
        (".env", Role::Secret),
        (".env.production", Role::Secret),
        (".env.example", Role::Docs),
        ("certs/server.pem", Role::Secret),
        (".ssh/config", Role::Secret),
        ("npm-debug.log", Role::Log),
        (".vscode/settings.json", Role::Editor),
        (".github/workflows/ci.yml", Role::Ci),
        ("Dockerfile.dev", Role::Docker),
        ("compose.yaml", Role::Docker),
        ("", Role::Other),
    ] {
        assert_eq!(role(path), expected, "{path}");
    }
}

fn read(path: &str, text: &str) -> Manifest {
    let texts = Map::from([(path.to_owned(), text.to_owned())]);
    let mut manifests = Manifests::read(&texts);
    assert!(manifests.problems.is_empty(), "{:?}", manifests.problems);
    manifests.files.remove(path).expect("a manifest")
}

fn versions(manifest: &Manifest) -> Vec<(&str, &str)> {
    manifest.packages().iter().map(|p| (p.name.as_str(), p.version.as_str())).collect()
}

#[test]
fn package_json_is_read() {
    let text = r#"{"name": "app", "type": "module", "main": "dist/index.js",
        "scripts": {"build": "tsc", "odd": 1}, "engines": {"node": ">=20"},
        "dependencies": {"express": "^4"}, "devDependencies": {"typescript": "5"},
        "workspaces": {"packages": ["packages/*"]}, "packageManager": "yarn@4.1.0"}"#;
    let Manifest::PackageJson(package) = read("package.json", text) else { panic!("kind") };
    assert_eq!(package.name.as_deref(), Some("app"));
    assert_eq!(package.node_engine.as_deref(), Some(">=20"));
    assert_eq!(package.module_type.as_deref(), Some("module"));
    assert_eq!(package.scripts.get("build").map(String::as_str), Some("tsc"));
    assert_eq!(package.scripts.len(), 1);
    assert_eq!(package.workspaces, ["packages/*"]);
    assert!(package.dependencies.contains_key("express"));
    assert!(package.dev_dependencies.contains_key("typescript"));
}

#[test]
fn package_lock_is_read_in_all_versions() {
    let third = r#"{"lockfileVersion": 3, "packages": {"": {"name": "app"},
        "node_modules/a": {"version": "1.0.0", "hasInstallScript": true},
        "node_modules/a/node_modules/@s/b": {"version": "2.0.0", "dev": true},
        "node_modules/c": {"name": "real-c", "version": "3.0.0", "devOptional": true},
        "node_modules/ws": {"resolved": "packages/ws", "link": true}, "packages/ws": {}}}"#;
    let manifest = read("package-lock.json", third);
    assert_eq!(versions(&manifest), [("a", "1.0.0"), ("@s/b", "2.0.0"), ("real-c", "3.0.0")]);
    let flags: Vec<_> =
        manifest.packages().iter().map(|p| (p.dev, p.optional, p.has_install_script)).collect();
    assert_eq!(flags, [(false, false, true), (true, false, false), (false, true, false)]);

    let first = r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0",
        "dependencies": {"b": {"version": "2.0.0", "dev": true}}}}}"#;
    let manifest = read("web/package-lock.json", first);
    assert_eq!(versions(&manifest), [("a", "1.0.0"), ("b", "2.0.0")]);
}

#[test]
fn requirements_are_read() {
    let text = "# web\nDjango==5.0.1  # pinned\nrequests[socks, security] >=2.0,<3 ; python_version > '3.8'\n\
                -r base.txt\n--extra-index-url=https://example.org/simple\n-e ./lib\n\
                numpy==1.26.4 \\\n    --hash=sha256:abc\nFoo_Bar.baz\n\
                pkg @ https://example.org/pkg.zip ; extra == 'x'\n./local.whl\n";
    let Manifest::Requirements(file) = read("requirements.txt", text) else { panic!("kind") };
    let names: Vec<&str> = file.requirements.iter().map(|r| r.normalized.as_str()).collect();
    assert_eq!(names, ["django", "requests", "numpy", "foo-bar-baz", "pkg"]);
    assert_eq!(file.requirements[0].version.as_deref(), Some("5.0.1"));
    assert_eq!(file.requirements[1].extras, ["socks", "security"]);
    assert_eq!(file.requirements[1].specifier, ">=2.0,<3");
    assert_eq!(file.requirements[1].marker.as_deref(), Some("python_version > '3.8'"));
    assert_eq!(file.requirements[2].version.as_deref(), Some("1.26.4"));
    assert_eq!(file.requirements[4].url.as_deref(), Some("https://example.org/pkg.zip"));
    assert_eq!(file.includes, ["base.txt"]);
    assert_eq!(file.index_urls, ["https://example.org/simple"]);
    assert!(file.hashes);
    assert!(Requirement::parse("two words").is_none());
}

#[test]
fn pyproject_is_read() {
    let text = r#"
[project]
name = "app"
requires-python = ">=3.11"
dependencies = [
  "fastapi[all]>=0.110", # web
  'uvicorn',
]
[project.optional-dependencies]
pg = ["psycopg"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
[build-system]
build-backend = "hatchling.build"
requires = ["hatchling"]
[tool.poetry.dependencies]
python = "^3.11"
pandas = {version = "2.2.0", extras = ["excel"]}
attrs = "*"
[tool.poetry.group.test.dependencies]
coverage = "7"
[[tool.uv.index]]
url = """
https://example.org"""
"#;
    let Manifest::Pyproject(project) = read("pyproject.toml", text) else { panic!("kind") };
    let names: Vec<&str> = project.dependencies.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["fastapi", "uvicorn", "attrs", "pandas"]);
    assert_eq!(project.dependencies[3].version.as_deref(), Some("2.2.0"));
    assert_eq!(project.dependencies[3].extras, ["excel"]);
    assert_eq!(project.requires_python.as_deref(), Some(">=3.11"));
    assert_eq!(project.groups.keys().collect::<Vec<_>>(), ["dev", "test"]);
    assert_eq!(project.optional_dependencies["pg"][0].name, "psycopg");
    assert_eq!(project.build_backend.as_deref(), Some("hatchling.build"));
    assert_eq!(project.tools, ["poetry", "uv"]);
}

#[test]
fn go_mod_is_read() {
    let text = "module example.org/app // it\n\ngo 1.22\ntoolchain go1.22.3\n\
                require github.com/a/b v1.0.0\nrequire (\n\tgithub.com/c/d v2.0.0 // indirect\n)\n\
                replace github.com/a/b => ../b\n";
    let Manifest::GoMod(module) = read("go.mod", text) else { panic!("kind") };
    assert_eq!((module.module.as_str(), module.go.as_deref()), ("example.org/app", Some("1.22")));
    assert_eq!(module.requires.iter().map(|r| r.indirect).collect::<Vec<_>>(), [false, true]);
    assert_eq!(module.local_replacements, ["../b"]);
}

#[test]
fn pom_xml_is_read() {
    let text = "<?xml version=\"1.0\"?>\n<!-- <artifactId>no</artifactId> -->\n<project xmlns=\"x\">\n\
                <parent><artifactId>parent</artifactId></parent><artifactId> app </artifactId>\n\
                <properties><java.version>21</java.version><empty/></properties>\n\
                <dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId>\
                <scope>test</scope></dependency></dependencies>\n\
                <build><plugins><plugin><artifactId>shade</artifactId></plugin></plugins></build>\n</project>";
    let Manifest::Pom(pom) = read("pom.xml", text) else { panic!("kind") };
    assert_eq!(pom.artifact_id, "app");
    assert_eq!(pom.properties.get("java.version").map(String::as_str), Some("21"));
    assert_eq!(pom.dependencies.len(), 1);
    assert_eq!(pom.dependencies[0].artifact_id, "a");
    assert_eq!(pom.dependencies[0].scope.as_deref(), Some("test"));
    assert_eq!(pom.plugins, ["shade"]);
}

#[test]
fn other_lockfiles_are_read() {
    let yarn1 = "# yarn lockfile v1\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.1.0\"\n  \
                 dependencies:\n    b \"^2\"\n\nb@^2:\n  version \"2.0.0\"\n";
    assert_eq!(versions(&read("yarn.lock", yarn1)), [("@s/a", "1.1.0"), ("b", "2.0.0")]);
    let yarn4 = "__metadata:\n  version: 8\n\n\"a@npm:^1, a@npm:^1.2\":\n  version: 1.2.0\n\n\
                 \"app@workspace:.\":\n  version: 0.0.0-use.local\n";
    assert_eq!(versions(&read("yarn.lock", yarn4)), [("a", "1.2.0")]);
    let pnpm = "lockfileVersion: '9.0'\n\nimporters:\n  .:\n    dependencies:\n\npackages:\n\n  \
                '@s/a@1.0.0':\n    resolution: {integrity: x}\n\n  b@2.0.0(c@3.0.0):\n    dev: true\n\n\
                snapshots:\n  b@2.0.0: {}\n";
    let manifest = read("pnpm-lock.yaml", pnpm);
    assert_eq!(versions(&manifest), [("@s/a", "1.0.0"), ("b", "2.0.0")]);
    assert!(manifest.packages()[1].dev);
    let poetry = "[[package]]\nname = \"a\"\nversion = \"1.0\"\noptional = true\n\n\
                  [package.dependencies]\nb = \"*\"\n\n[[package]]\nname = \"b\"\nversion = \"2\"\n\
                  groups = [\"dev\"]\n";
    let manifest = read("poetry.lock", poetry);
    assert_eq!(versions(&manifest), [("a", "1.0"), ("b", "2")]);
    assert!(manifest.packages()[0].optional && manifest.packages()[1].dev);
    let gems = "GEM\n  remote: https://rubygems.org/\n  specs:\n    rails (7.1.0)\n      actionpack (= 7.1.0)\n\n\
                PLATFORMS\n  ruby\n\nDEPENDENCIES\n  rails\n";
    assert_eq!(versions(&read("Gemfile.lock", gems)), [("rails", "7.1.0")]);
    let composer = r#"{"packages": [{"name": "a/b", "version": "v1"}], "packages-dev": [{"name": "c/d", "version": "2"}]}"#;
    assert_eq!(versions(&read("composer.lock", composer)), [("a/b", "v1"), ("c/d", "2")]);
    let Manifest::CargoToml(cargo) = read(
        "Cargo.toml",
        "[package]\nname = \"x\"\n[dependencies]\nserde = { version = \"1\" }\n",
    ) else {
        panic!("kind")
    };
    assert_eq!(
        (cargo.name.as_deref(), cargo.dependencies.as_slice()),
        (Some("x"), &["serde".to_owned()][..])
    );
}

#[test]
fn a_broken_manifest_is_a_problem_at_its_place() {
    let texts = [
        ("package.json", "{\n  \"a\": 1,\n}\n", 3),
        ("pyproject.toml", "[project]\nname = \n", 2),
        ("go.mod", "nothing\n", 1),
        ("requirements.txt", "flask\nnot a name\n", 2),
        ("notes.txt", "{", 0),
    ];
    let texts: Map<String, String> =
        texts.iter().map(|(path, text, _)| ((*path).to_owned(), (*text).to_owned())).collect();
    let found = Manifests::read(&texts).problems;
    let places: Vec<(&str, u32)> =
        found.iter().map(|p| (p.path.as_str(), p.problem.line)).collect();
    let expected =
        [("go.mod", 1), ("package.json", 3), ("pyproject.toml", 2), ("requirements.txt", 2)];
    assert_eq!(places, expected);
}

#[test]
fn deep_nesting_is_a_problem() {
    for (path, piece) in [
        ("package.json", "{\"a\":"),
        ("package-lock.json", "["),
        ("pyproject.toml", "a."),
        ("poetry.lock", "a=["),
        ("uv.lock", "a={"),
        ("Cargo.toml", "["),
        ("pom.xml", "<a>"),
    ] {
        let texts = Map::from([(path.to_owned(), piece.repeat(100_000))]);
        assert_eq!(Manifests::read(&texts).problems.len(), 1, "{path}");
    }
    let keys = vec!["b"; 60].join(".");
    let inline = format!("a={}", format!("{{{keys}=").repeat(60));
    let texts = Map::from([("uv.lock".to_owned(), inline)]);
    assert_eq!(Manifests::read(&texts).problems.len(), 1);
}

/// 20,000 files and 50 patterns, and patterns made to be slow.
#[test]
fn many_files_and_hostile_patterns_stay_fast() {
    let patterns: Vec<String> = (0..50)
        .map(|i| match i % 5 {
            0 => format!("**/node_modules{i}"),
            1 => format!("**/*.ext{i}"),
            2 => format!("folder{i}/*"),
            3 => format!("!folder{i}/**/keep?"),
            _ => format!("name{i}"),
        })
        .collect();
    let file = IgnoreFile::parse(&patterns.join("\n"));
    let entries =
        (0..20_000).map(|i| Entry::file(&format!("folder{}/sub{}/f{i}.ts", i % 97, i % 7), 1));
    let start = Instant::now();
    let context = Context::new(entries, &file);
    eprintln!("20,000 files × 50 patterns: {:?}", start.elapsed());
    assert_eq!(context.entries.len(), 20_000);

    let hostile = IgnoreFile::parse(&format!("{}z", "**/*a".repeat(200)));
    assert!(!hostile.decide(&"a/".repeat(2_000)).ignored);
    assert!(!glob::matches(&"*a".repeat(500), &"a".repeat(400)).expect("valid"));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// Go's rules, written down plainly and exponentially.
fn naive(pattern: &[char], name: &[char]) -> Result<bool, BadPattern> {
    let Some((&c, rest)) = pattern.split_first() else { return Ok(name.is_empty()) };
    match c {
        '*' => {
            let end = name.iter().position(|c| *c == '/').unwrap_or(name.len());
            Ok((0..=end).any(|i| naive(rest, &name[i..]) == Ok(true)))
        }
        '?' => Ok(name.first().is_some_and(|c| *c != '/') && naive(rest, &name[1..])?),
        '\\' => match rest.split_first() {
            Some((c, rest)) => Ok(name.first() == Some(c) && naive(rest, &name[1..])?),
            None => Err(BadPattern),
        },
        c => Ok(name.first() == Some(&c) && naive(rest, &name[1..])?),
    }
}

/// The same for `.dockerignore` patterns without classes.
fn naive_ignore(pattern: &[char], name: &[char]) -> bool {
    match pattern {
        [] => name.is_empty(),
        ['*', '*', '/'] | ['*', '*'] => !name.contains(&'\n'),
        ['*', '*', '/', rest @ ..] | ['*', '*', rest @ ..] => {
            let after = |i: usize| i == 0 || name[i - 1] == '/';
            (0..=name.len()).any(|i| after(i) && naive_ignore(rest, &name[i..]))
        }
        ['*', rest @ ..] => {
            let end = name.iter().position(|c| *c == '/').unwrap_or(name.len());
            (0..=end).any(|i| naive_ignore(rest, &name[i..]))
        }
        ['?', rest @ ..] => {
            name.first().is_some_and(|c| *c != '/') && naive_ignore(rest, &name[1..])
        }
        [c, rest @ ..] => name.first() == Some(c) && naive_ignore(rest, &name[1..]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(text in "\\PC{0,80}|[\\x00-\\x7f]{0,80}", path in "\\PC{0,30}|[a/.*]{0,20}") {
        let _ = parse_listing(&text);
        let file = IgnoreFile::parse(&text);
        let _ = file.decide(&path);
        let _ = file.hides_copy_source(&path);
        let _ = glob::matches(&text, &path);
        let _ = role(&text);
        let _ = json::parse(&text);
        let context = Context::new([Entry::file(&path, 1), Entry::folder("src", 2, 2)], &file);
        let _ = context.matching(&text);
    }

    #[test]
    fn no_manifest_panics(text in "[\\[\\]{}a.=\"'\\\\,:#\\n\\r @(/<>!-]{0,80}|\\PC{0,60}") {
        let names = ["package.json", "package-lock.json", "requirements.txt", "go.mod",
            "pyproject.toml", "poetry.lock", "yarn.lock", "pnpm-lock.yaml", "Gemfile.lock",
            "composer.json", "composer.lock", "pom.xml", "Cargo.toml", "Cargo.lock", "uv.lock"];
        let texts = names.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
        let _ = Manifests::read(&texts);
    }

    #[test]
    fn globs_agree_with_the_plain_reference(pattern in "[ab/*?]{0,8}", name in "[ab/]{0,8}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(glob::matches(&pattern, &name), naive(&chars(&pattern), &chars(&name)));
    }

    #[test]
    fn ignore_patterns_agree_with_the_plain_reference(
        pattern in "[ab](/?[ab*?]|/\\*\\*/[ab]){0,5}",
        name in "[ab](/?[ab]){0,7}",
    ) {
        // `**` at the start and at the end after plain text have rules of their
        // own, and the reference stands for the expression only.
        let file = IgnoreFile::from_patterns([pattern.as_str()]);
        prop_assume!(file.problems.is_empty() && !file.patterns.is_empty());
        let pattern: Vec<char> = file.patterns[0].pattern.chars().collect();
        let ways = name.match_indices('/').map(|(i, _)| i).chain([name.len()]);
        let expected =
            ways.map(|i| &name[..i]).any(|way| naive_ignore(&pattern, &way.chars().collect::<Vec<_>>()));
        prop_assert_eq!(file.decide(&name).ignored, expected);
    }

    #[test]
    fn the_walks_memory_changes_nothing(
        patterns in prop::collection::vec("!?[ab*?]{1,3}(/[ab*]{1,3}){0,2}", 0..6),
        mut paths in prop::collection::vec("[ab]{1,2}(/[ab]{1,2}){0,3}", 1..12),
    ) {
        let file = IgnoreFile::parse(&patterns.join("\n"));
        paths.sort();
        let mut walk = Walk::new(&file);
        for path in &paths {
            prop_assert_eq!(walk.decide(path), file.decide(path), "{}", path);
        }
    }
}

#[test]
fn a_listing_may_hold_folders_as_a_whole_and_guesses() {
    let listing =
        parse_listing("120\tsrc/main.ts\n~5000\tdocs/\t12\n300\tassets/\t3\n~7\tx y.txt\n");
    assert!(listing.problems.is_empty(), "{:?}", listing.problems);
    let mut entries: Vec<_> =
        listing.entries().map(|e| (e.path, e.bytes, e.files, e.assumed)).collect();
    entries.sort();
    let expected = [
        ("assets", 300, 3, false),
        ("docs", 5000, 12, true),
        ("src/main.ts", 120, 1, false),
        ("x y.txt", 7, 1, true),
    ];
    assert_eq!(
        entries,
        expected.map(|(path, bytes, files, assumed)| (path.to_owned(), bytes, files, assumed))
    );
    let wrong = parse_listing("~~5\tx\n~x\n");
    assert_eq!(wrong.problems.len(), 2);
}
