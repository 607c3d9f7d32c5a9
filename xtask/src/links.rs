//! What the linker tells of a module: which data its functions refer to. Compiled
//! code has addresses as mere numbers; with `--emit-relocs` custom sections say what
//! each stands for (the tool conventions of WebAssembly, "Object File Linking").

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use anyhow::{Context, Result};
use wasm_encoder::RawSection;
use wasmparser::{
    CustomSectionReader, DataKind, DataSectionReader, KnownCustom, Linking, Name, Operator, Parser,
    Payload, RelocationEntry, RelocationType, SymbolInfo, TypeRef,
};

/// Which data a module's functions refer to, by themselves and through other data.
#[derive(Default)]
pub struct Links {
    /// Each function's name, as the compiler mangled it, and the pieces that it names.
    functions: BTreeMap<String, BTreeSet<usize>>,
    /// The pieces of data, in the order of their addresses.
    pieces: Vec<Piece>,
}

/// A constant or variable; those that overlap are one piece.
struct Piece {
    addresses: Range<u32>,
    /// The pieces whose addresses are in this one.
    names: BTreeSet<usize>,
}

impl Links {
    /// Reads what the linker wrote into a module.
    pub fn read(module: &[u8]) -> Result<Self> {
        let sections = Sections::read(module)?;
        let pieces = sections.pieces()?;
        let of_symbols = sections.pieces_of_symbols(&pieces)?;
        Ok(Self {
            functions: sections.functions(&of_symbols)?,
            pieces: sections.with_names(pieces, &of_symbols)?,
        })
    }

    /// The addresses of the data that no function refers to but the named ones, in order.
    pub fn only_of(&self, names: &HashSet<&str>) -> Vec<Range<u32>> {
        let others = self.functions.iter().filter(|(name, _)| !names.contains(name.as_str()));
        let shared = self.reached(others.flat_map(|(_, pieces)| pieces));
        let alone = self.pieces.iter().enumerate().filter(|(at, _)| !shared.contains(at));
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for (_, Piece { addresses, .. }) in alone {
            match ranges.last_mut() {
                Some(last) if last.end == addresses.start => last.end = addresses.end,
                _ => ranges.push(addresses.clone()),
            }
        }
        ranges
    }

    /// What can be reached from some pieces, those included.
    fn reached<'a>(&'a self, from: impl Iterator<Item = &'a usize>) -> BTreeSet<usize> {
        let mut open: Vec<_> = from.copied().collect();
        let mut reached = BTreeSet::new();
        while let Some(piece) = open.pop() {
            if reached.insert(piece) {
                open.extend(&self.pieces[piece].names);
            }
        }
        reached
    }
}

/// A module without what the linker tells: it holds for the module as it was linked.
pub fn removed(module: &[u8]) -> Result<Vec<u8>> {
    let mut rest = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::CustomSection(section) = &payload
            && matches!(section.as_known(), KnownCustom::Linking(_) | KnownCustom::Reloc(_))
        {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            rest.section(&RawSection { id, data: &module[range] });
        }
    }
    Ok(rest.finish())
}

/// By a symbol's place in the linker's table, the place of the piece that it stands for.
type PiecesOfSymbols = BTreeMap<usize, usize>;

/// The sections of a module that tell of links.
#[derive(Default)]
struct Sections<'a> {
    /// How many functions are imported: they come first.
    imported: usize,
    /// Where each other function ends in the section of code.
    ends: Vec<usize>,
    /// Where the segments of data begin: in their section, and in memory.
    segments: Vec<(u32, u32)>,
    names: BTreeMap<usize, &'a str>,
    symbols: Vec<SymbolInfo<'a>>,
    of_code: Vec<RelocationEntry>,
    of_data: Vec<RelocationEntry>,
}

