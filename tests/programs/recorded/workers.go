package main

import (
	"compress/flate"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var results atomic.Int64

// saturated keeps one worker for each P busy with jobs of three kinds; who feeds them waits by design.
func saturated() {
	jobs := make(chan int, 8)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for job := range jobs {
				switch job % 3 {
				case 0:
					results.Add(digest(job))
				case 1:
					results.Add(squeeze(job))
				default:
					results.Add(order(job))
				}
			}
		}()
	}
	go func() {
		for job := 0; ; job++ {
			jobs <- job
		}
	}()
}

func digest(job int) int64 {
	block := make([]byte, 1<<10)
	for range 200 {
		sum := sha256.Sum256(block)
		copy(block, sum[:])
	}
	return int64(block[0]) + int64(job)
}

var squeezers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, 1)
	return w
}}

var numbers = []byte(strings.Repeat("3141592653589793", 30))

func squeeze(job int) int64 {
	w := squeezers.Get().(*flate.Writer)
	defer squeezers.Put(w)
	w.Reset(io.Discard)
	for range 20 {
		w.Write(numbers)
	}
	w.Close()
	return int64(job)
}

func order(job int) int64 {
	values := make([]int, 3000)
	seed := uint64(job)
	for i := range values {
		seed = seed*6364136223846793005 + 1442695040888963407
		values[i] = int(seed >> 33)
	}
	sort.Ints(values)
	return int64(values[0])
}

// batch reads text and counts words, on one goroutine: it uses the CPU, as it should.
func batch() {
	text := strings.Repeat("the quick brown fox jumps over the lazy dog ", 500)
	go func() {
		counts := map[string]int{}
		for {
			clear(counts)
			for rest := text; rest != ""; {
				word, more, _ := strings.Cut(rest, " ")
				counts[word]++
				rest = more
			}
			results.Add(int64(counts["fox"]))
		}
	}()
}

// cron does little at several intervals.
func cron() {
	for _, every := range []time.Duration{20, 100, 250} {
		go func() {
			for range time.Tick(every * time.Millisecond) {
				results.Add(digest(1))
			}
		}()
	}
	var again func()
	again = func() {
		results.Add(1)
		time.AfterFunc(30*time.Millisecond, again)
	}
	again()
}

// watcher looks after a file that changes rarely.
func watcher() {
	f, err := os.CreateTemp("", "watched")
	check(err)
	name := f.Name()
	go func() {
		var last time.Time
		for {
			if info, err := os.Stat(name); err == nil && info.ModTime() != last {
				last = info.ModTime()
				results.Add(1)
			}
			time.Sleep(40 * time.Millisecond)
		}
	}()
	time.AfterFunc(time.Second, func() { os.Remove(name) })
}

// idle is a pool of workers that has nothing to do, and waits with a context and a condition.
func idle() {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	jobs := make(chan func())
	var mu sync.Mutex
	ready := sync.NewCond(&mu)
	for range 100 {
		go func() {
			for {
				select {
				case job := <-jobs:
					job()
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	for range 10 {
		go func() {
			mu.Lock()
			for {
				ready.Wait()
				results.Add(1)
			}
		}()
	}
	go func() {
		for range time.Tick(50 * time.Millisecond) {
			jobs <- func() { results.Add(1) }
			ready.Signal()
		}
	}()
}

// fork splits work among goroutines and joins them again; all Ps have the same to do.
func fork() {
	go func() {
		for {
			var wg sync.WaitGroup
			for range 4 * runtime.GOMAXPROCS(0) {
				wg.Add(1)
				go func() {
					defer wg.Done()
					results.Add(order(7))
				}()
			}
			wg.Wait()
		}
	}()
}

// supervisor waits for a child and starts it again.
func supervisor() {
	go func() {
		for {
			exec.Command("sleep", "0.3").Run()
			results.Add(1)
		}
	}()
}

// startup waits once for what is slow to come, then works a little.
func startup() {
	time.AfterFunc(0, func() {
		var wg sync.WaitGroup
		for range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				time.Sleep(400 * time.Millisecond)
			}()
		}
		wg.Wait()
		for range time.Tick(50 * time.Millisecond) {
			results.Add(digest(2))
		}
	})
}

// flusher collects lines under a lock and writes them out from time to time, outside of it.
func flusher() {
	var mu sync.Mutex
	var lines []string
	out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	check(err)
	for range 4 {
		go func() {
			for {
				mu.Lock()
				lines = append(lines, "an event")
				mu.Unlock()
				time.Sleep(3 * time.Millisecond)
			}
		}()
	}
	go func() {
		for range time.Tick(50 * time.Millisecond) {
			mu.Lock()
			todo := lines
			lines = nil
			mu.Unlock()
			io.WriteString(out, strings.Join(todo, "\n"))
		}
	}()
}

func init() {
	programs["saturated"] = saturated
	programs["batch"] = batch
	programs["cron"] = cron
	programs["watcher"] = watcher
	programs["idle"] = idle
	programs["fork"] = fork
	programs["supervisor"] = supervisor
	programs["startup"] = startup
	programs["flusher"] = flusher
}
