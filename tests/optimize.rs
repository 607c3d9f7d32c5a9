//! What must hold for every optimized project: 300 generated ones and every
//! Dockerfile of the fixtures, with any of the steps switched off.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dockerfile_playground::report::{Finding, OptimizedReport, Report, Severity};
use dockerfile_playground::sorted::Map;
use dockerfile_playground::{Analysis, Project, analyze, rules};

mod generate;
use generate::mixtures::Dice;

const GENERATED: u64 = 300;
/// Seconds below which a rebuild is not longer: figures are rounded.
const SECONDS: f64 = 0.05;

/// Checks everything of one project, and all that is wrong.
struct Check {
    name: String,
    wrong: Vec<String>,
}

impl Check {
    fn of(name: String, project: &Project) -> Vec<String> {
        let mut check = Self { name, wrong: Vec::new() };
        let report = analyze(project);
        if report.syntax.valid {
            check.version("", project, &report);
            check.idempotent(project, &report.optimized);
            check.untouched(&project.dockerfile, &report.optimized.dockerfile);
            check.toggles(project, &report);
        } else {
            let same = report.optimized.dockerfile == project.dockerfile;
            check.holds("", same, || "rewrote what does not parse".to_owned());
        }
        check.wrong
    }

    fn holds(&mut self, with: &str, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(format!("{}{with}: {}", self.name, what()));
        }
    }

    /// What holds for a result, whichever steps are on.
    fn version(&mut self, with: &str, project: &Project, report: &Report) {
        let optimized = &report.optimized;
        let text =
            || format!("\n--- from\n{}\n--- to\n{}", project.dockerfile, optimized.dockerfile);
        let after = of(project, optimized);
        let after = Analysis::new(&after);
        self.holds(with, after.is_valid(), || format!("{:?}{}", after.dockerfile.errors, text()));
        let (before, now) = (errors(&report.findings), errors(&rules::check(&after)));
        for (rule, count) in now {
            let added = count > before.get(&rule).copied().unwrap_or(0);
            self.holds(with, !added, || format!("adds the error {rule}{}", text()));
        }
        let steps = optimized.steps.iter().filter(|step| step.enabled);
        let (mut bytes, mut seconds) = (0, 0.0);
        for step in steps {
            bytes += (-step.saves_bytes).max(0) as u64;
            seconds += (-step.saves_seconds).max(0.0) + SECONDS;
        }
        let (small, large) = (report.image.size.expected, optimized.image.size.expected);
        self.holds(with, large <= small + bytes, || {
            format!("{small} bytes become {large}, {bytes} admitted{}", text())
        });
        let (short, long) = (report.cache[0].seconds, optimized.cache[0].seconds);
        self.holds(with, long <= short + seconds + SECONDS, || {
            format!("{short} s become {long}, {seconds} admitted{}", text())
        });
        let (given, got) = (&project.dockerfile, &optimized.dockerfile);
        let windows = given.contains("\r\n");
        let ends = if windows {
            got.matches('\n').count() == got.matches("\r\n").count()
        } else {
            !got.contains('\r')
        };
        self.holds(with, ends, || format!("mixes line ends{}", text()));
    }

    fn idempotent(&mut self, project: &Project, optimized: &OptimizedReport) {
        let again = analyze(&of(project, optimized)).optimized;
        let same = again.dockerfile == optimized.dockerfile;
        self.holds("", same, || {
            format!(
                "\n{}\n--- becomes, when optimized again,\n{}",
                optimized.dockerfile, again.dockerfile
            )
        });
        let same = again.dockerignore == optimized.dockerignore;
        self.holds("", same, || {
            format!(".dockerignore {:?} becomes {:?}", optimized.dockerignore, again.dockerignore)
        });
    }

    /// Marked lines stay byte for byte.
    fn untouched(&mut self, given: &str, got: &str) {
        let marked = |text: &str| {
            text.split_inclusive('\n').filter(|line| line.starts_with(generate::UNTOUCHED)).count()
        };
        self.holds("", marked(got) >= marked(given), || {
            format!("touches a comment\n--- from\n{given}\n--- to\n{got}")
        });
    }

    /// Some steps off, all of them off, and those on that are off.
    fn toggles(&mut self, project: &Project, report: &Report) {
        let steps = &report.optimized.steps;
        let all = |on: bool| steps.iter().map(|step| (step.recipe.clone(), on)).collect();
        if steps.iter().any(|step| !step.enabled) {
            self.toggled(" with all", project, all(true));
        }
        let none = self.toggled(" with none", project, all(false));
        // What another one made room for is not among the steps; nor is this.
        let first_off: Vec<_> = none.optimized.steps.iter().filter(|step| step.enabled).collect();
        self.holds(
            " with none",
            !first_off.is_empty() || none.optimized.dockerfile == project.dockerfile,
            || format!("becomes\n{}", none.optimized.dockerfile),
        );
        if steps.is_empty() {
            return;
        }
        let mut dice = Dice::new(project.dockerfile.len() as u64);
        let single = dice.below(steps.len());
        let alone = dice.below(2) == 0;
        let mut turned = |at: usize| if alone { at == single } else { dice.below(2) == 0 };
        let some: Map<String, bool> = steps
            .iter()
            .enumerate()
            .map(|(at, step)| (step.recipe.clone(), step.enabled != turned(at)))
            .collect();
        self.toggled(&format!(" with {some:?}"), project, some);
    }

    fn toggled(&mut self, with: &str, project: &Project, recipes: Map<String, bool>) -> Report {
        let project = Project { recipes, ..project.clone() };
        let report = analyze(&project);
        self.version(with, &project, &report);
        for step in &report.optimized.steps {
            let asked = project.recipes.get(&step.recipe);
            self.holds(with, asked.is_none_or(|on| *on == step.enabled), || {
                format!("{} is on: {}", step.recipe, step.enabled)
            });
        }
        report
    }
}

/// The optimized version as a project.
fn of(project: &Project, optimized: &OptimizedReport) -> Project {
    Project {
        dockerfile: optimized.dockerfile.clone(),
        dockerignore: optimized.dockerignore.clone(),
        ..project.clone()
    }
}

/// How many findings of severity error each rule has.
fn errors(findings: &[Finding]) -> BTreeMap<String, usize> {
    let mut errors = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        *errors.entry(finding.rule.clone()).or_insert(0) += 1;
    }
    errors
}

/// Nothing is wrong; else says how much is, and the first of it.
fn assert_none(wrong: Vec<String>) {
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n\n")
    );
}

#[test]
fn generated_projects() {
    let wrong = (0..GENERATED)
        .flat_map(|number| Check::of(format!("#{number}"), &generate::project(number)));
    assert_none(wrong.collect());
}

fn dockerfiles(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(dockerfiles(&path));
        } else if name.to_ascii_lowercase().contains("dockerfile") && !name.ends_with(".snap") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/fixtures", "tests/truth", "www/examples"];
    let paths: Vec<PathBuf> =
        folders.iter().flat_map(|folder| dockerfiles(&root.join(folder))).collect();
    assert!(paths.len() > 100, "only {} fixtures", paths.len());
    let wrong = paths.iter().flat_map(|path| {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let beside = path.with_extension("dockerignore");
        let project = Project {
            dockerfile: fs::read_to_string(path).unwrap(),
            dockerignore: fs::read_to_string(beside).unwrap_or_default(),
            ..Project::default()
        };
        Check::of(name, &project)
    });
    assert_none(wrong.collect());
}
