//! Findings: one rule is one file; adding one touches its file and `RULES`.

mod answers;
mod build_tools_left;
mod buildkit;
mod cache_busting_order;
mod cache_left_behind;
mod copies_secrets;
mod copies_unwanted_files;
mod deleted_secret;
mod dl1001;
mod dl3000;
mod dl3001;
mod dl3002;
mod dl3003;
mod dl3004;
mod dl3006;
mod dl3007;
mod dl3008;
mod dl3009;
mod dl3010;
mod dl3011;
mod dl3012;
mod dl3013;
mod dl3014;
mod dl3015;
mod dl3016;
mod dl3018;
mod dl3019;
mod dl3020;
mod dl3021;
mod dl3022;
mod dl3023;
mod dl3024;
mod dl3025;
mod dl3026;
mod dl3027;
mod dl3028;
mod dl3029;
mod dl3030;
mod dl3032;
mod dl3033;
mod dl3034;
mod dl3035;
mod dl3036;
mod dl3037;
mod dl3038;
mod dl3040;
mod dl3041;
mod dl3042;
mod dl3043;
mod dl3044;
mod dl3045;
mod dl3046;
mod dl3047;
mod dl3048;
mod dl3049;
mod dl3050;
mod dl3051;
mod dl3052;
mod dl3053;
mod dl3054;
mod dl3055;
mod dl3056;
mod dl3057;
mod dl3058;
mod dl3059;
mod dl3060;
mod dl3061;
mod dl3062;
mod dl3063;
mod dl3064;
mod dl3065;
mod dl3066;
mod dl3067;
mod dl4000;
mod dl4001;
mod dl4003;
mod dl4004;
mod dl4005;
mod dl4006;
mod facts;
mod final_image;
mod hadolint;
mod hidden_bytes;
mod labels;
mod pragma;
mod praise;
mod quick_fix;
mod runs_as_root;
mod same_cause;
mod secret_in_command;
mod shell_calls;
mod stale_package_lists;
mod stored_again;
mod too_long;
mod unknown_stage;
mod unsent_source;
mod unused_argument;
mod unused_context;
mod unused_stage;

pub use answers::{is_of_the_whole, recipes};
pub(crate) use buildkit::secrets_used_in_arg_or_env::is_secret;
pub use praise::praise;
pub use runs_as_root::DROP_PRIVILEGES;

use crate::analysis::Analysis;
use crate::decimal;
use crate::report::{Finding, FindingKind, Severity};
use crate::syntax::Span;
use facts::Facts;
use pragma::Pragmas;
pub use quick_fix::QuickFix;

/// A rule.
pub struct Rule {
    /// Stable id, kebab-case.
    pub id: &'static str,
    /// Names of the same rule elsewhere.
    pub aliases: &'static [&'static str],
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub kind: FindingKind,
    /// The edit that resolves a finding at its place, where there is one.
    pub fix: Option<QuickFix>,
    /// Where it fires, with a message.
    check: fn(&Facts<'_>) -> Vec<(Span, String)>,
}

