//! Findings: one rule is one file; adding one touches its file and [`RULES`].

mod praise;
mod unknown_stage;

pub use praise::praise;

use crate::analysis::Analysis;
use crate::report::{Finding, FindingKind, Severity};
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
    /// Where it fires, with a message.
    pub check: fn(&Analysis<'_>) -> Vec<(Span, String)>,
}

/// Every rule.
const RULES: &[&Rule] = &[&unknown_stage::RULE];

/// All findings, in the file's order.
pub fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        RULES.iter().flat_map(|rule| rule.findings(analysis)).collect();
    findings.sort_by(|a, b| (a.line, a.column, &a.rule).cmp(&(b.line, b.column, &b.rule)));
    findings
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
