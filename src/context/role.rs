//! What a file is for, told by its path alone.

/// What a file of the build context is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Names what a project depends on (`package.json`, `go.mod`).
    Manifest,
    /// Pins what a project depends on (`package-lock.json`, `go.sum`).
    Lockfile,
    /// Code that a build needs.
    Source,
    /// Tests and their data.
    Test,
    /// Text for people.
    Docs,
    /// Below `.git`, or one of git's own files.
    Git,
    /// Installed dependencies (`node_modules`, `.venv`, `vendor`).
    Dependencies,
    /// What a build made (`dist`, `target`, `__pycache__`).
    BuildOutput,
    /// May hold credentials (`.env`, `*.pem`, `.npmrc`).
    Secret,
    /// Logs.
    Log,
    /// An editor's or operating system's own files.
    Editor,
    /// Continuous integration.
    Ci,
    /// Dockerfiles, ignore files, Compose files.
    Docker,
    /// None of these.
    Other,
}

/// What a path is for; folders on the way weigh more than the name. A trailing
/// `/` says that the path is a folder.
pub fn role(path: &str) -> Role {
    let path = path.to_ascii_lowercase();
    let trimmed = path.trim_end_matches('/');
    let components: Vec<&str> = trimmed.split('/').collect();
    let Some((name, folders)) = components.split_last() else { return Role::Other };
    let folders = if trimmed.len() < path.len() { components.as_slice() } else { folders };
    if let Some(role) = components.iter().find_map(|name| folder_role(name)) {
        return role;
    }
    // Below `src`, a folder named `build` is code like any other.
    let outside_source = folders.iter().take_while(|folder| **folder != "src");
    if let Some(role) = outside_source.copied().find_map(made_folder_role) {
        return role;
    }
    name_role(name)
        .or_else(|| folders.iter().find_map(|folder| topic_role(folder)))
        .or_else(|| is_test_name(name).then_some(Role::Test))
        .or_else(|| extension_role(name))
        .or_else(|| folders.first().and_then(|folder| source_role(folder)))
        .unwrap_or(Role::Other)
}

/// Folders whose whole content has one role, whatever the names in it.
fn folder_role(name: &str) -> Option<Role> {
    Some(match name {
        ".git" | ".hg" | ".svn" => Role::Git,
        "node_modules" | "bower_components" | ".venv" | "venv" | "site-packages"
        | ".pnpm-store" | ".bundle" | ".gradle" | ".m2" | ".eggs" | ".tox" | ".nox" => {
            Role::Dependencies
        }
        ".next" | ".nuxt" | ".output" | ".svelte-kit" | ".turbo" | ".parcel-cache" | ".cache"
        | "__pycache__" | ".pytest_cache" | ".mypy_cache" | ".ruff_cache" | ".nyc_output"
        | ".angular" | ".astro" => Role::BuildOutput,
        ".ssh" | ".aws" | ".gnupg" | ".kube" => Role::Secret,
        ".github" | ".gitlab" | ".circleci" | ".buildkite" | ".woodpecker" => Role::Ci,
        ".idea" | ".vscode" | ".vs" | ".fleet" | ".devcontainer" | ".settings" => Role::Editor,
        _ => return None,
    })
}

/// The same for names that only a folder has by custom.
fn made_folder_role(name: &str) -> Option<Role> {
    Some(match name {
        "vendor" => Role::Dependencies,
        "dist" | "build" | "out" | "target" | "obj" | "coverage" | "htmlcov"
        | "storybook-static" => Role::BuildOutput,
        _ => return None,
    })
}

/// Folders that tell what their content is about, unless a name says more.
fn topic_role(name: &str) -> Option<Role> {
    Some(match name {
        "test" | "tests" | "__tests__" | "__mocks__" | "spec" | "specs" | "testdata" | "e2e"
        | "fixtures" | "cypress" | "playwright" => Role::Test,
        "docs" | "doc" | "documentation" => Role::Docs,
        "log" | "logs" => Role::Log,
        _ => return None,
    })
}

fn name_role(name: &str) -> Option<Role> {
    lockfile(name)
        .or_else(|| manifest(name))
        .or_else(|| docker(name))
        .or_else(|| secret(name))
        .or_else(|| tool_file(name))
}

fn lockfile(name: &str) -> Option<Role> {
    let known = matches!(
        name,
        "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lock"
            | "bun.lockb"
            | "deno.lock"
            | "poetry.lock"
            | "uv.lock"
            | "pdm.lock"
            | "pipfile.lock"
            | "go.sum"
            | "go.work.sum"
            | "cargo.lock"
            | "gemfile.lock"
            | "composer.lock"
            | "mix.lock"
            | "gradle.lockfile"
            | "packages.lock.json"
            | "pubspec.lock"
    );
    known.then_some(Role::Lockfile)
}

