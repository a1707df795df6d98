//! Operands of an instruction (`cmd/internal/obj/util.go`): how to split them, and the forms that analyses
//! look for.

use crate::text::search::rfind_pair;

/// The operands of one instruction, in order.
#[derive(Clone, Copy, Debug)]
pub struct Operands<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Operands<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { rest: Some(text).filter(|text| !text.is_empty()) }
    }
}

impl<'a> Iterator for Operands<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        let end = operand_end(text);
        self.rest = text.get(end + 2..).filter(|rest| !rest.is_empty());
        text.get(..end)
    }
}

/// Where the first operand ends: at the first `, ` outside brackets and quotes.
fn operand_end(text: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut bytes = text.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_quoted(&mut bytes),
            b',' if depth == 0 && text.get(at + 1) == Some(&b' ') => return at,
            _ => {}
        }
    }
    text.len()
}

/// Skips to after the closing quote.
fn skip_quoted<'b>(bytes: &mut impl Iterator<Item = (usize, &'b u8)>) {
    while let Some((_, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return,
            _ => {}
        }
    }
}

/// The last operand.
pub(crate) fn last(text: &[u8]) -> &[u8] {
    // Nearly always nothing after the last comma hides another one.
    match rfind_pair(text, *b", ") {
        None => text,
        Some(at) => {
            let tail = text.get(at + 2..).unwrap_or_default();
            if tail.iter().any(|byte| matches!(byte, b')' | b']' | b'}' | b'"')) {
                Operands::new(text).last().unwrap_or_default()
            } else {
                tail
            }
        }
    }
}

/// The symbol of `sym(SB)`, `$sym(SB)`, `sym+8(SB)`, `sym<>(SB)`, `sym<ABI0>(SB)`.
pub(crate) fn symbol(operand: &[u8]) -> Option<&[u8]> {
    let name = operand.strip_suffix(b"(SB)")?;
    let name = name.strip_prefix(b"$").unwrap_or(name);
    let name = name.strip_suffix(b"@GOT").unwrap_or(name);
    let name = strip_offset(name);
    let name = name.strip_suffix(b"<ABI0>").or_else(|| name.strip_suffix(b"<ABIInternal>")).unwrap_or(name);
    let name = name.strip_suffix(b"<>").unwrap_or(name);
    if name.is_empty() { None } else { Some(name) }
}

/// A name without `+8` or `-8` at its end.
fn strip_offset(name: &[u8]) -> &[u8] {
    let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return name;
    }
    match name.get(..name.len() - digits) {
        Some([head @ .., b'+' | b'-']) if !head.is_empty() => head,
        _ => name,
    }
}

/// The offset and the register of `offset(register)`; `None` for symbols, stack names and indexed forms.
pub(crate) fn memory(operand: &[u8]) -> Option<(i64, &[u8])> {
    let inner = operand.strip_suffix(b")")?;
    let open = memchr::memchr(b'(', inner)?;
    let (offset, register) = (inner.get(..open)?, inner.get(open + 1..)?);
    let plain = register.iter().all(u8::is_ascii_alphanumeric) && !register.is_empty();
    if !plain || matches!(register, b"SB" | b"PC") {
        return None;
    }
    Some((integer(offset)?, register))
}

/// The value of `12` or `-12`, or of `0x12` as objdump prints it; 0 for no text.
pub(crate) fn integer(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    let value = if digits.starts_with(b"0x") {
        crate::asm::text::number::hexadecimal(digits).and_then(|value| i64::try_from(value).ok())?
    } else {
        decimal64(digits)?
    };
    Some(value * sign)
}

fn decimal64(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0i64, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum.checked_mul(10)?.checked_add(i64::from(digit))
    })
}

/// The value of an immediate `$12`.
pub(crate) fn immediate(operand: &[u8]) -> Option<i64> {
    let digits = operand.strip_prefix(b"$")?;
    if digits.is_empty() { None } else { integer(digits) }
}

/// Whether an operand is a name with an offset from SP or FP: a slot of the frame.
pub(crate) fn is_frame_slot(operand: &[u8]) -> bool {
    !matches!(operand, [b'0'..=b'9' | b'-' | b'$' | b'(', ..])
        && (operand.ends_with(b"(SP)") || operand.ends_with(b"(FP)") || operand.ends_with(b"(RSP)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_split_outside_brackets_and_quotes() {
        let split = |text: &'static str| -> Vec<&[u8]> { Operands::new(text.as_bytes()).collect() };
        assert_eq!(split("$\"a, b\", (R0, R1), x(SB)"), [&b"$\"a, b\""[..], b"(R0, R1)", b"x(SB)"]);
        assert_eq!(split("type:struct { A int, B int }(SB), AX").len(), 2);
        assert_eq!(split(""), [b""; 0]);
        assert_eq!(last(b"p.F[go.shape.int, p.X](SB)"), b"p.F[go.shape.int, p.X](SB)");
        assert_eq!(last(b"X9, X11, $-16"), b"$-16");
    }

    #[test]
    fn forms() {
        assert_eq!(symbol(b"runtime.duffcopy+472(SB)"), Some(&b"runtime.duffcopy"[..]));
        assert_eq!(symbol(b"$type:int(SB)"), Some(&b"type:int"[..]));
        assert_eq!(symbol(b"p.x+8(SP)"), None);
        assert_eq!(memory(b"24(CX)"), Some((24, &b"CX"[..])));
        assert_eq!(memory(b"(R26)"), Some((0, &b"R26"[..])));
        assert_eq!(memory(b"(AX)(CX*8)"), None);
        assert_eq!(memory(b"p.x+16(FP)"), None);
        assert!(is_frame_slot(b"p..autotmp_12+48(SP)") && !is_frame_slot(b"48(SP)"));
    }
}