/// Every rule but BuildKit's own checks, which are `buildkit::RULES`.
const RULES: &[&Rule] = &[
    &build_tools_left::RULE,
    &cache_busting_order::RULE,
    &cache_left_behind::RULE,
    &copies_secrets::RULE,
    &copies_unwanted_files::RULE,
    &deleted_secret::RULE,
    &hidden_bytes::RULE,
    &runs_as_root::RULE,
    &secret_in_command::RULE,
    &stale_package_lists::RULE,
    &stored_again::RULE,
    &too_long::RULE,
    &unknown_stage::RULE,
    &unsent_source::RULE,
    &unused_argument::RULE,
    &unused_context::RULE,
    &unused_stage::RULE,
    // hadolint's rules
    &dl3000::RULE,
    &dl3001::RULE,
    &dl3002::RULE,
    &dl3003::RULE,
    &dl3004::RULE,
    &dl3006::RULE,
    &dl3007::RULE,
    &dl3008::RULE,
    &dl3009::RULE,
    &dl3010::RULE,
    &dl3011::RULE,
    &dl3012::RULE,
    &dl3013::RULE,
    &dl3014::RULE,
    &dl3015::RULE,
    &dl3016::RULE,
    &dl3018::RULE,
    &dl3019::RULE,
    &dl3020::RULE,
    &dl3021::RULE,
    &dl3022::RULE,
    &dl3023::RULE,
    &dl3024::RULE,
    &dl3025::RULE,
    &dl3026::RULE,
    &dl3027::RULE,
    &dl3028::RULE,
    &dl3029::RULE,
    &dl3030::RULE,
    &dl3032::RULE,
    &dl3033::RULE,
    &dl3034::RULE,
    &dl3035::RULE,
    &dl3036::RULE,
    &dl3037::RULE,
    &dl3038::RULE,
    &dl3040::RULE,
    &dl3041::RULE,
    &dl3042::RULE,
    &dl3043::RULE,
    &dl3044::RULE,
    &dl3045::RULE,
    &dl3046::RULE,
    &dl3047::RULE,
    &dl3048::RULE,
    &dl3049::RULE,
    &dl3050::RULE,
    &dl3051::RULE,
    &dl3052::RULE,
    &dl3053::RULE,
    &dl3054::RULE,
    &dl3055::RULE,
    &dl3056::RULE,
    &dl3058::RULE,
    &dl3059::RULE,
    &dl3060::RULE,
    &dl3061::RULE,
    &dl3062::RULE,
    &dl3063::RULE,
    &dl3064::RULE,
    &dl3065::RULE,
    &dl3066::RULE,
    &dl3067::RULE,
    &dl4000::RULE,
    &dl4001::RULE,
    &dl4003::RULE,
    &dl4004::RULE,
    &dl4005::RULE,
    &dl4006::RULE,
];

/// Rules that are off unless the settings name them, as they are in hadolint.
const OPTIONAL: &[&Rule] = &[&dl1001::RULE, &dl3057::RULE];

/// All findings, in the file's order.
pub fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let mut findings = findings(analysis, |_, _| true);
    findings.sort_by(|a, b| (a.line, a.column, &a.rule).cmp(&(b.line, b.column, &b.rule)));
    same_cause::mark(&mut findings);
    findings
}

/// What is wrong so that it has to change, in no order; other rules are not asked.
pub fn errors(analysis: &Analysis<'_>) -> Vec<Finding> {
    let mut findings = findings(analysis, |pragmas, rule| pragmas.may_be_error(rule));
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

/// The findings of those rules that are wanted.
fn findings(
    analysis: &Analysis<'_>,
    is_wanted: impl Fn(&Pragmas<'_>, &Rule) -> bool,
) -> Vec<Finding> {
    let pragmas = Pragmas::new(analysis);
    let facts = Facts::new(analysis);
    let enabled = &analysis.project.settings.rules.enable;
    let is_enabled =
        |rule: &&&Rule| rule.aliases.iter().any(|name| enabled.iter().any(|e| e == name));
    let rules = all().chain(OPTIONAL.iter().filter(is_enabled).copied());
    let rules = rules.filter(|rule| is_wanted(&pragmas, rule));
    rules.flat_map(|rule| rule.findings(&facts, &pragmas)).collect()
}

/// Every rule there is, those that are off by default too.
pub fn list() -> impl Iterator<Item = &'static Rule> {
    all().chain(OPTIONAL.iter().copied())
}

fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(buildkit::RULES).copied()
}

/// Bytes for people, in decimal megabytes.
fn megabytes(bytes: u64) -> String {
    let decimals = if bytes < 10_000_000 { 1 } else { 0 };
    format!("{} MB", decimal::fixed(bytes as f64 / 1e6, decimals))
}

impl Rule {
    /// True when its findings can be resolved by an edit, at least some.
    pub fn has_fix(&self) -> bool {
        self.fix.is_some() || !recipes(self.id).is_empty()
    }

    fn findings(&self, facts: &Facts<'_>, pragmas: &Pragmas<'_>) -> Vec<Finding> {
        let found = (self.check)(facts).into_iter();
        let wanted = found.filter_map(|(span, message)| {
            Some(self.finding(facts, span, message, pragmas.severity(self, span)?))
        });
        wanted.collect()
    }

    fn finding(
        &self,
        facts: &Facts<'_>,
        span: Span,
        message: String,
        severity: Severity,
    ) -> Finding {
        let (start, end) =
            (facts.dockerfile.position(span.start), facts.dockerfile.position(span.end));
        Finding {
            rule: self.id.to_owned(),
            aliases: self.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            severity,
            kind: self.kind,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            message,
            same_as: None,
            fix: self.fix.and_then(|fix| fix.fix(facts, span)),
        }
    }
}
