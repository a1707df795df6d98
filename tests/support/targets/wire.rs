//! Protobuf fields: what holds on any bytes.

use godiag::wire::{Fields, Packed, Value};

/// Except for groups, fields follow each other without gap or overlap; values are inside the input; an error
/// or the end is final.
pub(crate) fn check(data: &[u8]) {
    let mut fields = Fields::new(data);
    let mut end = 0;
    loop {
        match fields.next_field() {
            Ok(Some(field)) => {
                assert!(field.offset >= end && field.value_offset > field.offset);
                end = field.value_offset;
                if let Value::Len(bytes) = field.value {
                    let at = field.value_offset as usize;
                    assert_eq!(data.get(at..at + bytes.len()), Some(bytes));
                    end += bytes.len() as u64;
                    let numbers = Packed::at(bytes, field.value_offset).filter(Result::is_ok).count();
                    assert!(numbers <= bytes.len());
                }
            }
            Ok(None) => break,
            Err(error) => {
                assert!(error.offset().is_some_and(|at| at >= end && at <= data.len() as u64), "{error}");
                break;
            }
        }
    }
    assert_eq!(fields.next_field().unwrap(), None);
}