impl<'a> Sections<'a> {
    fn read(module: &'a [u8]) -> Result<Self> {
        let mut sections = Self::default();
        let mut code = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        sections.imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => code = range.start,
                Payload::CodeSectionEntry(body) => sections.ends.push(body.range().end - code),
                Payload::DataSection(data) => sections.segments = segments(data)?,
                Payload::CustomSection(custom) => sections.read_custom(&custom)?,
                _ => {}
            }
        }
        Ok(sections)
    }

    fn read_custom(&mut self, section: &CustomSectionReader<'a>) -> Result<()> {
        match section.as_known() {
            KnownCustom::Name(parts) => {
                for part in parts {
                    if let Name::Function(names) = part? {
                        let names =
                            names.into_iter().map(|name| name.map(|n| (n.index as usize, n.name)));
                        self.names = names.collect::<Result<_, _>>()?;
                    }
                }
            }
            KnownCustom::Linking(linking) => {
                for part in linking.subsections() {
                    if let Linking::SymbolTable(symbols) = part? {
                        self.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                    }
                }
            }
            KnownCustom::Reloc(links) => {
                let links = links.entries().into_iter().collect::<Result<_, _>>()?;
                match section.name() {
                    "reloc.CODE" => self.of_code = links,
                    "reloc.DATA" => self.of_data = links,
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The data that has a symbol, by its places in the linker's table.
    fn data(&self) -> Result<BTreeMap<usize, Range<u32>>> {
        let symbols = self.symbols.iter().enumerate();
        let defined = symbols.filter_map(|(at, symbol)| match symbol {
            SymbolInfo::Data { symbol: Some(data), .. } => Some((at, data)),
            _ => None,
        });
        defined
            .map(|(at, data)| {
                let segment = self.segments.get(data.index as usize);
                let (_, start) = segment.context("data in no segment")?;
                Ok((at, start + data.offset..start + data.offset + data.size))
            })
            .collect()
    }

    fn pieces(&self) -> Result<Vec<Piece>> {
        let mut ranges: Vec<_> = self.data()?.into_values().filter(|r| !r.is_empty()).collect();
        ranges.sort_by_key(|range| range.start);
        let mut pieces: Vec<Piece> = Vec::new();
        for addresses in ranges {
            match pieces.last_mut().map(|last| &mut last.addresses.end) {
                Some(end) if addresses.start < *end => *end = (*end).max(addresses.end),
                _ => pieces.push(Piece { addresses, names: BTreeSet::new() }),
            }
        }
        Ok(pieces)
    }

    /// The piece of each symbol that is data.
    fn pieces_of_symbols(&self, pieces: &[Piece]) -> Result<PiecesOfSymbols> {
        let data = self.data()?.into_iter();
        Ok(data.filter_map(|(at, range)| Some((at, piece_at(pieces, range.start)?))).collect())
    }

    fn functions(&self, of_symbols: &PiecesOfSymbols) -> Result<BTreeMap<String, BTreeSet<usize>>> {
        let mut functions: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for link in &self.of_code {
            let Some(piece) = piece_of(link, of_symbols) else { continue };
            let at = self.ends.partition_point(|end| *end <= link.offset as usize);
            let name = self.names.get(&(self.imported + at)).context("a function has no name")?;
            functions.entry((*name).to_owned()).or_default().insert(piece);
        }
        Ok(functions)
    }

    fn with_names(
        &self,
        mut pieces: Vec<Piece>,
        of_symbols: &PiecesOfSymbols,
    ) -> Result<Vec<Piece>> {
        for link in &self.of_data {
            let Some(piece) = piece_of(link, of_symbols) else { continue };
            let segment = self.segments.iter().rfind(|(place, _)| *place <= link.offset);
            let (place, start) = segment.context("an address in no segment")?;
            let holder = piece_at(&pieces, start + (link.offset - place))
                .context("an address in no data")?;
            pieces[holder].names.insert(piece);
        }
        Ok(pieces)
    }
}

fn segments(section: DataSectionReader<'_>) -> Result<Vec<(u32, u32)>> {
    let from = section.range().start;
    let mut segments = Vec::new();
    for segment in section {
        let segment = segment?;
        let DataKind::Active { offset_expr, .. } = segment.kind else { continue };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            continue;
        };
        let place = segment.range.end - segment.data.len() - from;
        segments.push((u32::try_from(place)?, value.cast_unsigned()));
    }
    Ok(segments)
}

/// The piece that a link leads to, if that is data: a link to a type has no symbol.
fn piece_of(link: &RelocationEntry, of_symbols: &PiecesOfSymbols) -> Option<usize> {
    let is_symbol = link.ty != RelocationType::TypeIndexLeb;
    is_symbol.then(|| of_symbols.get(&(link.index as usize)).copied())?
}

fn piece_at(pieces: &[Piece], address: u32) -> Option<usize> {
    let at = pieces.partition_point(|piece| piece.addresses.end <= address);
    pieces.get(at)?.addresses.contains(&address).then_some(at)
}

#[cfg(test)]
pub mod tests {
    use wasm_encoder::{
        CodeSection, ConstExpr, CustomSection, DataSection, DataSymbolDefinition, Function,
        FunctionSection, LinkingSection, MemorySection, MemoryType, NameMap, NameSection,
        SymbolTable, TypeSection,
    };

    use wasmparser::DefinedDataSymbol;

    use super::*;

    /// The links of a module of which only one function refers to data.
    pub fn links(function: &str, addresses: Range<u32>) -> Links {
        Links {
            functions: BTreeMap::from([(function.to_owned(), BTreeSet::from([0]))]),
            pieces: vec![Piece { addresses, names: BTreeSet::new() }],
        }
    }

    /// Where the example's data is laid.
    const START: u32 = 1024;

    /// How long its last section is.
    const NAMES: usize = 24;

    /// Two functions, each `i32.const` an address: `often` that of a word, `seldom` that
    /// of the pointer behind it, which leads to the third word.
    fn example() -> Vec<u8> {
        let mut module = wasm_encoder::Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], [wasm_encoder::ValType::I32]);
        let mut functions = FunctionSection::new();
        functions.function(0).function(0);
        let mut memories = MemorySection::new();
        let limits = MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        memories.memory(limits);
        let mut code = CodeSection::new();
        for address in [START, START + 4] {
            let mut function = Function::new([]);
            function.instructions().i32_const(address.cast_signed()).end();
            code.function(&function);
        }
        let mut data = DataSection::new();
        data.active(
            0,
            &ConstExpr::i32_const(START.cast_signed()),
            [7, 0, 0, 0, 8, 4, 0, 0, 9, 0, 0, 0],
        );
        module.section(&types).section(&functions).section(&memories).section(&code).section(&data);
        let mut symbols = SymbolTable::new();
        for (name, offset) in [("word", 0), ("pointer", 4), ("target", 8)] {
            symbols.data(0, name, Some(DataSymbolDefinition { index: 0, offset, size: 4 }));
        }
        let mut linking = LinkingSection::new();
        linking.symbol_table(&symbols);
        module.section(&linking);
        // The section that it is of, how many links; of each its type, its place there,
        // its symbol, and what is added to that.
        let of_code = [3, 2, 4, 4, 0, 0, 4, 10, 1, 0];
        let of_data = [4, 1, 5, 11, 2, 0];
        for (name, links) in [("reloc.CODE", &of_code[..]), ("reloc.DATA", &of_data)] {
            module.section(&CustomSection { name: name.into(), data: links.into() });
        }
        let mut names = NameMap::new();
        names.append(0, "often");
        names.append(1, "seldom");
        let mut section = NameSection::new();
        section.functions(&names);
        module.section(&section);
        module.finish()
    }

    #[test]
    fn data_is_whose_functions_lead_to_it() {
        let links = Links::read(&example()).unwrap();
        let only_of = |names: &[&str]| links.only_of(&names.iter().copied().collect());
        assert_eq!(only_of(&["seldom"]), vec![START + 4..START + 12]);
        assert_eq!(only_of(&["often"]), vec![START..START + 4]);
        assert_eq!(only_of(&[]), vec![]);
    }

    #[test]
    fn overlapping_data_is_one_piece() {
        let symbols = [(0, 4), (2, 4), (6, 0), (8, 4)].map(|(offset, size)| SymbolInfo::Data {
            flags: wasmparser::SymbolFlags::empty(),
            name: "",
            symbol: Some(DefinedDataSymbol { index: 0, offset, size }),
        });
        let sections =
            Sections { segments: vec![(7, 1024)], symbols: symbols.into(), ..Sections::default() };
        let pieces = sections.pieces().unwrap().into_iter().map(|piece| piece.addresses);
        assert_eq!(pieces.collect::<Vec<_>>(), [1024..1030, 1032..1036]);
    }

    #[test]
    fn links_are_removed_and_all_else_is_kept() {
        let module = example();
        let removed = removed(&module).unwrap();
        assert!(Links::read(&removed).unwrap().pieces.is_empty());
        assert!(module.starts_with(&removed[..removed.len() - NAMES]));
        assert!(module.ends_with(&removed[removed.len() - NAMES..]));
    }
}
