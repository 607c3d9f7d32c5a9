//! What goes beside the optimized files: a GitHub Actions job that builds and
//! scans the image, and the commands that verify it by hand. Both are right for
//! this Dockerfile: its target, build arguments, secrets and platforms.

use std::fmt::Write as _;

use crate::analysis::Analysis;
use crate::graph::{MountKind, Operation, PLATFORM_ARGUMENTS};
use crate::report::{Companion, RecipeStep};
use crate::sorted::Map;
use crate::syntax::Body;

/// Actions by the major versions that were current on 2026-11-24, as public
/// workflows use them. Trivy's has no major tag, and its older tags were moved
/// by an attacker in 2026: this is the first release after that.
const CHECKOUT: &str = "actions/checkout@v7";
const QEMU: &str = "docker/setup-qemu-action@v4";
const BUILDX: &str = "docker/setup-buildx-action@v4";
const LOGIN: &str = "docker/login-action@v4";
const BUILD: &str = "docker/build-push-action@v7";
const TRIVY: &str = "aquasecurity/trivy-action@v0.36.0";

/// The files and commands for an optimized version; none for a text without a
/// stage.
pub fn companions(analysis: &Analysis<'_>, steps: &[RecipeStep]) -> Vec<Companion> {
    let Some(needs) = Needs::of(analysis) else { return Vec::new() };
    vec![
        Companion {
            title: "GitHub Actions job".to_owned(),
            why: "Builds every push with a cache that keeps all stages, scans the image, and pushes what is on main.".to_owned(),
            path: Some(".github/workflows/image.yml".to_owned()),
            text: needs.workflow(),
        },
        Companion {
            title: "Commands to verify".to_owned(),
            why: "Builds the version before and the one after, and shows what each layer weighs. Paste the output of docker history under Settings to replace the estimates.".to_owned(),
            path: None,
            text: needs.commands(steps),
        },
    ]
}

/// What a build of the file must be told.
struct Needs<'a> {
    target: Option<&'a str>,
    /// Arguments with the value given; `None` where somebody must give one.
    arguments: Map<&'a str, Option<&'a str>>,
    secrets: Vec<&'a str>,
    ssh: bool,
    /// The platform of the final stage's FROM, if it names one.
    platform: Option<&'a str>,
    /// True when the file is written to be built for several platforms.
    crosses: bool,
}

impl<'a> Needs<'a> {
    fn of(analysis: &'a Analysis<'_>) -> Option<Self> {
        let (_, last) = analysis.target()?;
        let stages = analysis.graph.needed();
        let (mut secrets, mut ssh) = (Vec::new(), false);
        for step in stages.flat_map(|stage| &stage.steps) {
            let Operation::Run(run) = &step.operation else { continue };
            for mount in &run.mounts {
                match mount.kind {
                    MountKind::Secret if !secrets.contains(&&*mount.id) => secrets.push(&*mount.id),
                    MountKind::Ssh => ssh = true,
                    _ => {}
                }
            }
        }
        let project = analysis.project;
        let mut arguments: Map<&str, Option<&str>> =
            project.build_args.iter().map(|(name, value)| (&**name, Some(&**value))).collect();
        for instruction in &analysis.dockerfile.instructions {
            let Body::Arg(declarations) = &instruction.body else { continue };
            for declaration in declarations.iter().filter(|one| one.default.is_none()) {
                let name = &*declaration.name.text;
                if !is_automatic(name) && !defaults(analysis, name) {
                    arguments.entry(name).or_insert(None);
                }
            }
        }
        let source = analysis.dockerfile.source();
        let platform = analysis
            .from(last)
            .flags
            .iter()
            .find_map(|flag| analysis.dockerfile.text(flag.span).strip_prefix("--platform="));
        Some(Self {
            target: project.target.as_deref(),
            arguments,
            secrets,
            ssh,
            platform: platform.filter(|platform| !platform.contains('$')),
            crosses: PLATFORM_ARGUMENTS.iter().any(|(name, _)| source.contains(name)),
        })
    }

