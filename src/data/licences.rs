//! Names of licences (`data/spdx_licences.tsv`).

use std::collections::HashSet;

use super::table::Table;

/// The SPDX licence identifiers that are known.
#[derive(Debug, Clone, Default)]
pub struct Licences(HashSet<Box<str>>);

impl Licences {
    /// Those of a table's first column.
    pub fn new(table: &Table) -> Self {
        Self((0..table.rows()).map(|row| table.cell(row, 0).into()).collect())
    }

    /// True for an SPDX licence identifier, as it is written there.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Catalog;

    #[test]
    fn knows_identifiers() {
        let licences = Catalog::complete().licences();
        assert!(licences.has("MIT") && licences.has("zlib-acknowledgement"));
        assert!(!licences.has("mit") && !licences.has("id") && !licences.has(""));
    }
}
