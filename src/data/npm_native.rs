//! npm packages with compiled code (`data/npm_native.tsv`).

/// How compiled code comes with a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NativePackage {
    /// Its name.
    pub name: &'static str,
    /// True when it is compiled where it is installed.
    pub compiled: bool,
    /// True when there is a build for musl, the C library of Alpine.
    pub for_musl: bool,
}

/// A package with compiled code; `None` for one that is not in the table.
pub fn native_package(name: &str) -> Option<NativePackage> {
    rows().find(|package| package.name == name)
}

fn rows() -> impl Iterator<Item = NativePackage> {
    let rows = super::rows(include_str!("../../data/npm_native.tsv"));
    rows.filter_map(|row| match row[..] {
        [name, delivery, musl, _] => {
            Some(NativePackage { name, compiled: delivery == "compiled", for_musl: musl == "y" })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_in_order() {
        let table = include_str!("../../data/npm_native.tsv");
        assert_eq!(rows().count(), super::super::rows(table).count());
        assert!(rows().zip(rows().skip(1)).all(|(one, next)| one.name < next.name));
        for row in super::super::rows(table) {
            assert!(["bundled", "compiled", "fetched", "optional"].contains(&row[1]), "{row:?}");
            assert!(["y", "n"].contains(&row[2]), "{row:?}");
        }
    }

    #[test]
    fn tells_what_is_made_for_musl() {
        assert!(native_package("sharp").is_some_and(|package| package.for_musl));
        assert!(native_package("node-rdkafka").is_some_and(|p| p.compiled && !p.for_musl));
        assert_eq!(native_package("express"), None);
    }
}
