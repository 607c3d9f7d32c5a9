//! The module in two: what the page runs to show its first view, and the rest.
//!
//! The first part stands where the whole module did: it has its imports, its exports,
//! its memory, and the data that its functions refer to. A function that is in the rest
//! is there a call through a table, which is empty until the rest is instantiated with the
//! first part's exports; a call before that is a trap. What belongs where is what a run of the first view
//! tells: a copy of the module counts in it which functions are entered.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use anyhow::{Context, Result};
use walrus::ir::{CallIndirect, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, Data, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId,
    FunctionKind, GlobalKind, ImportKind, ImportedFunction, LocalFunction, MemoryId, Module,
    ModuleConfig, RefType, TableId, ValType, ir, passes,
};

use crate::links::Links;

/// The name by which the rest imports from the first part.
const FIRST: &str = "first";

/// The first part's export of the table that the rest fills.
const TABLE: &str = "rest";

/// What the exported globals of a watched module are called: this, and a function's place.
const WATCHED: &str = "ran ";

/// A module in two.
pub struct Parts {
    /// What is needed first, as a module by itself.
    pub first: Vec<u8>,
    /// The other functions; imports all else from the first part, as `first`.
    pub rest: Vec<u8>,
}

/// A copy of a module that has an exported global for every function of its own: 1 once
/// that was entered. Its name ends with the function's place in the module.
pub fn watched(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = read(wasm)?;
    for (place, id) in functions(&module).into_iter().enumerate() {
        let zero = ConstExpr::Value(ir::Value::I32(0));
        let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind else { continue };
        let ran = module.globals.add_local(ValType::I32, true, false, zero);
        let mut body = function.builder_mut().func_body();
        body.instr_at(0, ir::GlobalSet { global: ran })
            .instr_at(0, ir::Const { value: ir::Value::I32(1) });
        module.exports.add(&format!("{WATCHED}{place}"), ran);
    }
    Ok(module.emit_wasm())
}

/// Divides a module; `ran` are the places of the functions that the first part needs,
/// `links` tell by their names which data all functions need.
pub fn split(wasm: &[u8], ran: &HashSet<usize>, links: &Links) -> Result<Parts> {
    let module = read(wasm)?;
    let seam = Seam::of(&module, ran, links);
    Ok(Parts { first: first(module, &seam)?, rest: rest(read(wasm)?, &seam)? })
}

fn read(wasm: &[u8]) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    config.parse(wasm).context("the module cannot be read")
}

/// The functions in the module's order: a function's place is the same in every copy.
fn functions(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(walrus::Function::id).collect()
}

/// Where the two parts meet, by the places of functions.
struct Seam {
    /// Those of the rest that the first part refers to, in their order in the table.
    stubs: Vec<usize>,
    /// Those of the first part that the rest refers to, with the names of their exports:
    /// numbers, as no other export has.
    shared: BTreeMap<usize, String>,
    /// The addresses of the data that only the rest refers to.
    data: Vec<Range<u32>>,
}

impl Seam {
    fn of(module: &Module, ran: &HashSet<usize>, links: &Links) -> Self {
        let functions = functions(module);
        let places: BTreeMap<FunctionId, usize> =
            functions.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let mut from_first: BTreeSet<usize> = roots(module).map(|id| places[&id]).collect();
        let mut from_rest = BTreeSet::new();
        let mut first = HashSet::new();
        for (place, id) in functions.iter().enumerate() {
            let FunctionKind::Local(function) = &module.funcs.get(*id).kind else {
                first.insert(place);
                continue;
            };
            let from = if ran.contains(&place) {
                first.insert(place);
                &mut from_first
            } else {
                &mut from_rest
            };
            from.extend(references(function).iter().map(|id| places[id]));
        }
        let stubs = from_first.into_iter().filter(|place| !first.contains(place)).collect();
        let shared = from_rest.into_iter().filter(|place| first.contains(place));
        let shared = shared.enumerate().map(|(at, place)| (place, at.to_string())).collect();
        let data = links.only_of(&names_of_rest(module, &first));
        Self { stubs, shared, data }
    }
}

/// The names that functions of the rest have and none of the first part, by their places.
fn names_of_rest<'a>(module: &'a Module, first: &HashSet<usize>) -> HashSet<&'a str> {
    let named = |in_first: bool| {
        let functions = module.funcs.iter().enumerate();
        let part = functions.filter(move |(place, _)| first.contains(place) == in_first);
        part.filter_map(|(_, function)| function.name.as_deref()).collect::<HashSet<_>>()
    };
    &named(false) - &named(true)
}

/// The functions that a module is entered by.
fn roots(module: &Module) -> impl Iterator<Item = FunctionId> {
    let exported = module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(id) => Some(id),
        _ => None,
    });
    let listed = module.elements.iter().flat_map(|element| match &element.items {
        ElementItems::Functions(ids) => ids.clone(),
        ElementItems::Expressions(_, expressions) => {
            expressions.iter().filter_map(function_of).collect()
        }
    });
    exported.chain(listed).chain(module.start)
}

fn function_of(expression: &ConstExpr) -> Option<FunctionId> {
    match expression {
        ConstExpr::RefFunc(id) => Some(*id),
        _ => None,
    }
}

