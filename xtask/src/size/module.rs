//! Reads the parts of a WebAssembly module whose names were kept.

use std::collections::HashMap;

use anyhow::Result;
use wasmparser::{CustomSectionReader, KnownCustom, Name, Naming, Parser, Payload, TypeRef};

/// The parts of a module.
#[derive(Default)]
pub struct Module {
    /// Its functions, in the module's order.
    pub functions: Vec<Function>,
    /// The bytes of its data segments.
    pub data: Vec<u8>,
    /// Bytes of everything else that the page would load: types, tables, exports.
    pub other: u64,
}

/// A function of the module.
pub struct Function {
    /// Its path with its type arguments, demangled.
    pub name: String,
    /// Its code.
    pub code: Vec<u8>,
}

impl Module {
    /// Reads a module; names are not counted, as the page gets none.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut module = Self::default();
        let mut names = HashMap::new();
        let mut imported = 0;
        let mut counted = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    counted += imports.range().len();
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let name = String::new();
                    module.functions.push(Function { name, code: body.as_bytes().to_vec() });
                }
                Payload::DataSection(segments) => {
                    for segment in segments {
                        module.data.extend(segment?.data);
                    }
                }
                Payload::CustomSection(section) => names.extend(function_names(&section)?),
                other => {
                    let section = other.as_section().filter(|(id, _)| *id != CODE);
                    counted += section.map_or(0, |(_, range)| range.len());
                }
            }
        }
        module.other = counted as u64;
        for (index, function) in (imported..).zip(&mut module.functions) {
            function.name = names.remove(&index).unwrap_or_default();
        }
        Ok(module)
    }
}

/// The names of functions by their numbers, if the section holds them.
fn function_names(section: &CustomSectionReader<'_>) -> Result<HashMap<u32, String>> {
    let mut names = HashMap::new();
    if let KnownCustom::Name(subsections) = section.as_known() {
        for subsection in subsections {
            if let Name::Function(map) = subsection? {
                for naming in map {
                    let Naming { index, name } = naming?;
                    names.insert(index, without_hashes(name));
                }
            }
        }
    }
    Ok(names)
}

/// The id of the code section, whose entries are counted one by one.
const CODE: u8 = 10;

/// `core[1f2e]::iter` without the hash that tells crates of one name apart.
fn without_hashes(name: &str) -> String {
    let is_hash = |text: &str| text.len() > 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let mut parts = name.split('[');
    let mut text = parts.next().unwrap_or("").to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if is_hash(hash) => text += rest,
            _ => {
                text.push('[');
                text += part;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::without_hashes;

    #[test]
    fn crates_lose_their_hashes_and_types_keep_their_brackets() {
        let name = "<[alloc[5cf5c3a4c8e9a36b]::string::String]>::concat::<str>";
        assert_eq!(without_hashes(name), "<[alloc::string::String]>::concat::<str>");
        assert_eq!(without_hashes("<[u8; 4]>::len"), "<[u8; 4]>::len");
    }
}
