//! Bytes that are nearly always text, serialized as text.

use serde::Serializer;

/// Serializes bytes as a string; those that are not UTF-8 become U+FFFD. For `serialize_with`.
pub(crate) fn lossy<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}

/// Serializes pairs such as labels as a list of `[key, value]`. For `serialize_with`.
pub(crate) fn lossy_pairs<S: Serializer>(
    pairs: &[(Vec<u8>, Vec<u8>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        pairs.iter().map(|(key, value)| [String::from_utf8_lossy(key), String::from_utf8_lossy(value)]),
    )
}
