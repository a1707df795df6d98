// healthy runs one program with nothing wrong and records it as a person would: while it works.
//
//	healthy NAME FOLDER     records a second of NAME into the folder
//	healthy                 lists names
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sort"
	"time"
)

// programs start goroutines and return; what they do goes on until the process ends.
var programs = map[string]func(){}

func main() {
	if len(os.Args) < 3 {
		var names []string
		for name := range programs {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	run, ok := programs[os.Args[1]]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such program")
		os.Exit(2)
	}
	go record(os.Args[2], run)
	select {}
}

func record(folder string, run func()) {
	runtime.SetBlockProfileRate(10_000)
	runtime.SetMutexProfileFraction(10)
	run()
	time.Sleep(200 * time.Millisecond)
	write(folder, "goroutine", "goroutine.1.pb.gz")
	events, cpu := create(folder, "app.trace"), create(folder, "cpu.pb.gz")
	check(pprof.StartCPUProfile(cpu))
	check(trace.Start(events))
	time.Sleep(500 * time.Millisecond)
	write(folder, "goroutine", "goroutine.2.pb.gz")
	time.Sleep(500 * time.Millisecond)
	trace.Stop()
	pprof.StopCPUProfile()
	check(events.Close())
	check(cpu.Close())
	for _, name := range []string{"heap", "mutex", "block"} {
		write(folder, name, name+".pb.gz")
	}
	write(folder, "goroutine", "goroutine.3.pb.gz")
	os.Exit(0)
}

func write(folder, profile, name string) {
	f := create(folder, name)
	check(pprof.Lookup(profile).WriteTo(f, 0))
	check(f.Close())
}

func create(folder, name string) *os.File {
	f, err := os.Create(filepath.Join(folder, name))
	check(err)
	return f
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
