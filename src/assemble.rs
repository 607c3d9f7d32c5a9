//! Puts the report together from what the modules found.

use std::rc::Rc;

use crate::analysis::Analysis;
use crate::cache::buildlog::Calibration;
use crate::cache::gitlog::GitLog;
use crate::cache::replay::History;
use crate::cache::{self, Change, Scenario, typical, weekly};
use crate::companions::companions;
use crate::context::{Context, IgnorePattern, Sum};
use crate::data::{Catalog, Pack};
use crate::graph::Base;
use crate::recipes::{self, Optimized, optimize};
use crate::report::*;
use crate::rules;
use crate::sorted::Map;
use crate::syntax::{Body, Dockerfile, Span};

/// Context entries listed in a report.
const MOST_ENTRIES: usize = 1_000;
/// Syntax errors listed in a report: a text with more is no Dockerfile.
const MOST_ERRORS: usize = 200;
/// Edits of a recipe that a finding offers: every finding carries them, and what
/// is more than this is a rewrite of the file, not the fix of one place.
const MOST_FIX_EDITS: usize = 50;
/// Build arguments listed in a report.
const MOST_ARGUMENTS: usize = 100;
/// Characters of a message: it may quote the input, which may be anything.
const LONGEST_MESSAGE: usize = 300;

/// The whole report.
pub fn report(catalog: &Catalog, project: &Project) -> Report {
    let analysis = Analysis::knowing(catalog, project);
    let asked = asked(project, &analysis.context);
    let cache = simulate(&analysis, &asked);
    let mut possible = asked.iter().zip(&cache);
    let measured =
        possible.find_map(|(asked, report)| Some((asked.as_ref().ok()?, report.seconds)));
    let optimized = optimize(&analysis, measured);
    let arguments = arguments(&analysis.dockerfile);
    let replay = project.git_log.as_deref().map(|log| replay(log, &analysis, &optimized.analysis));
    let mut wants = analysis.wants();
    wants.extend(optimized.analysis.wants());
    let optimized = optimized_report(&analysis, optimized, &asked, &cache);
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        syntax: syntax(&analysis),
        context: context(&analysis),
        stages: stages(&analysis),
        findings: findings(&analysis),
        weekly: weekly(&cache, &optimized.cache, &project.weekly, &project.settings),
        cache,
        replay,
        build_log: analysis.timing.as_deref().map(build_log),
        optimized,
        layers: analysis.layers,
        image: analysis.image,
        arguments,
        default_settings: Settings::default(),
        calibration: analysis.calibration,
        wants: wants.iter().map(Pack::to_string).collect(),
    }
}

/// A scenario to simulate, or the report that says why it cannot be read.
type Asked = Result<Scenario, Box<CacheReport>>;

/// What to simulate, in the order of the report.
fn asked(project: &Project, context: &Context) -> Vec<Asked> {
    let typical = if project.only_changes { Vec::new() } else { typical(context) };
    let own = project.changes.iter().map(|changes| {
        let texts = changes.as_slice();
        Scenario::parse(texts).map_err(|problem| Box::new(refused(texts, problem)))
    });
    typical.into_iter().map(Ok).chain(own).collect()
}

fn refused(texts: &[String], problem: String) -> CacheReport {
    let change = texts.join(cache::BETWEEN);
    CacheReport {
        title: shortened(&change),
        change,
        changes: texts.to_vec(),
        steps: Vec::new(),
        seconds: 0.0,
        pushed_bytes: 0,
        modes: Vec::new(),
        problem: Some(problem),
    }
}

fn simulate(analysis: &Analysis<'_>, asked: &[Asked]) -> Vec<CacheReport> {
    let simulate = |asked: &Asked| match asked {
        Ok(scenario) => analysis.simulate(scenario),
        Err(refused) => CacheReport::clone(refused),
    };
    asked.iter().map(simulate).collect()
}

