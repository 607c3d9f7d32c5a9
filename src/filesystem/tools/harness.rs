//! Runs a script in a machine of its own, for the tests of tool models.

use crate::context::Manifests;
use crate::data::Catalog;
use crate::filesystem::interpreter::Interpreter;
use crate::filesystem::machine::{Machine, World};
use crate::filesystem::tree::Tree;
use crate::graph::Scope;
use crate::identity::Identity;
use crate::sorted::Map;
use crate::syntax::shell;

/// The tree after `script` ran as root in `/app`, with these files of the
/// context read as manifests.
pub fn run(files: &[(&str, &str)], script: &str) -> Tree {
    let texts: Map<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let manifests = Manifests::read(&texts);
    let catalog = Catalog::complete();
    let image = catalog.image("python:3.12");
    let scope = Scope {
        environment: Default::default(),
        workdir: "/app".to_owned(),
        user: String::new(),
        shell: Vec::new(),
    };
    let world = World { manifests: &manifests, catalog, image: &image, wanted: &[], serves: false };
    let step = Identity::of(script);
    let mut machine = Machine::new(world, &scope, &[], Tree::default(), 1, step);
    Interpreter::new(&mut machine).run(&shell::parse(script));
    machine.finish().tree
}

/// The expected bytes at a path and below it.
pub fn bytes(tree: &Tree, path: &str) -> u64 {
    tree.subtree(path).map(|(_, entry)| entry.bytes.expected).sum()
}
