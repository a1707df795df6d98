package main

import (
	"context"
	"os"
	"runtime/trace"
	"sync"
	"time"
)

func main() {
	f, _ := os.Create(os.Args[1])
	trace.Start(f)
	ctx, task := trace.NewTask(context.Background(), "order")
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			trace.WithRegion(ctx, "good", func() { time.Sleep(2 * time.Millisecond) })
			trace.WithRegion(context.Background(), "background", func() { time.Sleep(2 * time.Millisecond) })
		}()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		a := trace.StartRegion(ctx, "a")
		b := trace.StartRegion(ctx, "b")
		time.Sleep(3 * time.Millisecond)
		a.End() // out of order: b is the innermost
		time.Sleep(3 * time.Millisecond)
		b.End()
		trace.WithRegion(ctx, "after", func() { time.Sleep(2 * time.Millisecond) })
	}()
	wg.Wait()
	go func() {
		trace.StartRegion(ctx, "open")
		time.Sleep(time.Second)
	}()
	time.Sleep(10 * time.Millisecond)
	task.End()
	trace.Stop()
}
