//! What a function of the module is, from its name: whose code, and of what
//! family.

use super::module::Function;

const CORE: &str = "dockerfile_playground::";

/// Families of libraries' functions by where these are, the first that fits. Most
/// are compiled again for every type that they are used with.
const FAMILIES: [(&str, &[&str]); 10] = [
    ("sorting", &["core::slice::sort", "alloc::slice::stable_sort"]),
    ("BTreeMap", &["alloc::collections::btree"]),
    ("HashMap", &["hashbrown", "std::collections::hash"]),
    ("dropping", &["core::ptr::drop_glue", "core::ptr::drop_in_place"]),
    ("iterators and collecting", &["core::iter", "alloc::vec", "core::slice::iter"]),
    ("closures", &["core::ops::function"]),
    ("nom", &["nom::"]),
    ("formatting, numbers, text", &["core::fmt", "core::num", "alloc::fmt", "core::str"]),
    ("allocator", &["dlmalloc", "alloc::raw_vec"]),
    ("JavaScript glue", &["wasm_bindgen", "js_sys", "web_sys", "__wbindgen", "console_error"]),
];

/// The family of a function; serde's are those that the core's types derive, too.
pub fn family(function: &Function) -> &'static str {
    let head = head(&function.name);
    if head.starts_with(CORE) && !function.name.contains("serde") {
        return "functions of the core";
    }
    let fits = |(_, parts): &&(&str, &[&str])| {
        parts
            .iter()
            .any(|part| head.contains(part) || part == &"serde" && function.name.contains(part))
    };
    FAMILIES.iter().find(fits).map_or("rest of the libraries", |(family, _)| family)
}

/// The module of the core that a function belongs to, or that made a library
/// compile it: the first that its name names.
pub fn owner(function: &Function) -> &str {
    let name = function.name.split_once(CORE).map(|(_, rest)| rest);
    name.map_or("libraries alone", |rest| {
        let is_end = |c: char| c != '_' && !c.is_ascii_alphanumeric();
        &rest[..rest.find(is_end).unwrap_or(rest.len())]
    })
}

/// `alloc::vec::Vec` of `<alloc::vec::Vec<u8> as Clone>::clone`.
fn head(name: &str) -> &str {
    let name = name.trim_start_matches(['<', '&', '[', '(']).trim_start_matches("mut ");
    &name[..name.find(['<', ' ', '>']).unwrap_or(name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str) -> Function {
        Function { name: name.to_owned(), code: Vec::new() }
    }

    #[test]
    fn a_librarys_function_is_of_its_family_and_of_the_module_that_uses_it() {
        let name = "<alloc::vec::Vec<alloc::string::String> as alloc::vec::spec_from_iter::\
            SpecFromIter<_, core::iter::adapters::map::Map<_, dockerfile_playground::rules::\
            check::{closure#0}>>>::from_iter";
        let collect = function(name);
        assert_eq!(family(&collect), "iterators and collecting");
        assert_eq!(owner(&collect), "rules");
    }

    #[test]
    fn a_closure_of_the_core_is_the_cores() {
        let closure = function("dockerfile_playground::recipes::npm_ci::rewrite::{closure#0}");
        assert_eq!(family(&closure), "functions of the core");
        assert_eq!(owner(&closure), "recipes");
        let allocator = function("<dlmalloc::dlmalloc::Dlmalloc<_>>::malloc");
        assert_eq!((family(&allocator), owner(&allocator)), ("allocator", "libraries alone"));
    }
}
