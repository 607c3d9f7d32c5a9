//! Findings: one rule is one file; adding one touches its file and `RULES`.

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
mod praise;
mod runs_as_root;
mod too_long;
mod unknown_stage;
mod unsent_source;

pub use praise::praise;
pub use runs_as_root::DROP_PRIVILEGES;

use crate::analysis::Analysis;
use crate::report::{Finding, FindingKind, LayerReport, Severity};
use crate::syntax::Span;

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

/// Every rule.
const RULES: &[&Rule] = &[
    &cache_busting_order::RULE,
    &cache_left_behind::RULE,
    &hidden_bytes::RULE,
    &runs_as_root::RULE,
    &too_long::RULE,
    &unknown_stage::RULE,
    &unsent_source::RULE,
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
    let mut findings: Vec<Finding> =
        RULES.iter().flat_map(|rule| rule.findings(analysis)).collect();
    findings.sort_by(|a, b| (a.line, a.column, &a.rule).cmp(&(b.line, b.column, &b.rule)));
    findings
}

/// The recipe that resolves the findings of a rule.
pub fn recipe(rule: &str) -> Option<&'static str> {
    RULES.iter().find(|known| known.id == rule)?.recipe
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
    fn findings(&self, analysis: &Analysis<'_>) -> Vec<Finding> {
        let found = (self.check)(analysis).into_iter();
        found.map(|(span, message)| self.finding(analysis, span, message)).collect()
    }

    fn finding(&self, analysis: &Analysis<'_>, span: Span, message: String) -> Finding {
        let (start, end) =
            (analysis.dockerfile.position(span.start), analysis.dockerfile.position(span.end));
        Finding {
            rule: self.id.to_owned(),
            aliases: self.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            severity: self.severity,
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
