//! The parsers of crates.io.

use std::cell::RefCell;

/// Parses a text; true when it is accepted as a whole.
pub type Parse = fn(&str) -> bool;

pub const ALL: [(&str, Parse); 4] = [
    ("tree-sitter-containerfile", tree_sitter),
    ("dockerfile-parser", dockerfile_parser),
    ("dockerfile-parser-rs", dockerfile_parser_rs),
    ("parse-dockerfile", parse_dockerfile),
];

thread_local! {
    static PARSER: RefCell<tree_sitter::Parser> = RefCell::new(parser());
}

fn parser() -> tree_sitter::Parser {
    let mut parser = tree_sitter::Parser::new();
    let language = tree_sitter_containerfile::LANGUAGE.into();
    parser.set_language(&language).expect("the grammar's version is the library's");
    parser
}

fn tree_sitter(text: &str) -> bool {
    PARSER.with_borrow_mut(|parser| {
        parser.parse(text, None).is_some_and(|tree| !tree.root_node().has_error())
    })
}

fn dockerfile_parser(text: &str) -> bool {
    dockerfile_parser::Dockerfile::parse(text).is_ok()
}

fn dockerfile_parser_rs(text: &str) -> bool {
    text.parse::<dockerfile_parser_rs::Dockerfile>().is_ok()
}

fn parse_dockerfile(text: &str) -> bool {
    parse_dockerfile::parse(text).is_ok()
}
