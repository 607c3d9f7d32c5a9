//! What is found out once for all rules.

use std::ops::Deref;

use super::shell_calls::{Sequences, read_sequences};
use crate::analysis::Analysis;
use crate::report::LayerReport;
use crate::syntax::Span;

/// An analysis, and what its RUN instructions call.
pub struct Facts<'a> {
    analysis: &'a Analysis<'a>,
    /// The instructions in order, and those that ONBUILD defers.
    pub(super) sequences: Sequences<'a>,
    /// The line that each instruction begins in.
    lines: Vec<u32>,
}

impl<'a> Facts<'a> {
    /// Reads every RUN instruction.
    pub fn new(analysis: &'a Analysis<'_>) -> Self {
        let dockerfile = &analysis.dockerfile;
        let starts = dockerfile.instructions.iter().map(|instruction| instruction.span.start);
        let lines = starts.map(|start| dockerfile.line(start)).collect();
        Self { analysis, sequences: read_sequences(dockerfile, &analysis.graph), lines }
    }

    /// The instruction that made a layer.
    pub fn layer_span(&self, layer: &LayerReport) -> Option<Span> {
        let index = self.lines.binary_search(&layer.line).ok()?;
        Some(self.analysis.dockerfile.instructions[index].span)
    }
}

impl<'a> Deref for Facts<'a> {
    type Target = Analysis<'a>;

    fn deref(&self) -> &Self::Target {
        self.analysis
    }
}