fn manifest(name: &str) -> Option<Role> {
    let known = matches!(
        name,
        "package.json"
            | "pnpm-workspace.yaml"
            | "deno.json"
            | "pyproject.toml"
            | "setup.py"
            | "setup.cfg"
            | "pipfile"
            | "environment.yml"
            | "go.mod"
            | "go.work"
            | "cargo.toml"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "settings.gradle"
            | "settings.gradle.kts"
            | "gradle.properties"
            | "gemfile"
            | "composer.json"
            | "mix.exs"
            | "pubspec.yaml"
            | "directory.packages.props"
    );
    let requirements = (name.starts_with("requirements") || name.starts_with("constraints"))
        && (name.ends_with(".txt") || name.ends_with(".in"));
    let by_extension = [".csproj", ".fsproj", ".sln", ".gemspec", ".cabal"];
    (known || requirements || by_extension.iter().any(|end| name.ends_with(end)))
        .then_some(Role::Manifest)
}

fn docker(name: &str) -> Option<Role> {
    let known = name == "dockerfile"
        || name == "containerfile"
        || name.starts_with("dockerfile.")
        || name.starts_with("containerfile.")
        || name.ends_with(".dockerfile")
        || name.ends_with(".dockerignore")
        || name.starts_with("docker-compose.")
        || name.starts_with("docker-bake.")
        || matches!(name, "compose.yml" | "compose.yaml");
    known.then_some(Role::Docker)
}

fn secret(name: &str) -> Option<Role> {
    if matches!(name, ".env.example" | ".env.sample" | ".env.template" | ".env.dist") {
        return Some(Role::Docs);
    }
    let known = matches!(
        name,
        ".env"
            | ".npmrc"
            | ".yarnrc"
            | ".pypirc"
            | ".netrc"
            | ".git-credentials"
            | ".htpasswd"
            | ".pgpass"
            | ".dockercfg"
            | "id_rsa"
            | "id_dsa"
            | "id_ecdsa"
            | "id_ed25519"
            | "credentials"
            | "credentials.json"
            | "secrets.yml"
            | "secrets.yaml"
            | "secrets.json"
            | "master.key"
            | "kubeconfig"
    );
    let ends = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk", ".tfvars", ".tfstate"];
    (known || name.starts_with(".env.") || ends.iter().any(|end| name.ends_with(end)))
        .then_some(Role::Secret)
}

fn tool_file(name: &str) -> Option<Role> {
    Some(match name {
        ".gitignore" | ".gitattributes" | ".gitmodules" | ".gitkeep" | ".mailmap" => Role::Git,
        ".gitlab-ci.yml"
        | ".travis.yml"
        | "jenkinsfile"
        | "azure-pipelines.yml"
        | "bitbucket-pipelines.yml"
        | "cloudbuild.yaml"
        | ".drone.yml" => Role::Ci,
        ".editorconfig" | ".ds_store" | "thumbs.db" | "desktop.ini" => Role::Editor,
        "readme" | "license" | "licence" | "changelog" | "contributing" | "authors" | "notice" => {
            Role::Docs
        }
        _ => return None,
    })
}

fn is_test_name(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.ends_with(".test")
        || stem.ends_with(".spec")
        || stem.ends_with("_test")
        || stem.ends_with("_spec")
        || (stem.starts_with("test_") && name.ends_with(".py"))
        || name == "conftest.py"
}

fn extension_role(name: &str) -> Option<Role> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "log" => Role::Log,
        "md" | "mdx" | "rst" | "adoc" | "txt" => Role::Docs,
        "swp" | "swo" | "iml" | "code-workspace" => Role::Editor,
        "pyc" | "pyo" | "o" | "class" | "map" | "tsbuildinfo" => Role::BuildOutput,
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" | "css"
        | "scss" | "less" | "html" | "py" | "pyi" | "go" | "rs" | "java" | "kt" | "kts"
        | "scala" | "groovy" | "rb" | "erb" | "php" | "c" | "h" | "cc" | "cpp" | "hpp" | "cs"
        | "fs" | "swift" | "ex" | "exs" | "sh" | "bash" | "sql" | "proto" | "graphql" | "lua"
        | "pl" | "r" | "hs" | "clj" | "dart" | "zig" => Role::Source,
        _ => return None,
    })
}

fn source_role(top_folder: &str) -> Option<Role> {
    let known = matches!(
        top_folder,
        "src"
            | "app"
            | "apps"
            | "lib"
            | "libs"
            | "cmd"
            | "internal"
            | "pkg"
            | "packages"
            | "crates"
            | "server"
            | "client"
            | "public"
            | "static"
            | "assets"
            | "templates"
    );
    known.then_some(Role::Source)
}
