//! A table of facts in memory.

/// Rows of text cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    columns: usize,
    text: String,
    /// Where each cell lies in `text`, row after row.
    cells: Vec<(u32, u32)>,
}

impl Table {
    /// Reads tab-separated text: a header, then a row a line; empty lines and
    /// comments (`#`) are no rows, nor are lines with another number of cells.
    pub fn from_tsv(text: &str) -> Self {
        let header = text.lines().next().unwrap_or("");
        let mut table = Self { columns: header.split('\t').count(), ..Self::default() };
        for row in super::rows(text).filter(|row| row.len() == table.columns) {
            for cell in row {
                let start = table.text.len() as u32;
                table.text.push_str(cell);
                table.cells.push((start, table.text.len() as u32));
            }
        }
        table
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// A cell's text; empty outside the table.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let inside = column < self.columns;
        let cell = inside.then(|| self.cells.get(row * self.columns + column)).flatten();
        cell.and_then(|(start, end)| self.text.get(*start as usize..*end as usize)).unwrap_or("")
    }

    /// A cell's number; zero where it has none.
    pub fn number(&self, row: usize, column: usize) -> u64 {
        self.cell(row, column).parse().unwrap_or(0)
    }
}
