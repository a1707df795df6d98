package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// clients are a process that asks a handler: n connections, and a pause between the requests of each.
func clients(n int, pause time.Duration, handler http.HandlerFunc) {
	start("clients", serve(handler), strconv.Itoa(n), pause.String())
}

func clientsMain(args []string) {
	n, _ := strconv.Atoi(args[1])
	pause, _ := time.ParseDuration(args[2])
	for range n {
		go ask(args[0], pause)
	}
	fmt.Println("asking")
}

// upstream is a process that answers after a delay.
func upstream(delay time.Duration) string { return start("upstream", delay.String()) }

func upstreamMain(args []string) {
	delay, _ := time.ParseDuration(args[0])
	handler := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		io.WriteString(w, "ok")
	}
	if len(args) > 1 {
		fmt.Println(httptest.NewTLSServer(http.HandlerFunc(handler)).URL)
		return
	}
	fmt.Println(serve(http.HandlerFunc(handler)))
}

func get(client *http.Client, url string) {
	r, err := client.Get(url)
	if err == nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

var rules = []string{`^[a-z]+@[a-z]+[.](com|org|net)$`, `^([0-9]{1,3}[.]){3}[0-9]{1,3}$`, `^(a|b|c)*d[e-z]{2,8}$`}

func validate(name string) (n int) {
	for _, rule := range rules {
		if regexp.MustCompile(rule).MatchString(name) {
			n++
		}
	}
	return n
}

func render(w io.Writer) {
	page := template.Must(template.New("page").Parse(`<ul>{{range .}}<li>{{.}}{{if eq . "b"}}!{{end}}</li>{{end}}</ul>`))
	page.Execute(w, []string{"a", "b", "c"})
}

func pay(bank string) {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	get(client, bank)
	client.CloseIdleConnections()
}

var stock = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 2, MaxIdleConnsPerHost: 2}}

func callStock(url string) { get(stock, url) }

var journal struct {
	mu   sync.Mutex
	file *os.File
}

func append1() {
	journal.mu.Lock()
	defer journal.mu.Unlock()
	io.WriteString(journal.file, "an event\n")
	journal.file.Sync()
}

var done atomic.Int64

func awaitJob() {
	for seen := done.Load(); done.Load() == seen; {
		time.Sleep(10 * time.Millisecond)
	}
}

var plain = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func fetchUser(url string)   { get(plain, url) }
func fetchOffers(url string) { get(plain, url) }
func fetchNews(url string)   { get(plain, url) }

func gather(fast, slow string) {
	var wg sync.WaitGroup
	for _, call := range []func(){func() { fetchUser(fast) }, func() { fetchNews(slow) }, func() { fetchOffers(fast) }} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			call()
		}()
	}
	wg.Wait()
}

func countStock() int {
	counts := map[string]int{}
	for i := range 2000 {
		counts[key(i%300, i%7)]++
	}
	return len(counts)
}

func key(shelf, box int) string { return fmt.Sprintf("shelf-%d-box-%d", shelf, box) }

var live [][]*[64]byte

func fill() {
	for range 40 {
		part := make([]*[64]byte, 10_000)
		for i := range part {
			part[i] = new([64]byte)
		}
		live = append(live, part)
	}
}

func watch(ctx context.Context) { <-ctx.Done() }

func init() {
	sick("regexp", `main.validate .*work is done again`, func() {
		clients(4, 50*time.Microsecond, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, validate("someone@example.com")) })
	})
	sick("template", `main.render .*work is done again`, func() {
		clients(4, 50*time.Microsecond, func(w http.ResponseWriter, r *http.Request) { render(w) })
	})
	sick("tls", `work is done again`, func() {
		bank := start("upstream", "0s", "tls")
		clients(4, 50*time.Microsecond, func(w http.ResponseWriter, r *http.Request) { pay(bank) })
	})
	sick("transport", `main.(callStock|get) .*slot of a pool`, func() {
		url := upstream(8 * time.Millisecond)
		clients(12, time.Millisecond, func(w http.ResponseWriter, r *http.Request) { callStock(url) })
	})
	sick("starved", `main.digest|goroutines wait long for a P`, func() {
		clients(4, 5*time.Millisecond, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
		for range 3 * runtime.GOMAXPROCS(0) {
			go func() {
				for {
					results.Add(digest(1))
				}
			}()
		}
	})
	sick("fsync", `main.append1 .*lock`, func() {
		var err error
		journal.file, err = os.CreateTemp("", "journal")
		check(err)
		os.Remove(journal.file.Name())
		clients(8, time.Millisecond, func(w http.ResponseWriter, r *http.Request) { append1() })
	})
	sick("polling", `main.awaitJob .*sleep and look again`, func() {
		clients(6, time.Millisecond, func(w http.ResponseWriter, r *http.Request) { awaitJob() })
		go func() {
			for range time.Tick(15 * time.Millisecond) {
				done.Add(1)
			}
		}()
	})
	sick("one-by-one", `main.fetch(User|Offers|News) .*outside the program`, func() {
		url := upstream(12 * time.Millisecond)
		clients(6, time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
			fetchUser(url)
			fetchOffers(url)
			fetchNews(url)
		})
	})
	sick("fan-out", `main.(fetchNews|get) .*outside the program`, func() {
		fast, slow := upstream(2*time.Millisecond), upstream(40*time.Millisecond)
		clients(6, time.Millisecond, func(w http.ResponseWriter, r *http.Request) { gather(fast, slow) })
	})
	sick("format", `main.(key|countStock) .*(allocates|running)`, func() {
		clients(4, 50*time.Microsecond, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, countStock()) })
	})
	sick("memory-limit", `main.fill .*memory limit`, func() {
		fill()
		debug.SetMemoryLimit(34 << 20)
		clients(4, 50*time.Microsecond, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, countStock()) })
	})
	sick("context-leak", `main.watch .*(leak|grow)`, func() {
		clients(4, 4*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(context.Background())
			_ = cancel // nobody calls it
			go watch(ctx)
		})
	})
}