    /// The inputs of the build action that are the same for both steps.
    fn inputs(&self) -> String {
        let mut text = "          context: .\n          file: Dockerfile\n".to_owned();
        if let Some(target) = self.target {
            let _ = writeln!(text, "          target: {target}");
        }
        if !self.arguments.is_empty() {
            text.push_str("          build-args: |\n");
        }
        for (name, value) in &self.arguments {
            let _ = match value.filter(|value| !value.contains('\n')) {
                Some(value) => writeln!(text, "            {name}={value}"),
                None => writeln!(text, "            {name}=${{{{ vars.{name} }}}}"),
            };
        }
        if !self.secrets.is_empty() {
            text.push_str("          secrets: |\n");
        }
        for id in &self.secrets {
            let _ = writeln!(text, "            {id}=${{{{ secrets.{} }}}}", variable(id));
        }
        if self.ssh {
            text.push_str("          ssh: default\n");
        }
        text
    }

    fn workflow(&self) -> String {
        let inputs = self.inputs();
        let foreign = self.platform.is_some_and(|platform| !platform.starts_with("linux/amd64"));
        let qemu = match self.crosses || foreign {
            true => format!("      - uses: {QEMU}\n"),
            false => String::new(),
        };
        let platform = |names: Option<&str>| match names {
            Some(names) => format!("          platforms: {names}\n"),
            None => String::new(),
        };
        let one = platform(self.platform);
        let pushed = platform(match self.crosses {
            true => Some("linux/amd64,linux/arm64"),
            false => self.platform,
        });
        format!(
            "name: Image\n\n\
             on:\n  push:\n    branches: [main]\n  pull_request:\n\n\
             permissions:\n  contents: read\n  packages: write\n\n\
             jobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      \
             - uses: {CHECKOUT}\n{qemu}      \
             - uses: {BUILDX}\n      \
             - name: Build\n        uses: {BUILD}\n        with:\n\
             {inputs}{one}          load: true\n          tags: app:scan\n          \
             cache-from: type=gha\n          cache-to: type=gha,mode=max\n      \
             - name: Scan\n        uses: {TRIVY}\n        with:\n          \
             image-ref: app:scan\n          severity: HIGH,CRITICAL\n          \
             ignore-unfixed: true\n          exit-code: 1\n      \
             - name: Log in\n        if: github.event_name == 'push'\n        uses: {LOGIN}\n        \
             with:\n          registry: ghcr.io\n          username: ${{{{ github.actor }}}}\n          \
             password: ${{{{ secrets.GITHUB_TOKEN }}}}\n      \
             # The name of the image must be in lower case.\n      \
             - name: Push\n        if: github.event_name == 'push'\n        uses: {BUILD}\n        \
             with:\n{inputs}{pushed}          push: true\n          \
             tags: ghcr.io/${{{{ github.repository }}}}:${{{{ github.sha }}}}\n          \
             cache-from: type=gha\n"
        )
    }

    /// The options of `docker build`.
    fn options(&self) -> String {
        let mut text = String::new();
        if let Some(platform) = self.platform {
            let _ = write!(text, " --platform {platform}");
        }
        if let Some(target) = self.target {
            let _ = write!(text, " --target {}", quoted(target));
        }
        for (name, value) in &self.arguments {
            let _ = match value {
                Some(value) => write!(text, " --build-arg {}", quoted(&format!("{name}={value}"))),
                None => write!(text, " --build-arg {name}=\"${name}\""),
            };
        }
        for id in &self.secrets {
            let _ = write!(text, " --secret id={id},env={}", variable(id));
        }
        if self.ssh {
            text.push_str(" --ssh default");
        }
        text
    }

