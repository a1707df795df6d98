// Package costs measures what each rule's cost is worth, beside the same loop without it.
package costs

import (
	"strings"
	"sync"
	"testing"
	"time"
)

type point struct{ x, y int }
type big struct{ a [64]int }
type shape interface{ area() int }

func (p point) area() int { return p.x }

var (
	sink     any
	pointer  *point
	slice    []byte
	text     string
	number   int
	pool     = sync.Pool{New: func() any { return new([512]byte) }}
	values   = sync.Pool{New: func() any { return []byte(nil) }}
	lock     sync.Mutex
	shapes   = []shape{point{1, 2}, &other{1}}
	function = func(x int) int { return x + 1 }
	ints     = make([]int, 1024)
	index    = make([]int, 1024)
	pointers = make([]*point, 1024)
	closure  func() int
)

type other struct{ x int }

func (o *other) area() int { return o.x }

//go:noinline
func add(a, b int) int { return a + b }

//go:noinline
func takes(b big) int { return b.a[3] }

//go:noinline
func deferred(n int) {
	for range n {
		defer add(1, 2)
	}
}

//go:noinline
func frame(n int) int {
	var a [8192]byte
	a[n&8191] = 1
	return int(a[(n+1)&8191])
}

func BenchmarkEmpty(b *testing.B) {
	for i := range b.N {
		number += i
	}
}
func BenchmarkAlloc16(b *testing.B) {
	for i := range b.N {
		pointer = &point{i, i}
	}
}
func BenchmarkAlloc512(b *testing.B) {
	for range b.N {
		slice = make([]byte, 512)
	}
}
func BenchmarkAlloc4k(b *testing.B) {
	for range b.N {
		slice = make([]byte, 4096)
	}
}
func BenchmarkAlloc64k(b *testing.B) {
	for range b.N {
		slice = make([]byte, 65536)
	}
}
func BenchmarkBox(b *testing.B) {
	for i := range b.N {
		sink = i + 1000
	}
}
func BenchmarkClosure(b *testing.B) {
	for i := range b.N {
		closure = func() int { return i }
	}
}
func BenchmarkGoroutine(b *testing.B) {
	var group sync.WaitGroup
	for i := range b.N {
		group.Add(1)
		go func() { number += i; group.Done() }()
	}
	group.Wait()
}
func BenchmarkInterface(b *testing.B) {
	for i := range b.N {
		number += shapes[i&1].area()
	}
}
func BenchmarkFunc(b *testing.B) {
	f := function
	for i := range b.N {
		number += f(i)
	}
}
func BenchmarkCall(b *testing.B) {
	for i := range b.N {
		number += add(i, 1)
	}
}
func BenchmarkGrow(b *testing.B) {
	var s []int
	for i := range b.N {
		s = append(s, i)
		if len(s) == 1024 {
			s = nil
		}
	}
	number += len(s)
}
func BenchmarkPoolValue(b *testing.B) {
	for range b.N {
		values.Put(values.Get().([]byte))
	}
}
func BenchmarkPoolPointer(b *testing.B) {
	for range b.N {
		pool.Put(pool.Get())
	}
}
func BenchmarkPoolNoPut(b *testing.B) {
	for range b.N {
		sink = pool.Get()
	}
}
func BenchmarkBounds(b *testing.B) {
	for i := range b.N {
		number += ints[index[i&1023]]
	}
}
func BenchmarkBarrier(b *testing.B) {
	for i := range b.N {
		pointers[i&1023] = pointer
	}
}
func BenchmarkDeferLoop(b *testing.B) {
	for i := 0; i < b.N; i += 1000 {
		deferred(1000)
	}
}
func BenchmarkBigFrame(b *testing.B) {
	for i := range b.N {
		number += frame(i)
	}
}
func BenchmarkBigCopy512(b *testing.B) {
	var v big
	for i := range b.N {
		v.a[i&63] = i
		number += takes(v)
	}
}
func BenchmarkConvert(b *testing.B) {
	s := strings.Repeat("x", 40)
	for range b.N {
		slice = []byte(s)
	}
}
func BenchmarkConcat(b *testing.B) {
	s := strings.Repeat("x", 40)
	for range b.N {
		text = s + "y"
	}
}
func BenchmarkTime(b *testing.B) {
	for range b.N {
		number += time.Now().Nanosecond()
	}
}
func BenchmarkLock(b *testing.B) {
	for range b.N {
		lock.Lock()
		number++
		lock.Unlock()
	}
}
func BenchmarkBuilt(b *testing.B) {
	for range b.N {
		t := time.NewTimer(time.Hour)
		t.Stop()
	}
}
