//! A table of facts in memory.

/// Rows of text cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    columns: usize,
    text: String,
    /// Where each cell ends in `text`, row after row.
    ends: Vec<u32>,
}

impl Table {
    /// A table of that many columns without rows.
    pub fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Adds the next cell, row after row.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len() as u32);
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The number of whole rows.
    pub fn rows(&self) -> usize {
        self.ends.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Bytes of all cells.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// A cell's text; empty outside the table.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let index = row * self.columns + column;
        let end = |index: usize| self.ends.get(index).map_or(0, |end| *end as usize);
        let start = index.checked_sub(1).map_or(0, end);
        self.text.get(start..end(index)).filter(|_| column < self.columns).unwrap_or("")
    }

    /// A cell's number; zero where it has none. No figure is beyond 256 TiB, so
    /// that sums cannot overflow.
    pub fn number(&self, row: usize, column: usize) -> u64 {
        self.cell(row, column).parse().unwrap_or(0).min(1 << 48)
    }

    /// The items of a cell that holds a list with commas between.
    pub fn list(&self, row: usize, column: usize) -> impl Iterator<Item = &str> {
        self.cell(row, column).split(',').filter(|item| !item.is_empty())
    }
}
