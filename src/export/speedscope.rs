//! A profile for [speedscope](https://www.speedscope.app), in its own JSON form.
//!
//! In goes a [`Report`]; out comes one "sampled" profile: every stack once, with its value as its weight.
//! Stacks of negative value, in a difference, are left out, because the format cannot express them.

use std::io::Write;

use crate::error::Result;
use crate::pprof::report::Report;
use crate::pprof::units;
use crate::text::Printable;
use crate::text::json::push_string;

/// Writes the stacks of `report` under `name`. Returns how many were left out because their value is
/// negative.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io).
pub fn write(report: &Report<'_>, name: &str, out: &mut impl Write) -> Result<usize> {
    let mut stacks = report.stacks();
    let before = stacks.rows.len();
    stacks.rows.retain(|(_, weight)| *weight > 0);
    let (to, unit) = unit(report.value_unit());
    let weight = |value: i128| {
        if to.is_empty() { value as f64 } else { units::scale(value, report.value_unit(), to).0 }
    };
    let total: f64 = stacks.rows.iter().map(|row| weight(row.1)).sum();

    write!(
        out,
        "{{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"godiag\","
    )?;
    write!(out, "\"name\":{},\"activeProfileIndex\":0,\"shared\":{{\"frames\":[", quoted(name.as_bytes()))?;
    list(out, stacks.names.iter().map(|name| format!("{{\"name\":{}}}", quoted(name))))?;
    write!(
        out,
        "]}},\"profiles\":[{{\"type\":\"sampled\",\"name\":{},",
        quoted(report.value_type().as_bytes())
    )?;
    write!(out, "\"unit\":\"{unit}\",\"startValue\":0,\"endValue\":{total},\"samples\":[")?;
    list(
        out,
        stacks.rows.iter().map(|(stack, _)| {
            let indices: Vec<String> = stack.iter().map(u32::to_string).collect();
            format!("[{}]", indices.join(","))
        }),
    )?;
    write!(out, "],\"weights\":[")?;
    list(out, stacks.rows.iter().map(|row| weight(row.1).to_string()))?;
    writeln!(out, "]}}]}}")?;
    Ok(before - stacks.rows.len())
}

/// The unit to convert to, if any, and its name in speedscope.
fn unit(unit: &str) -> (&'static str, &'static str) {
    if unit != "count" && units::convertible(unit, "nanoseconds") {
        ("nanoseconds", "nanoseconds")
    } else if units::convertible(unit, "bytes") {
        ("bytes", "bytes")
    } else {
        ("", "none")
    }
}

fn list(out: &mut impl Write, items: impl Iterator<Item = String>) -> Result<()> {
    for (at, item) in items.enumerate() {
        let gap = if at == 0 { "" } else { "," };
        write!(out, "{gap}{item}")?;
    }
    Ok(())
}

/// A name as a JSON string, safe to print.
fn quoted(name: &[u8]) -> String {
    let mut text = String::new();
    push_string(&mut text, &Printable(name).to_string());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_strings() {
        assert_eq!(quoted(b"a\"b\\</script>\n"), "\"a\\\"b\\\\\\u003c/script\\u003e\\\\x0a\"");
        assert_eq!(unit("microseconds"), ("nanoseconds", "nanoseconds"));
        assert_eq!(unit("count"), ("", "none"));
    }
}