/// The same under the optimized version; `now` is what there is under the
/// original. A change of a text that the recipes rewrite is one of what they make
/// of it: like is compared with like.
fn simulate_optimized(
    original: &Analysis<'_>,
    optimized: &Optimized<'_>,
    asked: &[Asked],
    now: &[CacheReport],
) -> Vec<CacheReport> {
    let is_original = optimized.is_original();
    let optimized = &optimized.analysis;
    let simulate = |(asked, now): (&Asked, &CacheReport)| match asked {
        Ok(scenario) if scenario.edits_texts() => {
            let changes = scenario.texts();
            let change = changes.join(cache::BETWEEN);
            let report = optimized.simulate(&of_optimized(original, scenario));
            CacheReport { change, changes, ..report }
        }
        Ok(scenario) if !is_original => optimized.simulate(scenario),
        Ok(_) | Err(_) => now.clone(),
    };
    asked.iter().zip(now).map(simulate).collect()
}

/// A scenario with the texts that the recipes make of its texts.
fn of_optimized(original: &Analysis<'_>, scenario: &Scenario) -> Scenario {
    let optimized = |dockerfile: &str, dockerignore: &str| {
        let Optimized { analysis, dockerignore, .. } =
            optimize(&original.with_texts(dockerfile, dockerignore), None);
        (analysis.dockerfile.source().to_owned(), dockerignore)
    };
    let was = (original.dockerfile.source(), &*original.dockerignore);
    let rewritten = |change: &Change| match change {
        Change::Dockerfile(text) => Change::Dockerfile(optimized(text, was.1).0),
        Change::EarlierDockerfile(text) => Change::EarlierDockerfile(optimized(text, was.1).0),
        Change::Dockerignore(text) => Change::Dockerignore(optimized(was.0, text).1),
        other => other.clone(),
    };
    Scenario { changes: scenario.changes.iter().map(rewritten).collect(), ..scenario.clone() }
}

/// What became of the build log.
fn build_log(calibration: &Calibration) -> BuildLogReport {
    let problems = calibration.problem.iter().map(located).collect();
    BuildLogReport { problems, ..calibration.report.clone() }
}

/// The project's history under both versions.
fn replay(log: &str, analysis: &Analysis<'_>, optimized: &Analysis<'_>) -> ReplayReport {
    let history = History::new(&GitLog::parse(log), &analysis.context);
    let settings = &analysis.project.settings;
    let outside = history.commits.iter().filter(|commit| commit.files.is_empty()).count();
    ReplayReport {
        now: analysis.version().replay(&history, settings),
        optimized: optimized.version().replay(&history, settings),
        commits: history.commits.len() as u32,
        outside: outside as u32,
        without_files: history.without_files,
        files: history.files.len() as u32,
        unlisted: history.unlisted,
        prefix: history.prefix,
        notes: history.notes,
        problems: history.problems.iter().map(located).collect(),
    }
}

fn located(found: &crate::context::Problem) -> Problem {
    Problem {
        message: shortened(&found.message),
        line: found.line,
        column: found.column,
        end_line: found.line,
        end_column: found.end_column,
        help: found.help.clone(),
    }
}

/// The declared arguments, each where it is declared first.
fn arguments(dockerfile: &Dockerfile) -> Vec<ArgumentReport> {
    let mut arguments: Vec<ArgumentReport> = Vec::new();
    for instruction in &dockerfile.instructions {
        let Body::Arg(declarations) = &instruction.body else { continue };
        for declaration in declarations {
            let name = &declaration.name.text;
            if arguments.len() < MOST_ARGUMENTS && !arguments.iter().any(|a| a.name == *name) {
                arguments.push(ArgumentReport {
                    name: name.clone(),
                    line: dockerfile.line(instruction.span.start),
                    default: declaration.default.as_ref().map(|default| default.text.clone()),
                });
            }
        }
    }
    arguments
}

