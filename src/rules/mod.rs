//! Findings: one rule is one file; adding one touches its file and `RULES`.

mod buildkit;
mod cache_busting_order;
mod cache_left_behind;
mod commands;
mod dl3000;
mod dl3001;
mod dl3003;
mod dl3004;
mod dl3012;
mod dl3021;
mod dl3025;
mod dl3027;
mod hidden_bytes;
mod pragma;
mod praise;
mod runs_as_root;
mod stale_package_lists;
mod too_long;
mod unknown_stage;
mod unsent_source;

// DL3030 to DL4006
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
mod shell_calls;

pub use praise::praise;
pub use runs_as_root::DROP_PRIVILEGES;

use crate::analysis::Analysis;
use crate::report::{Finding, FindingKind, LayerReport, Severity};
use crate::syntax::Span;
use pragma::Pragmas;

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
    /// The recipe that resolves it, by its id.
    pub recipe: Option<&'static str>,
    /// Where it fires, with a message.
    pub check: fn(&Analysis<'_>) -> Vec<(Span, String)>,
}

/// Every rule but BuildKit's own checks, which are `buildkit::RULES`.
const RULES: &[&Rule] = &[
    &cache_busting_order::RULE,
    &cache_left_behind::RULE,
    &hidden_bytes::RULE,
    &runs_as_root::RULE,
    &stale_package_lists::RULE,
    &too_long::RULE,
    &unknown_stage::RULE,
    &unsent_source::RULE,
    // DL3030 to DL4006
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
    // DL1001 to DL3029
    &dl3000::RULE,
    &dl3001::RULE,
    &dl3003::RULE,
    &dl3004::RULE,
    &dl3012::RULE,
    &dl3021::RULE,
    &dl3025::RULE,
    &dl3027::RULE,
];

/// All findings, in the file's order.
pub fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let pragmas = Pragmas::new(analysis);
    let mut findings: Vec<Finding> =
        all().flat_map(|rule| rule.findings(analysis, &pragmas)).collect();
    findings.sort_by(|a, b| (a.line, a.column, &a.rule).cmp(&(b.line, b.column, &b.rule)));
    findings
}

/// The recipe that resolves the findings of a rule.
pub fn recipe(rule: &str) -> Option<&'static str> {
    all().find(|known| known.id == rule)?.recipe
}

fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(buildkit::RULES).copied()
}

/// The instruction that made a layer.
fn layer_span(analysis: &Analysis<'_>, layer: &LayerReport) -> Option<Span> {
    let at_line = |span: Span| analysis.dockerfile.line(span.start) == layer.line;
    analysis
        .dockerfile
        .instructions
        .iter()
        .map(|instruction| instruction.span)
        .find(|span| at_line(*span))
}

/// Bytes for people, in decimal megabytes.
fn megabytes(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.0} MB", bytes as f64 / 1e6),
    }
}

impl Rule {
    fn findings(&self, analysis: &Analysis<'_>, pragmas: &Pragmas<'_>) -> Vec<Finding> {
        let found = (self.check)(analysis).into_iter();
        let wanted = found.filter_map(|(span, message)| {
            Some(self.finding(analysis, span, message, pragmas.severity(self, span)?))
        });
        wanted.collect()
    }

    fn finding(
        &self,
        analysis: &Analysis<'_>,
        span: Span,
        message: String,
        severity: Severity,
    ) -> Finding {
        let (start, end) =
            (analysis.dockerfile.position(span.start), analysis.dockerfile.position(span.end));
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
            fix: None,
        }
    }
}
