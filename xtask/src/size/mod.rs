//! `cargo xtask size`: what is in the WebAssembly module.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use lexopt::prelude::*;

use crate::{Outcome, brotli, wasm};

mod family;
mod module;

use module::{Function, Module};

/// Runs the command.
pub fn command(mut arguments: lexopt::Parser) -> Result<Outcome> {
    let mut longest = 30;
    let mut file = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("functions") => longest = arguments.value()?.parse()?,
            Value(path) if file.is_none() => file = Some(path.into()),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let module = Module::read(&fs::read(wasm::with_names(file)?)?)?;
    print_parts(&module)?;
    print_table("Code by family", &module.functions, |function| family::family(function))?;
    print_table("Code by module of the core", &module.functions, |function| {
        family::owner(function)
    })?;
    print_longest(&module.functions, longest);
    Ok(Outcome::Done)
}

/// Prints code, data and the rest.
fn print_parts(module: &Module) -> Result<()> {
    let code: Vec<u8> = module.functions.iter().flat_map(|one| one.code.clone()).collect();
    let packed = brotli::sizes_of_parts(&[code.clone(), module.data.clone()])?;
    println!("\n{:>11} {:>11}  part", "bytes", "brotli");
    print_row(code.len(), packed[0], "code");
    print_row(module.data.len(), packed[1], "data");
    println!("{:>11} {:>11}  types, tables, imports, exports", grouped(module.other), "");
    Ok(())
}

/// Prints a row a group of functions, largest first. Each group is packed
/// alone: what it shares with others is counted in both.
fn print_table(title: &str, functions: &[Function], group: fn(&Function) -> &str) -> Result<()> {
    let mut groups: BTreeMap<&str, (usize, Vec<u8>)> = BTreeMap::new();
    for function in functions {
        let (count, code) = groups.entry(group(function)).or_default();
        *count += 1;
        code.extend(&function.code);
    }
    let (counts, codes): (Vec<_>, Vec<_>) =
        groups.into_iter().map(|(name, (count, code))| ((name, count), code)).unzip();
    let packed = brotli::sizes_of_parts(&codes)?;
    let mut rows: Vec<_> = counts.into_iter().zip(&codes).zip(packed).collect();
    rows.sort_by_key(|(_, packed)| std::cmp::Reverse(*packed));
    println!("\n{:>11} {:>11} {:>9}  {title}", "bytes", "brotli", "functions");
    for (((name, count), code), packed) in rows {
        print_row(code.len(), packed, &format!("{count:>8}  {name}"));
    }
    Ok(())
}

fn print_longest(functions: &[Function], count: usize) {
    let mut longest: Vec<&Function> = functions.iter().collect();
    longest.sort_by_key(|function| std::cmp::Reverse(function.code.len()));
    println!("\n{:>11}  longest functions", "bytes");
    for function in longest.into_iter().take(count) {
        println!("{:>11}  {}", grouped(function.code.len() as u64), function.name);
    }
}

fn print_row(bytes: usize, packed: u64, name: &str) {
    println!("{:>11} {:>11}  {name}", grouped(bytes as u64), grouped(packed));
}

/// 1,234,567.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
