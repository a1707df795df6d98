//! Puts typed lines together into functions.

use super::columns::{Listing, Row};
use super::function::{Flags, Function, PackageId};
use super::hex;
use super::{inst, objdump, operands, reloc};
use crate::asm::flags::{CompileFlags, is_producer};
use crate::asm::text::header::{self, Abi};
use crate::asm::text::kind::LineKind;
use crate::asm::text::lines::Line;
use crate::asm::text::number::decimal;
use crate::asm::text::position::Pos;
use crate::asm::text::span::offset_in;
use crate::table::Map;
use crate::text::path::base;

/// How many bytes of a package's flags are read.
const MOST_FLAGS: usize = 4 << 10;

/// Collects a [`Listing`] line by line.
pub(crate) struct Builder<'a> {
    listing: Listing<'a>,
    current: Current<'a>,
    files: Map<&'a [u8], u32>,
    file: (u32, &'a [u8]),
    last_pc: u32,
    /// Instructions whose offset is smaller than the previous one's: two listings interleaved.
    pub(crate) out_of_order: u32,
    pub(crate) bad_numbers: u32,
}

/// The symbol whose lines are being read.
enum Current<'a> {
    None,
    Function,
    Type {
        name: &'a [u8],
        known: bool,
    },
    Jumps(&'a [u8]),
    /// The flags of a package, so far.
    Producer(Option<PackageId>, Vec<u8>),
    Data,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let mut listing = Listing { text, ..Listing::default() };
        listing.files.push(b"");
        Self {
            listing,
            current: Current::None,
            files: Map::default(),
            file: (0, b""),
            last_pc: 0,
            out_of_order: 0,
            bad_numbers: 0,
        }
    }

    pub(crate) fn finish(mut self) -> Listing<'a> {
        self.close();
        self.listing
    }

    /// Ends the symbol that is being read.
    pub(crate) fn close(&mut self) {
        match &self.current {
            Current::Function => self.close_function(),
            Current::Producer(package, words) => {
                let flags = CompileFlags::parse(words);
                self.listing.flags.push((*package, flags));
            }
            _ => {}
        }
        self.current = Current::None;
    }

    fn close_function(&mut self) {
        let insts = self.listing.rows.len() as u32;
        let relocs = self.listing.relocs.len() as u32;
        let Some(function) = self.listing.functions.last_mut() else { return };
        function.insts.end = insts;
        function.relocs.end = relocs;
        // A closure that was inlined everywhere leaves an empty symbol, which is no function.
        if function.insts.is_empty() && function.size == 0 {
            self.listing.functions.pop();
        }
    }

    /// Adds a line of the listing; false where its inside cannot be read.
    #[inline]
    pub(crate) fn line(&mut self, line: &Line<'a>, package: Option<PackageId>) -> bool {
        match line.kind {
            LineKind::Inst => self.inst(line),
            LineKind::Hex => {
                self.hex(line.text);
                true
            }
            LineKind::Reloc => self.reloc(line),
            LineKind::Symbol => self.symbol(line, package),
            _ => false,
        }
    }

    fn symbol(&mut self, line: &Line<'a>, package: Option<PackageId>) -> bool {
        self.close();
        let Some(header) = header::parse(line.text) else { return false };
        self.bad_numbers += u32::from(header.bad_number);
        if header.is_text() {
            let hints = &mut self.listing.hints;
            hints.align_first |= header.align_first;
            hints.align_last |= !header.align_first;
            self.last_pc = 0;
            let (insts, relocs) = (self.listing.rows.len() as u32, self.listing.relocs.len() as u32);
            self.listing.functions.push(Function {
                symbol: header.name,
                package,
                abi: header.abi.unwrap_or_default(),
                size: header.size,
                frame: None,
                args: header.args,
                locals: header.locals,
                flags: Flags { nosplit: header.nosplit, dupok: header.dupok, ..Flags::default() },
                position: None,
                line: line.number,
                address: None,
                outer_positions: header.abi.is_some(),
                insts: insts..insts,
                relocs: relocs..relocs,
            });
            self.current = Current::Function;
            return true;
        }
        self.listing.data_symbols += 1;
        self.current = if header.name.starts_with(b"type:") || header.name.starts_with(b"type.") {
            Current::Type { name: header.name, known: false }
        } else if is_producer(header.name) {
            Current::Producer(package, Vec::new())
        } else if is_jump_table(header.name) {
            Current::Jumps(header.name)
        } else {
            Current::Data
        };
        true
    }

    #[inline]
    fn inst(&mut self, line: &Line<'a>) -> bool {
        if !matches!(self.current, Current::Function) {
            return false;
        }
        let Some(parts) = inst::parse(line.text, self.file.1) else { return false };
        if let Some(file) = parts.file {
            self.file = (self.file_id(file), file);
        }
        self.out_of_order += u32::from(parts.pc < self.last_pc);
        self.last_pc = parts.pc;
        let (Ok(operands_len), Ok(operands)) = (
            u16::try_from(parts.operands.len()),
            u32::try_from(line.offset + (line.text.len() - parts.operands.len())),
        ) else {
            return false;
        };
        let mnemonic = self.listing.mnemonics.intern(parts.mnemonic);
        let row = Row {
            pc: parts.pc,
            source_line: parts.line,
            file: self.file.0,
            operands,
            operands_len,
            mnemonic,
            input_line: line.number,
        };
        if parts.mnemonic == b"TEXT" {
            self.text(parts.operands, &row);
        }
        self.listing.rows.push(row);
        true
    }

    /// Adds a `TEXT` line of objdump, which starts a function.
    pub(crate) fn objdump_text(&mut self, line: &Line<'a>, package: Option<PackageId>) -> bool {
        self.close();
        let Some((symbol, file)) = objdump::text(line.text) else { return false };
        self.file = (self.file_id(file), file);
        self.last_pc = 0;
        let (insts, relocs) = (self.listing.rows.len() as u32, self.listing.relocs.len() as u32);
        self.listing.functions.push(Function {
            symbol: symbol.strip_suffix(b".abi0").unwrap_or(symbol),
            package,
            abi: if symbol.ends_with(b".abi0") { Abi::Abi0 } else { Abi::Internal },
            size: 0,
            frame: None,
            args: None,
            locals: None,
            flags: Flags::default(),
            position: Some(Pos { file, line: 0, column: 0 }),
            line: line.number,
            address: None,
            outer_positions: false,
            insts: insts..insts,
            relocs: relocs..relocs,
        });
        self.current = Current::Function;
        true
    }

    /// Adds an instruction of objdump.
    pub(crate) fn objdump_inst(&mut self, line: &Line<'a>) -> bool {
        let (Some(parts), Current::Function) = (objdump::inst(line.text), &self.current) else {
            return false;
        };
        let file = parts.position.map(|position| position.file);
        if let Some(file) = file.filter(|file| *file != base(self.file.1)) {
            self.file = (self.file_id(file), file);
        }
        let Some(function) = self.listing.functions.last_mut() else { return false };
        let origin = *function.address.get_or_insert(parts.address);
        let Some(pc) = parts.address.checked_sub(origin).and_then(|pc| u32::try_from(pc).ok()) else {
            return false;
        };
        function.size = pc.saturating_add(1);
        let position = parts.position.unwrap_or_default();
        let Ok(operands) = u32::try_from(line.offset + offset_in(line.text, parts.operands)) else {
            return false;
        };
        let mnemonic = self.listing.mnemonics.intern(parts.mnemonic);
        let operands_len = u16::try_from(parts.operands.len()).unwrap_or(u16::MAX);
        self.listing.rows.push(Row {
            pc,
            source_line: position.line,
            file: self.file.0,
            operands,
            operands_len,
            mnemonic,
            input_line: line.number,
        });
        true
    }

    /// Reads `TEXT name(SB), FLAGS, $frame-args` into the function.
    fn text(&mut self, text: &'a [u8], row: &Row) {
        let position = Pos { file: self.file.1, line: row.source_line, column: 0 };
        let Some(function) = self.listing.functions.last_mut() else { return };
        function.position.get_or_insert(position);
        let size = operands::last(text).strip_prefix(b"$").unwrap_or_default();
        let digits = size.iter().take_while(|byte| byte.is_ascii_digit()).count();
        // -8 or -4 means a frame without a saved return address.
        function.frame = if size.starts_with(b"-") { Some(0) } else { size.get(..digits).and_then(decimal) };
        let Some(flags) = operands::Operands::new(text).nth(1) else { return };
        for flag in flags.split(|byte| *byte == b'|') {
            match flag {
                b"NOSPLIT" => function.flags.nosplit = true,
                b"DUPOK" => function.flags.dupok = true,
                b"NEEDCTXT" => function.flags.needctxt = true,
                b"WRAPPER" => function.flags.wrapper = true,
                b"ABIWRAPPER" => function.flags.abi_wrapper = true,
                b"LEAF" => function.flags.leaf = true,
                b"ABIInternal" => function.abi = Abi::Internal,
                _ => {}
            }
        }
    }

    fn file_id(&mut self, file: &'a [u8]) -> u32 {
        let next = self.listing.files.len() as u32;
        let files = &mut self.listing.files;
        *self.files.entry(file).or_insert_with(|| {
            files.push(file);
            next
        })
    }

    /// The first 8 bytes of a type descriptor are the type's size; the bytes of a producer are flags.
    #[inline]
    fn hex(&mut self, text: &'a [u8]) {
        match &mut self.current {
            Current::Type { name, known: known @ false } => {
                *known = true;
                let mut size = [0; 8];
                let mut bytes = hex::bytes(text);
                if size.iter_mut().all(|out| bytes.next().map(|byte| *out = byte).is_some()) {
                    self.listing.types.insert(name, size);
                }
            }
            Current::Producer(_, words) if words.len() < MOST_FLAGS => words.extend(hex::bytes(text)),
            _ => {}
        }
    }

    #[inline]
    fn reloc(&mut self, line: &Line<'a>) -> bool {
        match self.current {
            Current::Data | Current::Type { .. } | Current::Producer(..) => true,
            Current::None => false,
            Current::Function => {
                let Some(parts) = reloc::parse(line.text) else { return false };
                let named = parts.kind.starts_with(b"R_");
                self.listing.hints.named_relocs |= named;
                self.listing.hints.numbered_relocs |= !named;
                if let Some(reloc) = parts.evidence(line.number) {
                    self.listing.relocs.push(reloc);
                }
                true
            }
            Current::Jumps(table) => {
                let Some(parts) = reloc::parse(line.text) else { return false };
                if let Some((_, target)) = parts.address() {
                    self.listing.jumps.entry(table).or_default().push(target);
                }
                true
            }
        }
    }
}

/// `pkg.F.jump5`.
fn is_jump_table(name: &[u8]) -> bool {
    memchr::memmem::rfind(name, b".jump").is_some_and(|at| {
        let digits = name.get(at + 5..).unwrap_or_default();
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    })
}