    fn commands(&self, steps: &[RecipeStep]) -> String {
        let options = self.options();
        let mut text = format!(
            "# Keep the present file as Dockerfile.before, then put the optimized one in its place.\n\
             docker build{options} -f Dockerfile.before -t app:before .\n\
             docker build{options} -t app:after .\n\
             docker image ls app\n\
             docker history --no-trunc app:after\n\
             docker run --rm -v /var/run/docker.sock:/var/run/docker.sock aquasec/trivy image --severity HIGH,CRITICAL app:after\n"
        );
        let mut checks: Vec<String> = Vec::new();
        for step in steps.iter().filter(|step| step.enabled) {
            // The image is there already, under this name.
            let check = step.verify.iter().flat_map(|verify| verify.split(" && "));
            for command in check.filter(|command| command.starts_with("docker run ")) {
                let command = command.replace(" app", " app:after");
                if !checks.contains(&command) {
                    checks.push(command);
                }
            }
        }
        for check in checks {
            let _ = writeln!(text, "{check}");
        }
        text
    }
}

/// True for an argument that BuildKit sets by itself.
fn is_automatic(name: &str) -> bool {
    PLATFORM_ARGUMENTS.iter().any(|(known, _)| *known == name)
}

/// True when another declaration of the argument has a default.
fn defaults(analysis: &Analysis<'_>, name: &str) -> bool {
    analysis.dockerfile.instructions.iter().any(|instruction| match &instruction.body {
        Body::Arg(declarations) => {
            declarations.iter().any(|one| one.name.text == name && one.default.is_some())
        }
        _ => false,
    })
}

/// The name of the variable that holds a secret.
fn variable(id: &str) -> String {
    id.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect()
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@,+".contains(c);
    match word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Project;

    fn of(dockerfile: &str, project: Project) -> [String; 2] {
        let project = Project { dockerfile: dockerfile.to_owned(), ..project };
        let made = companions(&Analysis::new(&project), &[]);
        let texts: Vec<String> = made.into_iter().map(|one| one.text).collect();
        texts.try_into().expect("two")
    }

    #[test]
    fn a_plain_file_needs_no_options() {
        let [workflow, commands] = of("FROM debian:12\nRUN true\n", Project::default());
        assert!(workflow.contains("cache-to: type=gha,mode=max") && workflow.contains(TRIVY));
        for absent in ["target:", "build-args", "secrets: |", "platforms", QEMU, "ssh"] {
            assert!(!workflow.contains(absent), "{absent} in\n{workflow}");
        }
        assert!(commands.contains("docker build -t app:after .\n"), "{commands}");
    }

    #[test]
    fn target_arguments_secrets_and_platforms_are_told() {
        let text = "ARG TAG=12\nFROM --platform=linux/arm64 debian:$TAG AS run\nARG TAG\nARG COMMIT\n\
                    RUN --mount=type=secret,id=npm-token --mount=type=ssh true\nFROM run AS test\n";
        let project = Project {
            target: Some("run".to_owned()),
            build_args: Map::from([("TAG".to_owned(), "1 3".to_owned())]),
            ..Project::default()
        };
        let [workflow, commands] = of(text, project);
        for line in [
            "target: run",
            "  TAG=1 3",
            "  COMMIT=${{ vars.COMMIT }}",
            "  npm-token=${{ secrets.NPM_TOKEN }}",
            "ssh: default",
            "platforms: linux/arm64",
            QEMU,
        ] {
            assert!(workflow.contains(line), "no {line} in\n{workflow}");
        }
        let options = "docker build --platform linux/arm64 --target run --build-arg COMMIT=\"$COMMIT\" \
                       --build-arg 'TAG=1 3' --secret id=npm-token,env=NPM_TOKEN --ssh default -t";
        assert!(commands.contains(options), "{commands}");
    }

    #[test]
    fn a_file_for_several_platforms_is_pushed_for_them_and_scanned_on_one() {
        let text = "FROM --platform=$BUILDPLATFORM golang:1.22 AS build\nARG TARGETARCH\n\
                    RUN GOARCH=$TARGETARCH go build -o /a .\nFROM scratch\nCOPY --from=build /a /a\n";
        let [workflow, commands] = of(text, Project::default());
        let (scan, push) = workflow.split_once("name: Scan").unwrap();
        assert!(!scan.contains("platforms:") && push.contains("linux/amd64,linux/arm64"));
        assert!(!commands.contains("TARGETARCH"));
    }
}
