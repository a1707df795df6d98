// waits runs one scenario, each with one known cause, and records a trace of it.
//
//	waits NAME FILE     records a second of NAME
//	waits               lists names, and what the verdict must say
package main

import (
	"fmt"
	"os"
	"runtime/trace"
	"sort"
	"time"
)

// A scenario: starts goroutines and returns; what they do goes on until the process ends.
type scenario struct {
	want string // a regular expression for the verdict
	run  func()
}

var scenarios = map[string]scenario{}

func add(name, want string, run func()) { scenarios[name] = scenario{want, run} }

func main() {
	if len(os.Args) < 3 {
		var names []string
		for name := range scenarios {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Printf("%s\t%s\n", name, scenarios[name].want)
		}
		return
	}
	s, ok := scenarios[os.Args[1]]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such scenario")
		os.Exit(2)
	}
	f, err := os.Create(os.Args[2])
	if err != nil {
		panic(err)
	}
	before := early[os.Args[1]]
	if before {
		s.run()
		time.Sleep(100 * time.Millisecond)
	}
	if err := trace.Start(f); err != nil {
		panic(err)
	}
	if !before {
		s.run()
	}
	time.Sleep(time.Second)
	trace.Stop()
	f.Close()
}

// Scenarios that run before the recording starts, as services do.
var early = map[string]bool{}

// times starts n goroutines that call f for ever.
func times(n int, f func()) {
	for i := 0; i < n; i++ {
		go func() {
			for {
				f()
			}
		}()
	}
}

// spin runs for about d.
func spin(d time.Duration) (n int) {
	for end := time.Now().Add(d); time.Now().Before(end); n++ {
	}
	return n
}
