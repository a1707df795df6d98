package main

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Polling.
var ticks atomic.Int64

func waitForTick() {
	for seen := ticks.Load(); ticks.Load() == seen; {
		time.Sleep(3 * time.Millisecond)
	}
}

func retry() {
	for attempt := 1; attempt < 4; attempt++ {
		time.Sleep(time.Duration(attempt) * 2 * time.Millisecond)
	}
}

func serveRetry() { retry() }
func serveTick()  { waitForTick() }

// Disk.
func writeDurably() {
	f, err := os.CreateTemp("", "waits")
	if err != nil {
		panic(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	for i := 0; i < 20; i++ {
		f.WriteString("a line\n")
		f.Sync()
	}
}

func serveFile() { writeDurably() }

// Deadlock: two locks in two orders.
var first, second sync.Mutex

func transfer(a, b *sync.Mutex) {
	for {
		a.Lock()
		time.Sleep(time.Millisecond)
		b.Lock()
		b.Unlock()
		a.Unlock()
	}
}

// A queue whose signal wakes the wrong side.
type bounded struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items int
}

func (q *bounded) put() {
	q.mu.Lock()
	for q.items >= 1 {
		q.cond.Wait()
	}
	q.items++
	q.mu.Unlock()
	q.cond.Signal()
}

func (q *bounded) take() {
	q.mu.Lock()
	for q.items == 0 {
		q.cond.Wait()
	}
	q.items--
	q.mu.Unlock()
	q.cond.Signal()
}

// Leaks.
func leakSend() {
	answers := make(chan int)
	for i := 0; i < 2; i++ {
		go func() { answers <- i }()
	}
	<-answers
	time.Sleep(5 * time.Millisecond)
}

func leakWatch() {
	ctx, _ := context.WithCancel(context.Background())
	go watch(ctx)
	time.Sleep(5 * time.Millisecond)
}

func watch(ctx context.Context) { <-ctx.Done() }

// Healthy.
func idlePool() {
	jobs := make(chan int)
	for i := 0; i < 8; i++ {
		go func() {
			for job := range jobs {
				_ = job
			}
		}()
	}
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			jobs <- 1
		}
	}()
}

func tickers() {
	for i := 1; i < 5; i++ {
		go func() {
			tick := time.NewTicker(time.Duration(i) * 10 * time.Millisecond)
			for {
				select {
				case <-tick.C:
					ticks.Add(1)
				case <-context.Background().Done():
					return
				}
			}
		}()
	}
}

func blockedMain() {
	stop := make(chan os.Signal, 1)
	go func() { <-stop }()
	go func() { select {} }()
	tickers()
}

func init() {
	add("poll", `sleeping .* at main.waitForTick`, func() {
		times(6, serveTick)
		go func() {
			for {
				time.Sleep(10 * time.Millisecond)
				ticks.Add(1)
			}
		}()
	})
	add("retry", `sleeping .* at main.retry`, func() { times(6, serveRetry) })
	add("fsync", `system calls on the disk, at main.writeDurably .*os.\(\*File\).Sync`, func() { times(3, serveFile) })
	add("deadlock", `will never go on: waiting for a lock \(sync.Mutex\) at main.transfer`, func() {
		go transfer(&first, &second)
		go transfer(&second, &first)
	})
	add("lost-wakeup", `will never go on: waiting for a condition .*bounded`, func() {
		q := &bounded{}
		q.cond = sync.NewCond(&q.mu)
		times(8, q.put)
		times(8, q.take)
	})
	add("leak-send", `Goroutines pile up: .* main.leakSend.func1`, func() { times(2, leakSend) })
	add("leak-context", `Goroutines pile up: .* at main.watch`, func() { times(2, leakWatch) })
	add("healthy-pool", `^(The program waited for something to do|No goroutine)[^.]*\.$`, idlePool)
	add("healthy-tickers", `^(The program waited for something to do|No goroutine)[^.]*\.$`, tickers)
	add("healthy-daemon", `^(The program waited for something to do|No goroutine)[^.]*\.$`, blockedMain)
	for _, name := range []string{"healthy-pool", "healthy-daemon", "retry", "poll"} {
		early[name] = true
	}
}
