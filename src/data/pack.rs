//! Packs: tables as a file, written at build time (`encode.rs`), read here.
//!
//! ```text
//! pack    "DPK1", checksum (FNV-1a of all that follows, 8 bytes, little-endian),
//!         name, number of tables, tables
//! table   number of columns, number of rows, columns
//! column  0, then a number + 1 a row, or 0 for an empty cell
//!         1, words, then a word a row
//!         2, separator (a byte), words, then the number of words and the words a row
//! words   their number, and for each in order: bytes shared with the one
//!         before, the other bytes
//! ```
//!
//! Numbers are varints (LEB128), texts have their length first. A pack comes
//! over the network: reading one never panics, and takes memory in proportion
//! to its length, up to [`MOST_BYTES`] a table.

use std::fmt;

use super::table::Table;

/// What a pack begins with.
const MAGIC: [u8; 4] = *b"DPK1";
/// Bytes of text in a table; the largest one has a tenth of it.
const MOST_BYTES: usize = 16 << 20;

/// Why a file is no pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackError {
    /// It begins otherwise: not a pack, or one of another version.
    Other,
    /// Bytes are missing or have changed.
    Damaged,
    /// A pack of that name is not known, or has not the tables it should have.
    Unknown(String),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other => f.write_str("not a data pack of this version"),
            Self::Damaged => f.write_str("the data pack is damaged"),
            Self::Unknown(name) => write!(f, "no data pack is named {name}"),
        }
    }
}

impl std::error::Error for PackError {}

/// The name and the tables of a pack.
pub fn read(bytes: &[u8]) -> Result<(String, Vec<Table>), PackError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(PackError::Other)?;
    let (checksum, rest) = rest.split_first_chunk().ok_or(PackError::Damaged)?;
    if fnv(rest) != u64::from_le_bytes(*checksum) {
        return Err(PackError::Damaged);
    }
    let mut reader = Reader { rest };
    reader.pack().ok_or(PackError::Damaged)
}

/// The 64-bit FNV-1a hash: finds damage, and proves no origin.
fn fnv(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn pack(&mut self) -> Option<(String, Vec<Table>)> {
        let name = std::str::from_utf8(self.text()?).ok()?.to_owned();
        let count = self.count()?;
        let tables = (0..count).map(|_| self.table()).collect::<Option<_>>()?;
        self.rest.is_empty().then_some((name, tables))
    }

    fn table(&mut self) -> Option<Table> {
        let columns = self.count()?;
        // A row takes a byte or more: more rows than bytes are damage.
        let rows = Some(self.count()?).filter(|rows| *rows <= self.rest.len())?;
        let columns: Vec<Column> =
            (0..columns).map(|_| self.column(rows)).collect::<Option<_>>()?;
        let mut table = Table::new(columns.len());
        let mut cell = String::new();
        for row in 0..rows {
            for column in &columns {
                cell.clear();
                column.write(row, &mut cell)?;
                if table.bytes() + cell.len() > MOST_BYTES {
                    return None;
                }
                table.push(&cell);
            }
        }
        Some(table)
    }

    fn column(&mut self, rows: usize) -> Option<Column> {
        match self.byte()? {
            0 => Some(Column::Numbers((0..rows).map(|_| self.number()).collect::<Option<_>>()?)),
            1 => {
                let words = self.words()?;
                let cells = (0..rows).map(|_| self.count()).collect::<Option<_>>()?;
                Some(Column::Words(words, cells))
            }
            2 => {
                let separator = Some(self.byte()?).filter(u8::is_ascii)?.into();
                let words = self.words()?;
                let list = |reader: &mut Self| {
                    let count = reader.count()?;
                    (0..count).map(|_| reader.count()).collect::<Option<_>>()
                };
                let cells = (0..rows).map(|_| list(self)).collect::<Option<_>>()?;
                Some(Column::Lists(separator, words, cells))
            }
            _ => None,
        }
    }

    fn words(&mut self) -> Option<Vec<String>> {
        let mut words: Vec<String> = Vec::new();
        let mut total = 0;
        for _ in 0..self.count()? {
            let last = words.last().map_or(&[][..], |last| last.as_bytes());
            let mut word = last.get(..self.count()?)?.to_vec();
            word.extend(self.text()?);
            total += word.len();
            if total > MOST_BYTES {
                return None;
            }
            words.push(String::from_utf8(word).ok()?);
        }
        Some(words)
    }

    fn text(&mut self) -> Option<&'b [u8]> {
        let length = self.count()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(text)
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

enum Column {
    Numbers(Vec<u64>),
    Words(Vec<String>, Vec<usize>),
    Lists(char, Vec<String>, Vec<Vec<usize>>),
}

impl Column {
    /// Appends a row's cell.
    fn write(&self, row: usize, cell: &mut String) -> Option<()> {
        match self {
            Self::Numbers(numbers) => {
                if let Some(number) = numbers.get(row)?.checked_sub(1) {
                    cell.push_str(&number.to_string());
                }
            }
            Self::Words(words, cells) => cell.push_str(words.get(*cells.get(row)?)?),
            Self::Lists(separator, words, cells) => {
                for (index, word) in cells.get(row)?.iter().enumerate() {
                    if index > 0 {
                        cell.push(*separator);
                    }
                    let word = words.get(*word)?;
                    if cell.len() + word.len() > MOST_BYTES {
                        return None;
                    }
                    cell.push_str(word);
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::encode::{self, pack};
    use super::*;

    fn table(columns: usize, cells: &[String]) -> Table {
        let mut table = Table::new(columns);
        cells.iter().take(cells.len() / columns * columns).for_each(|cell| table.push(cell));
        table
    }

    /// Cells as the tables have them: numbers, names, lists, sentences.
    fn cells() -> impl Strategy<Value = Vec<String>> {
        let number = any::<u64>().prop_map(|number| number.to_string());
        let cell = prop_oneof![number, "0{0,2}[0-9]{0,3}", "[a-c,é]{0,6}", "([a-z]{1,3} ){0,4}.?"];
        proptest::collection::vec(cell, 0..60)
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(columns in 1usize..5, cells in cells(), name in ".{0,9}") {
            let tables = [table(columns, &cells), table(1, &cells), Table::new(3)];
            prop_assert_eq!(read(&pack(&name, &tables)), Ok((name, tables.to_vec())));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            prop_assert!(read(&bytes).is_err());
            let _ = read(&encode::sealed(&bytes));
        }

        #[test]
        fn a_changed_or_missing_byte_is_noticed(cells in cells(), at: prop::sample::Index, bit in 0u8..8) {
            let good = pack("name", &[table(1, &cells)]);
            let at = at.index(good.len());
            prop_assert!(read(&good[..at]).is_err());
            let mut bad = good;
            bad[at] ^= 1 << bit;
            prop_assert!(read(&bad).is_err());
            // With the right checksum it is read or refused.
            let _ = read(&encode::sealed(bad.get(12..).unwrap_or_default()));
        }
    }

    #[test]
    fn rows_without_columns_are_damage() {
        let mut table = vec![0, 1, 0];
        table.extend([0xff; 8]);
        table.push(0x7f);
        assert_eq!(read(&encode::sealed(&table)), Err(PackError::Damaged));
    }

    #[test]
    fn a_small_pack_cannot_fill_the_memory() {
        let long = "x".repeat(60_000);
        let mut table = Table::new(1);
        (0..300).for_each(|_| table.push(&long));
        let bomb = pack("bomb", &[table]);
        assert!(bomb.len() < 100_000);
        assert_eq!(read(&bomb), Err(PackError::Damaged));
    }
}
