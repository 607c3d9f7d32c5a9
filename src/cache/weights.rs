//! A week of building: how often each change happens, and what that costs.

use super::Change;
use crate::context::{Role, role};
use crate::layers::round;
use crate::report::{CacheReport, Settings, WeeklyChange, WeeklyReport, WeeklySum};
use crate::sorted::Map;
use crate::units::{Evidence, EvidenceKind};

/// Weeks a month: 365.25 days / 12 / 7.
const WEEKS_A_MONTH: f64 = 4.348;
/// More builds a week than this are a slip of the hand.
const MOST_TIMES: f64 = 100_000.0;

/// The week of a project. `optimized` are the same changes under the optimized
/// version, in the same order; `given` the times that the user knows.
pub fn weekly(
    now: &[CacheReport],
    optimized: &[CacheReport],
    given: &Map<String, f64>,
    settings: &Settings,
) -> WeeklyReport {
    let mut problems = Vec::new();
    for (change, times) in given {
        if !now.iter().any(|report| report.change == *change) {
            problems.push(format!("{change} is not among the changes that are simulated"));
        } else if !(0.0..=MOST_TIMES).contains(times) {
            problems.push(format!(
                "{change} cannot happen {times} times a week: 0 to {MOST_TIMES} can"
            ));
        }
    }
    let known =
        |change: &str| given.get(change).copied().filter(|t| (0.0..=MOST_TIMES).contains(t));
    let possible = |report: &&CacheReport| report.problem.is_none();
    let times: Vec<(f64, Evidence)> = now
        .iter()
        .filter(possible)
        .map(|report| match known(&report.change) {
            Some(times) => (times, Evidence::new(EvidenceKind::Given, "As you said.")),
            None => usual(&report.changes),
        })
        .collect();
    let builds: f64 = times.iter().map(|(times, _)| times).sum();
    let pulls_a_week = settings.pulls_per_month.max(0.0) / WEEKS_A_MONTH;
    let pulls = if builds > 0.0 { pulls_a_week / builds } else { 0.0 };
    let reports = now.iter().zip(optimized).filter(|(now, _)| possible(now));
    let changes: Vec<WeeklyChange> = reports
        .zip(times)
        .map(|((now, optimized), (times, evidence))| WeeklyChange {
            change: now.change.clone(),
            title: now.title.clone(),
            times,
            evidence,
            now: sum(now, times, pulls),
            optimized: sum(optimized, times, pulls),
        })
        .collect();
    WeeklyReport {
        now: total(changes.iter().map(|change| change.now)),
        optimized: total(changes.iter().map(|change| change.optimized)),
        pulls_per_build: round(pulls),
        changes,
        evidence: vec![Evidence::new(
            EvidenceKind::Assumed,
            "Each build is pushed, and pulled by as many hosts as the pulls a month allow for; a host has the layers of the build before.",
        )],
        problems,
    }
}

fn sum(report: &CacheReport, times: f64, pulls: f64) -> WeeklySum {
    let pushed = report.pushed_bytes as f64 * times;
    WeeklySum {
        seconds: round(report.seconds * times),
        pushed_bytes: pushed as u64,
        pulled_bytes: (pushed * pulls) as u64,
    }
}

fn total(sums: impl Iterator<Item = WeeklySum>) -> WeeklySum {
    sums.fold(WeeklySum::default(), |total, sum| WeeklySum {
        seconds: round(total.seconds + sum.seconds),
        pushed_bytes: total.pushed_bytes.saturating_add(sum.pushed_bytes),
        pulled_bytes: total.pulled_bytes.saturating_add(sum.pulled_bytes),
    })
}

/// How often a change happens where nobody says: a guess with its reason.
fn usual(changes: &[String]) -> (f64, Evidence) {
    let (times, why) = match changes {
        [only] => Change::parse(only).map_or((1.0, "once a week"), |change| usual_of(&change)),
        _ => (1.0, "a combination that you picked: once a week"),
    };
    let text = format!("{times} times a week is a guess ({why}); put in your own.");
    (times, Evidence::new(EvidenceKind::Assumed, text))
}

fn usual_of(change: &Change) -> (f64, &'static str) {
    match change {
        Change::Edit(path) => match role_of(path) {
            Role::Source => (40.0, "a team of four that builds twice each working day"),
            Role::Test => (10.0, "a quarter of the source edits also touch tests"),
            Role::Docs => (3.0, "text changes now and then"),
            Role::Manifest | Role::Lockfile => {
                (3.0, "a new dependency, and the updates that a bot proposes")
            }
            Role::Git => (5.0, "a build of the same files after each day's commit"),
            Role::Ci | Role::Docker | Role::Editor => (1.0, "settings change about once a week"),
            _ => (5.0, "once each working day"),
        },
        Change::Add(_) => (5.0, "a new file each working day"),
        Change::Delete(_) | Change::Rename(..) => (2.0, "files go and move now and then"),
        Change::Touch(_) => (5.0, "each fresh checkout gives files other times"),
        Change::Chmod(_) => (0.2, "modes change about once a month"),
        Change::Argument(..) => (1.0, "a new version about once a week"),
        Change::Base(_) => (0.5, "a tag is moved every other week"),
        Change::Url(_) => (0.5, "what is published moves every other week"),
        Change::Dockerfile(_) | Change::EarlierDockerfile(_) => {
            (1.0, "the Dockerfile changes about once a week")
        }
        Change::Dockerignore(_) => (0.2, "it changes about once a month"),
    }
}

/// What a file is for, or a folder that stands for its files.
fn role_of(path: &str) -> Role {
    match role(path) {
        Role::Other => role(&format!("{path}/")),
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Project, analyze};

    fn week(given: &[(&str, f64)], settings: Settings) -> WeeklyReport {
        let project = Project {
            dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"
                .into(),
            weekly: given.iter().map(|(change, times)| ((*change).to_owned(), *times)).collect(),
            settings,
            ..Project::default()
        };
        analyze(&project).weekly
    }

    #[test]
    fn a_week_is_the_sum_of_its_changes() {
        let week = week(&[], Settings::default());
        assert!(week.changes.len() >= 3 && week.problems.is_empty());
        let seconds: f64 = week.changes.iter().map(|change| change.now.seconds).sum();
        assert!((seconds - week.now.seconds).abs() < 0.5);
        assert!(week.optimized.seconds < week.now.seconds);
        assert!(week.changes.iter().all(|change| change.evidence.kind == EvidenceKind::Assumed));
    }

    #[test]
    fn what_the_user_knows_counts() {
        let twice = week(&[("edit:src", 80.0)], Settings::default());
        let usual = week(&[], Settings::default());
        let of = |week: &WeeklyReport| {
            let change = week.changes.iter().find(|change| change.change == "edit:src");
            change.expect("the source edit").clone()
        };
        assert_eq!(of(&twice).evidence.kind, EvidenceKind::Given);
        assert!((of(&twice).now.seconds - 2.0 * of(&usual).now.seconds).abs() < 0.2);
    }

    #[test]
    fn every_pull_is_of_some_build() {
        let settings = Settings { pulls_per_month: 4_348.0, ..Settings::default() };
        let week = week(&[], settings);
        let builds: f64 = week.changes.iter().map(|change| change.times).sum();
        assert!((week.pulls_per_build * builds / 1_000.0 - 1.0).abs() < 0.05);
    }

    #[test]
    fn tells_of_times_that_cannot_be() {
        let week = week(&[("edit:nowhere", 1.0), ("edit:src", -1.0)], Settings::default());
        assert_eq!(week.problems.len(), 2);
        assert!(week.now.seconds > 0.0, "the usual times are taken");
    }
}
