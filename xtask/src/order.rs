//! An order of a module's functions in which those that are alike stand together:
//! what the page downloads is packed by brotli, which says a function in fewer bytes
//! when it saw one like it just before.

use anyhow::Result;
use wasm_encoder::{NameMap, NameSection, Section};
use wasmparser::{Parser, Payload, TypeRef};

/// The module with a name for each function; sorted by their names, the functions
/// stand by their type, then by their code.
pub fn named(module: &[u8]) -> Result<Vec<u8>> {
    let ranked = ranked(module)?;
    let mut ranks = vec![0; ranked.len()];
    for (rank, (index, _)) in ranked.iter().enumerate() {
        ranks[*index] = rank;
    }
    let imported = imported(module)?;
    let mut names = NameMap::new();
    for (index, rank) in (imported..).zip(ranks) {
        names.append(index, &format!("{rank:08}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut named = module.to_vec();
    section.append_to(&mut named);
    Ok(named)
}

/// The module's own functions as they should stand: their places now, and their code.
fn ranked(module: &[u8]) -> Result<Vec<(usize, &[u8])>> {
    let mut types = Vec::new();
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::FunctionSection(section) => {
                types = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => functions.push((functions.len(), body.as_bytes())),
            _ => {}
        }
    }
    functions.sort_by_key(|(index, code)| (types.get(*index).copied(), *code));
    Ok(functions)
}

/// How many functions are not the module's own: they come first.
fn imported(module: &[u8]) -> Result<u32> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                count += u32::from(matches!(import?.ty, TypeRef::Func(_)));
            }
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection};

    use super::*;

    /// A module with a function for each type and its only local's count.
    fn module(functions: &[(u32, u32)]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([wasm_encoder::ValType::I32], []);
        let mut declared = FunctionSection::new();
        let mut code = CodeSection::new();
        for (of_type, locals) in functions {
            declared.function(*of_type);
            let mut function = Function::new([(*locals, wasm_encoder::ValType::I32)]);
            function.instructions().end();
            code.function(&function);
        }
        let mut module = Module::new();
        module.section(&types).section(&declared).section(&code);
        module.finish()
    }

    #[test]
    fn functions_stand_by_type_then_by_code() {
        let module = module(&[(1, 1), (0, 2), (1, 0), (0, 1)]);
        let order: Vec<usize> =
            ranked(&module).unwrap().into_iter().map(|(index, _)| index).collect();
        assert_eq!(order, [3, 1, 2, 0]);
        let named = named(&module).unwrap();
        assert!(named.starts_with(&module) && named.ends_with(b"\x0800000000"));
    }
}
