//! Time of all rules on an analysed Dockerfile: 1,000 instructions are to be
//! checked in under 5 ms.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use dockerfile_playground::rules::check;
use dockerfile_playground::{Analysis, Project};
use fixtures::{FINDINGS, RUNS, STAGE, keep_memory, repeated};

mod fixtures;

/// Instructions.
const SIZES: [usize; 2] = [100, 1_000];

fn main() {
    keep_memory();
    divan::main();
}

/// A stage after the other, each on the one before: every variable is known to
/// all that follow.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn stages(bencher: Bencher, instructions: usize) {
    bench(bencher, instructions, STAGE);
}

/// One stage alone, whose RUN instructions are long.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn runs(bencher: Bencher, instructions: usize) {
    bench(bencher, instructions, RUNS);
}

/// Instructions that rules find much in.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn findings(bencher: Bencher, instructions: usize) {
    bench(bencher, instructions, FINDINGS);
}

fn bench(bencher: Bencher, instructions: usize, text: &str) {
    let project = Project { dockerfile: repeated(text, instructions), ..Project::default() };
    let analysis = Analysis::new(&project);
    assert_eq!(analysis.dockerfile.instructions.len(), instructions);
    bencher.counter(ItemsCount::new(instructions)).bench_local(|| check(black_box(&analysis)));
}
