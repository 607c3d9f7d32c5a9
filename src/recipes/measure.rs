//! What edits save, by analysing both versions: for recipes that apply only
//! where they do.

use super::{Edit, apply};
use crate::analysis::Analysis;
use crate::cache::{Scenario, typical};

/// Less than this is not worth another order of instructions, seconds.
const WORTH_SECONDS: f64 = 0.5;
/// What rounding may make of no difference, seconds.
const ROUNDING: f64 = 0.05;

/// True when the rebuild after one of the changes is faster with the edits, and
/// after no other of them nor after a typical change slower.
pub fn is_faster(analysis: &Analysis<'_>, edits: &[Edit], changes: &[Scenario]) -> bool {
    gains(analysis, edits, changes, ROUNDING)
}

/// The same for the typical changes, where each may cost as much as a COPY more.
pub fn is_worth_copies(analysis: &Analysis<'_>, edits: &[Edit]) -> bool {
    gains(analysis, edits, &typical(&analysis.context), WORTH_SECONDS)
}

fn gains(analysis: &Analysis<'_>, edits: &[Edit], changes: &[Scenario], most_lost: f64) -> bool {
    let after = analysis.with_dockerfile(&apply(analysis.dockerfile.source(), edits));
    let typical = typical(&analysis.context);
    let gained = |change| analysis.rebuild_seconds(change) - after.rebuild_seconds(change);
    after.is_valid()
        && changes.iter().any(|change| gained(change) >= WORTH_SECONDS)
        && changes.iter().chain(&typical).all(|change| gained(change) > -most_lost)
}

/// Expected bytes of the image that the edits save; negative where they add.
pub fn saved_bytes(analysis: &Analysis<'_>, edits: &[Edit]) -> i64 {
    let after = analysis.with_dockerfile(&apply(analysis.dockerfile.source(), edits));
    analysis.image.size.expected as i64 - after.image.size.expected as i64
}
