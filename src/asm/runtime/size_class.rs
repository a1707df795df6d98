//! How many bytes the allocator uses for a value.

use crate::asm::text::number::decimal;
use crate::text::search::rfind_pair;

/// The size class in bytes that the name of an allocator says (1.27: `mallocgcSmallNoScanSC3` is 24 bytes).
///
/// From `runtime/sizeclasses.go`; the compiler uses the specialised entry points up to class 7.
pub(crate) fn by_name(symbol: &[u8]) -> Option<u32> {
    const SIZES: [u32; 8] = [0, 8, 16, 24, 32, 48, 64, 80];
    let name = symbol.strip_prefix(b"runtime.mallocgc")?;
    let at = rfind_pair(name, *b"SC")?;
    let class = decimal(name.get(at + 2..)?)?;
    SIZES.get(class as usize).copied().filter(|size| *size > 0)
}

/// Rounds a size up to the class that the allocator takes (`runtime/sizeclasses.go`); `None` above 32 KiB,
/// where whole pages are taken.
pub(crate) fn round_up(size: u64) -> Option<u32> {
    const CLASSES: [u32; 67] = [
        8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384,
        416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688,
        3072, 3200, 3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880,
        12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672,
    ];
    if size > 28672 && size <= 32768 {
        return Some(32768);
    }
    CLASSES.get(CLASSES.partition_point(|class| u64::from(*class) < size)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_classes() {
        assert_eq!(by_name(b"runtime.mallocgcSmallNoScanSC3"), Some(24));
        assert_eq!(by_name(b"runtime.mallocgcTinySC2"), Some(16));
        assert_eq!(by_name(b"runtime.newobject"), None);
        assert_eq!([1, 8, 17, 320, 32768].map(round_up), [8, 8, 24, 320, 32768].map(Some));
        assert_eq!(round_up(32769), None);
    }
}
