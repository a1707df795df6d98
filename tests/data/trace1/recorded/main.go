// A bit of everything that an execution trace can show, in a few hundred milliseconds.
// Built with Go 1.21.13 and run as `record everything.trace`; with -cpu the CPU profiler runs beside the trace.
package main

import (
	"context"
	"flag"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"time"
)

var cpu = flag.Bool("cpu", false, "profile the CPU too")

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	flag.Parse()
	parked := make(chan int)
	go func() { <-parked }()
	time.Sleep(time.Millisecond)
	if *cpu {
		must(pprof.StartCPUProfile(io.Discard))
	}
	out, err := os.Create(flag.Arg(0))
	must(err)
	must(trace.Start(out))
	ctx, task := trace.NewTask(context.Background(), "all")
	inner, second := trace.NewTask(ctx, "part")
	trace.Log(inner, "where", "in the middle")
	trace.Log(ctx, "empty", "")

	unbuffered, buffered, done := make(chan int), make(chan int, 2), make(chan bool)
	go func() {
		defer close(done)
		for value := range unbuffered {
			buffered <- value
		}
		close(buffered)
	}()
	go func() {
		for i := 0; i < 5; i++ {
			unbuffered <- i
		}
		close(unbuffered)
	}()
	trace.WithRegion(inner, "receive", func() {
		for range buffered {
			runtime.Gosched()
		}
	})
	<-done
	second.End()

	var mutex sync.Mutex
	cond := sync.NewCond(&mutex)
	ready := false
	mutex.Lock()
	go func() { mutex.Lock(); ready = true; cond.Broadcast(); mutex.Unlock() }()
	for !ready {
		cond.Wait()
	}
	mutex.Unlock()

	read, write, err := os.Pipe()
	must(err)
	go func() { time.Sleep(2 * time.Millisecond); write.Write([]byte("x")); write.Close() }()
	io.ReadAll(read)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() {
		conn, err := listener.Accept()
		must(err)
		io.Copy(conn, conn)
		conn.Close()
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	must(err)
	conn.Write([]byte("hello"))
	conn.(*net.TCPConn).CloseWrite()
	io.ReadAll(conn)
	select {
	case <-time.After(time.Millisecond):
	case <-parked:
	}
	var keep [][]byte
	for end := time.Now().Add(8 * time.Millisecond); time.Now().Before(end); {
		keep = append(keep[len(keep)/2:], make([]byte, 1<<16))
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	task.End()
	trace.Stop()
	must(out.Close())
	pprof.StopCPUProfile()
}
