//! Bytes that are nearly always text, serialized as text.

use serde::Serializer;

type Pair = (Vec<u8>, Vec<u8>);

/// Serializes bytes as a string; those that are not UTF-8 become U+FFFD. For `serialize_with`.
pub(crate) fn lossy<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}

/// Serializes pairs such as labels as a list of `[key, value]`. For `serialize_with`.
pub(crate) fn lossy_pairs<S: Serializer>(pairs: &[Pair], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        pairs.iter().map(|(key, value)| [String::from_utf8_lossy(key), String::from_utf8_lossy(value)]),
    )
}

/// Serializes counted texts as a list of `[text, count]`. For `serialize_with`.
pub(crate) fn lossy_counts<S: Serializer>(
    counts: &[(Vec<u8>, u64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(counts.iter().map(|(text, count)| (String::from_utf8_lossy(text), count)))
}

/// Serializes counted pairs as a list of `[key, value, count]`. For `serialize_with`.
pub(crate) fn lossy_pair_counts<S: Serializer>(
    counts: &[(Pair, u64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        counts.iter().map(|((key, value), count)| {
            (String::from_utf8_lossy(key), String::from_utf8_lossy(value), count)
        }),
    )
}
