//! A data pack with the right checksum: read or refused, and the catalog works
//! on with it.
#![no_main]

use dockerfile_playground::data::Catalog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let checksum = content.iter().fold(0xcbf2_9ce4_8422_2325, step);
    let mut catalog = Catalog::embedded();
    let _ = catalog.load(&[&b"DPK1"[..], &checksum.to_le_bytes(), content].concat());
    let image = catalog.image("node:22-alpine");
    let all = [String::from("curl")];
    catalog.debian(&image).closure(&all, true, &|_| false);
    catalog.alpine(&image).closure(&all, &|_| false);
});
