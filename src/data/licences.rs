//! Names of licences.

/// The table, embedded.
const TABLE: &str = include_str!("../../data/spdx_licences.tsv");

/// True for an SPDX licence identifier, as it is written there.
pub fn is_licence(id: &str) -> bool {
    super::rows(TABLE).any(|row| row == [id])
}

#[cfg(test)]
mod tests {
    use super::is_licence;

    #[test]
    fn knows_identifiers() {
        assert!(is_licence("MIT") && is_licence("zlib-acknowledgement"));
        assert!(!is_licence("mit") && !is_licence("id") && !is_licence(""));
    }
}