/// The functions that a function names.
fn references(function: &LocalFunction) -> BTreeSet<FunctionId> {
    #[derive(Default)]
    struct Named(BTreeSet<FunctionId>);
    impl Visitor<'_> for Named {
        fn visit_function_id(&mut self, id: &FunctionId) {
            self.0.insert(*id);
        }
    }
    let mut named = Named::default();
    dfs_in_order(&mut named, function, function.entry_block());
    named.0
}

/// Makes the first part of a copy of the module.
fn first(mut module: Module, seam: &Seam) -> Result<Vec<u8>> {
    let functions = functions(&module);
    let size = seam.stubs.len() as u64;
    let table = module.tables.add_local(false, size, Some(size), RefType::FUNCREF);
    for (slot, place) in seam.stubs.iter().enumerate() {
        let stub = stub(&mut module, functions[*place], table, slot)?;
        module.funcs.get_mut(functions[*place]).kind = FunctionKind::Local(stub);
    }
    for (place, name) in &seam.shared {
        module.exports.add(name, functions[*place]);
    }
    module.exports.add(TABLE, table);
    for (name, item) in state(&module, table) {
        module.exports.add(&name, item);
    }
    for id in module.data.iter().map(Data::id).collect::<Vec<_>>() {
        let data = module.data.get_mut(id);
        for (_, part) in parts(data, &seam.data) {
            data.value[part].fill(0);
        }
    }
    passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// What a function is that is elsewhere: a call through the table.
fn stub(module: &mut Module, id: FunctionId, table: TableId, slot: usize) -> Result<LocalFunction> {
    let ty = module.funcs.get(id).ty();
    let (params, results) = module.types.params_results(ty);
    let (params, results) = (params.to_vec(), results.to_vec());
    let arguments: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = builder.func_body();
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(i32::try_from(slot)?).instr(CallIndirect { ty, table });
    Ok(builder.local_func(arguments))
}

/// What both parts share beside functions, with names for it.
fn state(module: &Module, rest: TableId) -> Vec<(String, ExportItem)> {
    let memories = module.memories.iter().map(|memory| ExportItem::Memory(memory.id()));
    let tables = module.tables.iter().map(walrus::Table::id).filter(|id| *id != rest);
    let globals = module.globals.iter().map(|global| ExportItem::Global(global.id()));
    let items = memories.chain(tables.map(ExportItem::Table)).chain(globals);
    items.enumerate().map(|(at, item)| (format!("state {at}"), item)).collect()
}

/// Makes the rest of a copy of the module.
fn rest(mut module: Module, seam: &Seam) -> Result<Vec<u8>> {
    let functions = functions(&module);
    let data = data(&module, &seam.data);
    empty(&mut module);
    for (memory, address, bytes) in data {
        let offset = ConstExpr::Value(ir::Value::I32(address.cast_signed()));
        let data = module.data.add(DataKind::Active { memory, offset }, bytes);
        module.memories.get_mut(memory).data_segments.insert(data);
    }
    let size = seam.stubs.len() as u64;
    let (table, _) =
        module.add_import_table(FIRST, TABLE, false, size, Some(size), RefType::FUNCREF);
    for (name, item) in state(&module, table) {
        import_state(&mut module, &name, item);
    }
    for (place, name) in &seam.shared {
        import_function(&mut module, functions[*place], name);
    }
    let items = seam.stubs.iter().map(|place| functions[*place]).collect();
    let offset = ConstExpr::Value(ir::Value::I32(0));
    let kind = ElementKind::Active { table, offset };
    let filled = module.elements.add(kind, ElementItems::Functions(items));
    module.tables.get_mut(table).elem_segments.insert(filled);
    passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// Takes out of a module what only its first part has.
fn empty(module: &mut Module) {
    module.start = None;
    for id in module.exports.iter().map(walrus::Export::id).collect::<Vec<_>>() {
        module.exports.delete(id);
    }
    for id in module.elements.iter().map(walrus::Element::id).collect::<Vec<_>>() {
        module.elements.delete(id);
    }
    for table in module.tables.iter_mut() {
        table.elem_segments.clear();
    }
    for id in module.data.iter().map(walrus::Data::id).collect::<Vec<_>>() {
        module.data.delete(id);
    }
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
}

/// The parts of a segment that lie at some addresses: address, and place in the segment.
fn parts(data: &Data, addresses: &[Range<u32>]) -> Vec<(u32, Range<usize>)> {
    let Some((_, start)) = place(data) else { return Vec::new() };
    let inside = addresses.iter().filter_map(|range| {
        let from = range.start.checked_sub(start)? as usize;
        Some((range.start, from..from + range.len()))
    });
    inside.filter(|(_, part)| part.end <= data.value.len()).collect()
}

/// Where a segment of data is laid.
fn place(data: &Data) -> Option<(MemoryId, u32)> {
    match data.kind {
        DataKind::Active { memory, offset: ConstExpr::Value(ir::Value::I32(offset)) } => {
            Some((memory, offset.cast_unsigned()))
        }
        _ => None,
    }
}

/// The data at some addresses: its memory, its address, and its bytes.
fn data(module: &Module, addresses: &[Range<u32>]) -> Vec<(MemoryId, u32, Vec<u8>)> {
    let pieces = module.data.iter().filter_map(|data| Some((place(data)?.0, data)));
    let pieces = pieces.flat_map(|(memory, data)| {
        let parts = parts(data, addresses).into_iter();
        parts.map(move |(address, part)| (memory, address, data.value[part].to_vec()))
    });
    pieces.collect()
}

fn import_state(module: &mut Module, name: &str, item: ExportItem) {
    match item {
        ExportItem::Memory(id) => {
            let import = module.imports.add(FIRST, name, ImportKind::Memory(id));
            module.memories.get_mut(id).import = Some(import);
        }
        ExportItem::Table(id) => {
            let import = module.imports.add(FIRST, name, ImportKind::Table(id));
            module.tables.get_mut(id).import = Some(import);
        }
        ExportItem::Global(id) => {
            let import = module.imports.add(FIRST, name, ImportKind::Global(id));
            module.globals.get_mut(id).kind = GlobalKind::Import(import);
        }
        ExportItem::Function(_) | ExportItem::Tag(_) => {}
    }
}

/// Has a function come from the first part, whether that made or imported it.
fn import_function(module: &mut Module, id: FunctionId, name: &str) {
    let function = module.funcs.get_mut(id);
    if let FunctionKind::Import(imported) = &function.kind {
        let import = module.imports.get_mut(imported.import);
        FIRST.clone_into(&mut import.module);
        name.clone_into(&mut import.name);
        return;
    }
    let ty = function.ty();
    let import = module.imports.add(FIRST, name, ImportKind::Function(id));
    function.kind = FunctionKind::Import(ImportedFunction { import, ty });
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use walrus::{FunctionBuilder, ModuleLocals};

    use super::*;
    use crate::{links, steps};

    /// Adds a function of one number to a module; `what` it makes of that.
    fn function(
        module: &mut Module,
        what: impl FnOnce(&mut walrus::InstrSeqBuilder<'_>),
    ) -> FunctionId {
        let mut locals = ModuleLocals::default();
        std::mem::swap(&mut module.locals, &mut locals);
        let argument = locals.add(ValType::I32);
        std::mem::swap(&mut module.locals, &mut locals);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        let mut body = builder.func_body();
        body.local_get(argument);
        what(&mut body);
        builder.finish(vec![argument], &mut module.funcs)
    }

    /// The place of `often`: modules are written with the longest function first.
    const OFTEN: usize = 1;

    /// `often` adds 1 to its argument; `seldom` calls that twice, and adds what is at
    /// address 0, which is 10.
    fn example() -> Vec<u8> {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(ir::Value::I32(0));
        let data = module.data.add(walrus::DataKind::Active { memory, offset }, vec![10]);
        module.memories.get_mut(memory).data_segments.insert(data);
        let often = function(&mut module, |body| {
            body.i32_const(1).binop(ir::BinaryOp::I32Add);
        });
        let seldom = function(&mut module, |body| {
            let at = ir::MemArg { align: 1, offset: 0 };
            let kind = ir::LoadKind::I32_8 { kind: ir::ExtendedLoad::ZeroExtend };
            body.call(often).call(often).i32_const(0).load(memory, kind, at);
            body.binop(ir::BinaryOp::I32Add);
        });
        module.funcs.get_mut(seldom).name = Some("seldom".to_owned());
        module.exports.add("often", often);
        module.exports.add("seldom", seldom);
        module.emit_wasm()
    }

    /// What JavaScript prints that has modules as `files`, in order.
    fn run(files: &[&[u8]], script: &str) -> String {
        let head = "const load = (file, imports) =>
            new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(file)), imports).exports;";
        let mut node = Command::new("node");
        node.args(["-e", &format!("const files = {files:?};\n{head}\n{script}")]);
        steps::output(&mut node, "install Node.js 20.19 or later").unwrap().trim().to_owned()
    }

    #[test]
    fn a_watched_module_tells_what_ran() {
        let script = "const all = load(files[0]);
            const ran = () => Object.keys(all).filter((name) => all[name].value === 1).join();
            all.often(1);
            const before = ran();
            console.log(before, '|', all.seldom(1), '|', ran());";
        let printed = run(&[&watched(&example()).unwrap()], script);
        assert_eq!(printed, "ran 1 | 13 | ran 0,ran 1");
    }

    #[test]
    fn what_is_in_the_rest_traps_until_that_is_there() {
        let links = links::tests::links("seldom", 0..1);
        let Parts { first, rest } = split(&example(), &HashSet::from([OFTEN]), &links).unwrap();
        let script = "const first = load(files[0]);
            const attempt = () => { try { return first.seldom(1) } catch (error) { return error.name } };
            const datum = () => new Uint8Array(first['state 0'].buffer)[0];
            const before = [first.often(1), attempt(), datum()];
            load(files[1], { first });
            console.log(...before, attempt(), datum());";
        assert_eq!(run(&[&first, &rest], script), "2 RuntimeError 0 13 10");
    }
}
