//! What is found out once for all rules.

use std::ops::Deref;

use super::shell_calls::{Sequences, read_sequences};
use crate::analysis::Analysis;

/// An analysis, and what its RUN instructions call.
pub struct Facts<'a> {
    analysis: &'a Analysis<'a>,
    /// The instructions in order, and those that ONBUILD defers.
    pub(super) sequences: Sequences<'a>,
}

impl<'a> Facts<'a> {
    /// Reads every RUN instruction.
    pub fn new(analysis: &'a Analysis<'_>) -> Self {
        Self { analysis, sequences: read_sequences(&analysis.dockerfile) }
    }
}

impl<'a> Deref for Facts<'a> {
    type Target = Analysis<'a>;

    fn deref(&self) -> &Self::Target {
        self.analysis
    }
}
