// order is a small service with the classical story: a hot processOrder that allocates and is not inlined, a
// contended lock, a database with too few connections, a slow DNS lookup, a sync.Pool that boxes, and a goroutine
// that leaks for each request whose caller gives up. It takes orders from itself for a second and records what Go
// can record.
//
//	order DIR    writes DIR/order.trace and DIR/*.pb.gz
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"time"
)

// Item is one line of an order.
type Item struct {
	SKU   string
	Price int64
	Count int64
}

// Order is what a client sends.
type Order struct {
	ID    int
	Items []Item
}

// Pricer gives the price of an item; each shop brings its own rules.
type Pricer interface {
	Price(Item) int64
}

type rebate struct{ percent int64 }

func (r rebate) Price(it Item) int64 { return it.Price * it.Count * (100 - r.percent) / 100 }

type surcharge struct{ cents int64 }

func (s surcharge) Price(it Item) int64 { return it.Price*it.Count + s.cents }

// Receipt is what processOrder gives back.
type Receipt struct {
	ID    int
	Total int64
	Check uint32
	Lines []string
}

// processOrder prices an order. Hot: an interface call for each item and rule, a checksum bit by bit, a string for
// each line, a receipt on the heap, and too big to be inlined.
func processOrder(o *Order, rules []Pricer) *Receipt {
	r := &Receipt{ID: o.ID}
	for _, it := range o.Items {
		for _, rule := range rules {
			r.Total += rule.Price(it)
		}
		for _, c := range []byte(it.SKU) {
			r.Check ^= uint32(c) << 24
			for range 8 {
				r.Check = r.Check<<1 ^ (r.Check>>31)*0x04c11db7
			}
		}
		r.Lines = append(r.Lines, strings.ToUpper(it.SKU)+" "+fmt.Sprint(it.Count))
	}
	return r
}

// stock is guarded by one lock for all clients.
type stock struct {
	mu   sync.Mutex
	left map[string]int64
}

// reserve holds the lock while it does work that needs no lock.
func (s *stock) reserve(o *Order) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range o.Items {
		s.left[it.SKU] -= it.Count
	}
	time.Sleep(6 * time.Millisecond) // writes to a slow journal
}

var buffers = sync.Pool{New: func() any { return make([]byte, 0, 4<<10) }}

// encode takes a buffer from the pool and puts the slice itself back: each Put boxes a slice header.
func encode(r *Receipt) int {
	b := buffers.Get().([]byte)
	for _, l := range r.Lines {
		b = append(b[:0], l...)
	}
	n := len(b)
	buffers.Put(b)
	return n
}

// notify gives the caller 1 ms; the goroutine that answers later waits for ever in its send.
func notify(o *Order) {
	done := make(chan int)
	go func() {
		time.Sleep(3 * time.Millisecond)
		done <- o.ID
	}()
	select {
	case <-done:
	case <-time.After(time.Millisecond):
	}
}

// slowDNS answers every question with 127.0.0.1 after the delay.
func slowDNS(delay time.Duration) (*net.Resolver, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			q := append([]byte(nil), buf[:n]...)
			time.AfterFunc(delay, func() { conn.WriteTo(answer(q), from) })
		}
	}()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}
	return &net.Resolver{PreferGo: true, Dial: dial}, nil
}

func answer(q []byte) []byte {
	end := 12
	for end < len(q) && q[end] != 0 {
		end += int(q[end]) + 1
	}
	end += 5
	a := append([]byte(nil), q[:end]...)
	a[2], a[3] = 0x81, 0x80
	a[6], a[7] = 0, 0
	a[8], a[9], a[10], a[11] = 0, 0, 0, 0
	if q[end-3] == 1 { // an A record
		a[7] = 1
		a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1)
	}
	return a
}

// ship looks the carrier up for each parcel, without a cache.
func ship(r *net.Resolver, id int) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := r.LookupHost(ctx, fmt.Sprintf("carrier%d.example.com.", id)); err != nil {
		fmt.Fprintln(os.Stderr, "lookup:", err)
	}
}

func serve(ctx context.Context, client int, db *sql.DB, s *stock, rules []Pricer) {
	for id := client * 1000; ctx.Err() == nil; id++ {
		o := &Order{ID: id}
		for i := 0; i < 40; i++ {
			o.Items = append(o.Items, Item{SKU: fmt.Sprintf("sku-%d", (id+i)%97), Price: int64(100 + i), Count: 2})
		}
		if _, err := locate(context.WithoutCancel(ctx), db, o); err != nil {
			fmt.Fprintln(os.Stderr, "locate:", err)
		}
		trace.WithRegion(ctx, "price", func() {
			for i := 0; i < 300; i++ {
				encode(processOrder(o, rules))
			}
		})
		s.reserve(o)
		notify(o)
	}
}

func main() {
	dir := os.Args[1]
	runtime.MemProfileRate = 4096
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	resolver, err := slowDNS(250 * time.Millisecond)
	check(err)

	create := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		check(err)
		return f
	}
	lookup := func(profile, name string) {
		f := create(name)
		check(pprof.Lookup(profile).WriteTo(f, 0))
		check(f.Close())
	}
	cpu, events := create("cpu.pb.gz"), create("order.trace")
	check(pprof.StartCPUProfile(cpu))
	check(trace.Start(events))

	ctx, stop := context.WithTimeout(context.Background(), 1500*time.Millisecond)
	defer stop()
	db := sql.OpenDB(warehouse{})
	defer db.Close()
	db.SetMaxOpenConns(2)
	s := &stock{left: map[string]int64{}}
	rules := []Pricer{rebate{10}, surcharge{5}, rebate{2}}
	var wg sync.WaitGroup
	for client := 0; client < 12; client++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ctx, task := trace.NewTask(ctx, "client")
			defer task.End()
			serve(ctx, client, db, s, rules)
		}()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		for id := 0; ctx.Err() == nil; id++ {
			ship(resolver, id)
		}
	}()
	for i := 1; i <= 3; i++ {
		time.Sleep(400 * time.Millisecond)
		lookup("goroutine", fmt.Sprintf("goroutine.%d.pb.gz", i))
	}
	wg.Wait()
	trace.Stop()
	check(events.Close())
	pprof.StopCPUProfile()
	check(cpu.Close())
	for _, name := range []string{"heap", "mutex", "block", "goroutineleak"} {
		lookup(name, name+".pb.gz")
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
