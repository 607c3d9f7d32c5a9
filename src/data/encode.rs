//! Writes packs; see `pack.rs` for the format. Used by the build script, so it
//! stands on `table.rs` alone, and by tests.

use std::collections::BTreeSet;

use super::table::Table;

/// A pack of tables.
pub fn pack(name: &str, tables: &[Table]) -> Vec<u8> {
    let mut bytes = Vec::new();
    text(&mut bytes, name.as_bytes());
    number(&mut bytes, tables.len());
    for table in tables {
        number(&mut bytes, table.columns());
        number(&mut bytes, table.rows());
        for column in 0..table.columns() {
            let cells: Vec<&str> = (0..table.rows()).map(|row| table.cell(row, column)).collect();
            bytes.extend(smallest(&cells));
        }
    }
    sealed(&bytes)
}

/// The content of a pack with what goes before it.
pub fn sealed(content: &[u8]) -> Vec<u8> {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let checksum = content.iter().fold(0xcbf2_9ce4_8422_2325, step);
    [&b"DPK1"[..], &checksum.to_le_bytes(), content].concat()
}

/// The shortest way to write a column.
fn smallest(cells: &[&str]) -> Vec<u8> {
    let lists = [',', ' ', ';', '-', '.'].map(|separator| Some(lists(cells, separator)));
    let ways = [numbers(cells), Some(whole(cells))].into_iter().chain(lists);
    ways.flatten().min_by_key(Vec::len).unwrap_or_default()
}

/// Of a column whose cells are all numbers, or empty.
fn numbers(cells: &[&str]) -> Option<Vec<u8>> {
    let mut bytes = vec![0];
    for cell in cells {
        let value = match cell.parse::<usize>() {
            Ok(value) if value.to_string() == *cell => value.checked_add(1)?,
            _ if cell.is_empty() => 0,
            _ => return None,
        };
        number(&mut bytes, value);
    }
    Some(bytes)
}

fn whole(cells: &[&str]) -> Vec<u8> {
    let mut bytes = vec![1];
    let words = words(&mut bytes, cells.iter().copied());
    cells.iter().for_each(|cell| number(&mut bytes, index(&words, cell)));
    bytes
}

fn lists(cells: &[&str], separator: char) -> Vec<u8> {
    let split = |cell: &&'_ str| -> Vec<String> {
        let items = (!cell.is_empty()).then(|| cell.split(separator));
        items.into_iter().flatten().map(str::to_owned).collect()
    };
    let lists: Vec<Vec<String>> = cells.iter().map(split).collect();
    let mut bytes = vec![2, separator as u8];
    let words = words(&mut bytes, lists.iter().flatten().map(String::as_str));
    for list in &lists {
        number(&mut bytes, list.len());
        list.iter().for_each(|word| number(&mut bytes, index(&words, word)));
    }
    bytes
}

/// Writes the words that there are, and returns them in order.
fn words<'w>(bytes: &mut Vec<u8>, words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let words: Vec<&str> = words.collect::<BTreeSet<_>>().into_iter().collect();
    number(bytes, words.len());
    let mut last: &[u8] = &[];
    for word in &words {
        let word = word.as_bytes();
        let shared = word.iter().zip(last).take_while(|(one, other)| one == other).count();
        number(bytes, shared);
        text(bytes, &word[shared..]);
        last = word;
    }
    words
}

fn index(words: &[&str], word: &str) -> usize {
    words.binary_search(&word).unwrap_or_default()
}

fn text(bytes: &mut Vec<u8>, text: &[u8]) {
    number(bytes, text.len());
    bytes.extend(text);
}

fn number(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
