//! Measured texts: no panic, and sizes that hold together.
#![no_main]

use dockerfile_playground::{Project, analyze};
use libfuzzer_sys::fuzz_target;

const DOCKERFILE: &str = include_str!("../../tests/fixtures/calibration/copies/Dockerfile");

fuzz_target!(|text: &str| {
    let report = analyze(&Project {
        dockerfile: DOCKERFILE.into(),
        measured: vec![text.into()],
        ..Project::default()
    });
    for layer in &report.layers {
        assert!(layer.size.low <= layer.size.expected && layer.size.expected <= layer.size.high);
        assert!(layer.wasted <= layer.size.expected, "{layer:?}");
    }
});
