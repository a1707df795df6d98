// recorded runs one program, with one known trouble or none, and records it as a person would: while it works.
//
//	recorded NAME FOLDER    records a second of NAME into the folder
//	recorded                lists names, and what the first two findings must say; nothing for a healthy program
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sort"
	"strings"
	"time"
)

// others are parts that run as processes of their own: clients and servers that are not to blame.
var others = map[string]func(args []string){"clients": clientsMain, "upstream": upstreamMain}

// open keeps them running.
var open []io.Closer

// start runs one of them, and gives what it prints first.
func start(args ...string) string {
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), "GOMAXPROCS=1")
	in, err := command.StdinPipe()
	check(err)
	open = append(open, in)
	out, err := command.StdoutPipe()
	check(err)
	check(command.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	check(err)
	return strings.TrimSpace(line)
}

// programs start goroutines and return; what they do goes on until the process ends.
var programs = map[string]func(){}

// wants has a regular expression for each sick program: what one of the first two lines of the ranking says.
var wants = map[string]string{}

func sick(name, want string, run func()) { programs[name], wants[name] = run, want }

func main() {
	if len(os.Args) > 1 && others[os.Args[1]] != nil {
		go others[os.Args[1]](os.Args[2:])
		io.Copy(io.Discard, os.Stdin) // until the one who started it is gone
		return
	}
	if len(os.Args) < 3 {
		var names []string
		for name := range programs {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Printf("%s\t%s\n", name, wants[name])
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
