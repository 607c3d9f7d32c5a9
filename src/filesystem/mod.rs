//! The filesystem model: an abstract root that every instruction acts on.
//!
//! Layer sizes, wasted bytes, what COPY --from takes and what stays cached all
//! follow from one walk over the build graph ([`evaluate()`]).

mod copy;
mod evaluate;
mod interpreter;
mod machine;
mod measured;
mod reuse;
mod tools;
mod tree;

pub use evaluate::{
    Contents, Evaluation, Images, Inputs, StageState, StepState, content, evaluate,
};
pub use machine::{Cost, Timing, Written};
pub use measured::{Figure, LayerSize, Measured, Measures, share_out};
pub use reuse::Earlier;
pub use tools::debian_size;
pub use tree::{Compression, Entry, LayerId, Tree};
