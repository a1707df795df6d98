//! Lock sites and heap growth of programs whose costs are known.

use std::fmt::Write;

use godiag::ErrorKind;
use godiag::pprof::{HeapSite, Profile, heap_growth, lock_sites};

use crate::fixtures;

fn open(name: &str) -> Profile {
    Profile::parse(&fixtures::file(name)).unwrap()
}

#[test]
fn locks_are_found_through_package_sync() {
    for form in ["debug0.pb.gz", "debug1.txt.gz"] {
        let sites = lock_sites(&open(&format!("pprof/go1.27.3/mutex.{form}"))).unwrap();
        let top = &sites[0];
        assert_eq!(top.site.func.as_bytes(), b"main.contend.func1");
        assert_eq!((top.contentions, top.delay_ns, top.mean_delay_ns()), (130, 480_329_394, 3_694_841));
        assert!(sites.windows(2).all(|pair| pair[0].delay_ns >= pair[1].delay_ns));
    }
    let waits = lock_sites(&open("diagnose/samples/mutex_contention.block.pprof")).unwrap();
    let lock = waits.iter().find(|row| row.site.func.as_bytes().starts_with(b"main.")).unwrap();
    assert!(lock.delay_ns > 5_000_000_000 && lock.contentions >= 20, "{lock:?}");
    let heap = open("pprof/go1.27.3/heap.debug0.pb.gz");
    assert_eq!(lock_sites(&heap).unwrap_err().kind(), ErrorKind::Usage);
}

#[test]
fn the_programs_own_line_is_named_before_the_library_that_it_calls() {
    let site = |stack: &[&str]| {
        let mut text = "--- mutex:\ncycles/second=1000000000\nsampling period=1\n900 3 @".to_owned();
        (0..stack.len()).for_each(|i| write!(text, " {:#x}", 0x11 + 0x10 * i).unwrap());
        for (i, func) in stack.iter().enumerate() {
            write!(text, "\n#\t{:#x}\t{func}+0x1\t/src/a.go:{}", 0x10 + 0x10 * i, i + 1).unwrap();
        }
        let sites = lock_sites(&Profile::parse(format!("{text}\n\n").as_bytes()).unwrap()).unwrap();
        (sites[0].site.func.to_string(), sites[0].site.line)
    };
    let pool = "net/http.(*Transport).getConn";
    for own in ["example.com/order.Fetch", "shop/order.Fetch", "main.fetch"] {
        assert_eq!(site(&["sync.(*Mutex).Unlock", pool, own, "runtime.main"]), (own.to_owned(), 3));
    }
    assert_eq!(site(&["sync.(*Mutex).Unlock", pool, "net/http.(*conn).serve"]), (pool.to_owned(), 2));
}

#[test]
fn heaps_are_compared_by_allocation_site() {
    let heap = |objects: i64, name: &str| {
        let bytes = objects * 64;
        let text = format!(
            "heap profile: {objects}: {bytes} [9: 9] @ heap/2\n{objects}: {bytes} [{objects}: {bytes}] @ 0x11 0x21\n\
             #\t0x20\tmain.{name}+0x2\t/a.go:7\n\n1: 8 [1: 8] @ 0x31\n#\t0x30\tmain.still+0x1\t/a.go:9\n\n"
        );
        Profile::parse(text.as_bytes()).unwrap()
    };
    let rows = heap_growth(&[heap(1, "leak"), heap(5, "leak"), heap(6, "leak")]).unwrap();
    assert_eq!(rows[0].site.func.as_bytes(), b"main.leak");
    assert_eq!(
        (rows[0].bytes.as_slice(), rows[0].growth(), rows[0].is_steady()),
        (&[64, 320, 384][..], 320, true)
    );
    assert_eq!((rows[1].growth(), rows[1].is_steady()), (0, false));
    let rows = heap_growth(&[heap(1, "gone"), heap(2, "new")]).unwrap();
    assert_eq!(rows.iter().map(HeapSite::growth).collect::<Vec<_>>(), [128, 0, -64]);
    assert!(heap_growth(&[open("pprof/go1.27.3/cpu.pb.gz")]).is_err());
}
