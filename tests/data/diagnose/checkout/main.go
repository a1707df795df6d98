// Checkout is a small service that is recorded while it answers a steady load of 150 requests a second. With SLOW=1
// it has two regressions: a pattern that is compiled for each request, and a lock that is held three times as long.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"time"
)

var (
	slow    = os.Getenv("SLOW") != ""
	pattern = regexp.MustCompile(expression)
	cart    = strings.Repeat("sku-17-red x 3; ", 200)
	stock   = ledger{left: map[string]int{}}
)

const expression = `sku-(\d+)-(\w+) x (\d+)`

type ledger struct {
	mu   sync.Mutex
	left map[string]int
}

// reserve holds the lock while it writes to what stands for a journal.
func (l *ledger) reserve(sku string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left[sku]--
	if slow {
		time.Sleep(4 * time.Millisecond)
	}
	time.Sleep(2 * time.Millisecond)
}

// price reads the cart.
func price(cart string) int {
	lines := pattern
	if slow {
		for range 40 {
			lines = regexp.MustCompile(expression)
		}
	}
	return len(lines.FindAllString(cart, -1))
}

func checkout(w http.ResponseWriter, r *http.Request) {
	total := price(cart)
	stock.reserve(r.FormValue("sku"))
	fmt.Fprintln(w, total)
}

func main() {
	listener, err := net.Listen("tcp", "localhost:0")
	check(err)
	go http.Serve(listener, http.HandlerFunc(checkout))
	url := fmt.Sprintf("http://%s/?sku=", listener.Addr())
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	go func() {
		for number := 0; ; number++ {
			time.Sleep(time.Second / 150)
			go func() {
				answer, err := client.Get(url + fmt.Sprint(number%10))
				if err == nil {
					answer.Body.Close()
				}
			}()
		}
	}()
	time.Sleep(time.Second)
	cpu, tr := create("cpu.pb.gz"), create("app.trace")
	check(pprof.StartCPUProfile(cpu))
	check(trace.Start(tr))
	time.Sleep(3 * time.Second)
	trace.Stop()
	pprof.StopCPUProfile()
	heap := create("heap.pb.gz")
	check(pprof.Lookup("heap").WriteTo(heap, 0))
}

func create(name string) *os.File {
	file, err := os.Create(filepath.Join(os.Args[1], name))
	check(err)
	return file
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
