//! Packs the tables of `data/` (see `src/data/pack.rs`) into the build folder:
//! a pack a file, and `embedded`, what is compiled in.

use std::collections::HashSet;
use std::path::Path;

#[path = "src/data/encode.rs"]
mod encode;
#[path = "src/data/table.rs"]
#[allow(dead_code)] // what only readers need
mod table;

use table::Table;

const RELEASES: [&str; 3] = ["bullseye", "bookworm", "trixie"];

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src/data/encode.rs");
    println!("cargo::rerun-if-changed=src/data/table.rs");
    let images = read("base_images.tsv");
    write("embedded", &[embedded(&images)]);
    write("images", &[images]);
    write("alpine", &[read("alpine_packages.tsv"), read("alpine_base.tsv")]);
    let npm = ["npm_sizes.tsv", "npm_light.tsv", "npm_packages.tsv", "npm_native.tsv"];
    write("npm", &npm.map(read));
    write("pip", &[read("pip_packages.tsv")]);
    write("rpm", &[read("rpm_packages.tsv")]);
    write("licences", &[read("spdx_licences.tsv")]);
    let base = read("debian_base.tsv");
    for release in RELEASES {
        let packages = read(&format!("debian_{release}.tsv"));
        let base = filtered(&base, |row| base.cell(row, 0) == release);
        write(&format!("debian-{release}"), &[packages, base]);
    }
}

/// A table of `data/`: a header, then a row a line. A line with another number
/// of cells than the header is a mistake.
fn read(name: &str) -> Table {
    let path = Path::new("data").join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let mut lines = text.lines();
    let mut table = Table::new(lines.next().unwrap_or("").split('\t').count());
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), table.columns(), "cells of a row of {}: {line}", path.display());
        cells.into_iter().for_each(|cell| table.push(cell));
    }
    table
}

/// The images that `embedded_images.tsv` names by one of their tags.
fn embedded(images: &Table) -> Table {
    let list = read("embedded_images.tsv");
    let mut wanted: HashSet<(&str, &str)> = HashSet::new();
    for row in 0..list.rows() {
        wanted.extend(list.list(row, 1).map(|tag| (list.cell(row, 0), tag)));
    }
    filtered(images, |row| {
        let mut tags = std::iter::once(images.cell(row, 1)).chain(images.list(row, 2));
        tags.any(|tag| wanted.contains(&(images.cell(row, 0), tag)))
    })
}

/// The rows that are wanted.
fn filtered(table: &Table, is_wanted: impl Fn(usize) -> bool) -> Table {
    let mut some = Table::new(table.columns());
    for row in (0..table.rows()).filter(|row| is_wanted(*row)) {
        (0..table.columns()).for_each(|column| some.push(table.cell(row, column)));
    }
    some
}

fn write(name: &str, tables: &[Table]) {
    let folder = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let path = Path::new(&folder).join(format!("{name}.pack"));
    std::fs::write(&path, encode::pack(name, tables)).expect("the build folder can be written to");
}