fn syntax(analysis: &Analysis<'_>) -> SyntaxReport {
    let dockerfile = &analysis.dockerfile;
    let parse = dockerfile
        .errors
        .iter()
        .map(|error| problem(dockerfile, error.span, &error.message, error.help.as_deref()));
    let graph = analysis.graph.problems.iter().filter(|problem| problem.fatal);
    let graph = graph.map(|p| problem(dockerfile, p.span, &p.message, p.help.as_deref()));
    let mut errors: Vec<Problem> = parse.chain(graph).collect();
    errors.sort_by_key(|error| (error.line, error.column));
    errors.truncate(MOST_ERRORS);
    SyntaxReport { valid: errors.is_empty(), errors }
}

fn problem(dockerfile: &Dockerfile, span: Span, message: &str, help: Option<&str>) -> Problem {
    let (start, end) = (dockerfile.position(span.start), dockerfile.position(span.end));
    Problem {
        message: shortened(message),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        help: help.map(shortened),
    }
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

fn context(analysis: &Analysis<'_>) -> ContextReport {
    let context = &analysis.context;
    let (total, sent) = (context.total(), context.total_sent());
    let decided = context.decided_by(&analysis.ignore);
    let patterns = analysis.ignore.patterns.iter().zip(decided);
    let ignored = patterns.map(|(pattern, sum)| IgnoredReport {
        pattern: pattern.text.clone(),
        line: pattern.line,
        files: sum.files,
        bytes: sum.bytes,
        matches: context.matched_by(pattern),
    });
    let mut entries: Vec<ContextEntry> = context
        .entries
        .iter()
        .map(|entry| ContextEntry {
            path: entry.path.clone(),
            bytes: entry.bytes,
            files: entry.files,
            decided_by: entry
                .decision
                .decided_by
                .and_then(|index| analysis.ignore.patterns.get(index))
                .map(|p| p.line),
            sent: entry.sent(),
            assumed: entry.assumed,
            folder: entry.folder,
        })
        .collect();
    entries.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    entries.truncate(MOST_ENTRIES);
    let from_listing = analysis.listing_problems.iter().map(|found| Problem {
        message: format!("file listing: {}", found.message),
        line: found.line,
        column: found.column,
        end_line: found.line,
        end_column: found.column,
        help: found.help.clone(),
    });
    let from_manifests =
        analysis.manifests.problems.iter().map(|found| in_file(&found.path, &found.problem));
    let from_ignore = analysis.ignore.problems.iter().map(|found| in_file(".dockerignore", found));
    ContextReport {
        assumed: context.assumed,
        files: total.files,
        bytes: total.bytes,
        sent_files: sent.files,
        sent_bytes: sent.bytes,
        ignored: ignored.collect(),
        entries,
        problems: from_listing.chain(from_ignore).chain(from_manifests).collect(),
    }
}

fn in_file(path: &str, found: &crate::context::Problem) -> Problem {
    Problem {
        message: format!("{path}: {}", found.message),
        end_column: found.column,
        ..located(found)
    }
}

fn stages(analysis: &Analysis<'_>) -> Vec<StageReport> {
    let graph = &analysis.graph;
    let states = graph.stages.iter().zip(&analysis.evaluation.stages);
    let report = |(index, (stage, state)): (
        usize,
        (&crate::graph::Stage, &Rc<crate::filesystem::StageState>),
    )| {
        let instruction = &analysis.dockerfile.instructions[stage.instruction];
        StageReport {
            index: index as u32,
            name: stage.name.clone(),
            base: base(analysis, stage, state),
            line: analysis.dockerfile.line(instruction.span.start),
            needed: stage.needed,
            is_final: graph.target == Some(index),
            size: state.tree.iter().map(|(_, entry)| entry.bytes).sum(),
        }
    };
    states.enumerate().map(report).collect()
}

fn base(
    analysis: &Analysis<'_>,
    stage: &crate::graph::Stage,
    state: &crate::filesystem::StageState,
) -> BaseReport {
    match &stage.base {
        Base::Image(reference) => BaseReport {
            reference: reference.clone(),
            resolved: state.image.resolved.clone(),
            evidence: state.image.evidence.clone(),
        },
        Base::Scratch => BaseReport {
            reference: "scratch".to_owned(),
            resolved: None,
            evidence: Evidence::new(EvidenceKind::Given, "scratch is empty."),
        },
        Base::Stage(index) => BaseReport {
            reference: analysis.graph.stages[*index]
                .name
                .clone()
                .unwrap_or_else(|| index.to_string()),
            resolved: None,
            evidence: Evidence::new(EvidenceKind::Given, "A stage of this Dockerfile."),
        },
    }
}

/// The findings; where a recipe resolves one, its edits are the fix.
fn findings(analysis: &Analysis<'_>) -> Vec<Finding> {
    let mut findings = rules::check(analysis);
    let mut fixes = Map::new();
    for finding in findings.iter_mut().filter(|finding| finding.fix.is_none()) {
        let recipes = rules::recipes(&finding.rule);
        // Of several recipes, one that is not about this instruction is no answer,
        // save where the whole file is to be arranged anew.
        let anywhere = recipes.len() == 1 || rules::is_of_the_whole(&finding.rule);
        let here = |(places, _): &&(Vec<(u32, u32)>, Fix)| {
            let touches = |(start, end)| start <= finding.end_line && finding.line <= end;
            anywhere || places.is_empty() || places.iter().copied().any(touches)
        };
        finding.fix = recipes.iter().find_map(|recipe| {
            let found = fixes.entry(*recipe).or_insert_with(|| fix(analysis, recipe));
            found.as_ref().filter(here).map(|(_, fix)| fix.clone())
        });
    }
    findings
}

/// The edits of a recipe, and the first and last line of each.
fn fix(analysis: &Analysis<'_>, recipe: &str) -> Option<(Vec<(u32, u32)>, Fix)> {
    let (title, recipes::Rewrite { edits, dockerignore, .. }) = recipes::rewrite(recipe, analysis)?;
    if edits.len() > MOST_FIX_EDITS {
        return None;
    }
    let line = |offset| analysis.dockerfile.line(offset);
    let places = edits.iter().map(|edit| (line(edit.span.start), line(edit.span.end))).collect();
    let edit = |edit: recipes::Edit| TextEdit {
        start: analysis.dockerfile.utf16(edit.span.start),
        end: analysis.dockerfile.utf16(edit.span.end),
        text: edit.text,
    };
    let edits = edits.into_iter().map(edit).collect();
    Some((places, Fix { title: title.to_owned(), edits, dockerignore }))
}

/// The patterns of the proposed `.dockerignore`.
fn ignore_lines(original: &Analysis<'_>, optimized: &Analysis<'_>) -> Vec<IgnoreLine> {
    let context = &optimized.context;
    let patterns = &optimized.ignore.patterns;
    let line = |(pattern, sum): (&IgnorePattern, Sum)| {
        let own = original.ignore.patterns.iter().any(|own| own.text == pattern.text);
        IgnoreLine {
            line: pattern.line,
            pattern: pattern.text.clone(),
            added: !own,
            reason: (!own).then(|| recipes::reason(&pattern.text)).flatten().map(str::to_owned),
            files: sum.files,
            bytes: sum.bytes,
            matches: context.matched_by(pattern),
        }
    };
    patterns.iter().zip(context.decided_by(&optimized.ignore)).map(line).collect()
}

fn optimized_report(
    original: &Analysis<'_>,
    optimized: Optimized<'_>,
    asked: &[Asked],
    now: &[CacheReport],
) -> OptimizedReport {
    let praise = if optimized.is_original() { rules::praise(original) } else { Vec::new() };
    let cache = simulate_optimized(original, &optimized, asked, now);
    let Optimized { analysis, dockerignore, steps, .. } = optimized;
    OptimizedReport {
        dockerfile: match original.is_cut {
            true => original.project.dockerfile.clone(),
            false => analysis.dockerfile.source().to_owned(),
        },
        dockerignore,
        dockerignore_lines: ignore_lines(original, &analysis),
        companions: companions(&analysis, &steps),
        steps,
        stages: stages(&analysis),
        cache,
        layers: analysis.layers,
        image: analysis.image,
        praise,
    }
}
