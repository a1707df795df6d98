package main

import (
	"sync"
	"time"
)

var lines = make(chan int)

func produce() {
	lines <- spin(50 * time.Microsecond)
}

func collectSpinning() {
	for range lines {
		spin(time.Millisecond)
	}
}

func collectSleeping() {
	for range lines {
		store()
	}
}

func store() { time.Sleep(2 * time.Millisecond) }

// Requests as goroutines of their own, which ask several at once.
func requests(n int, serve func()) {
	for i := 0; i < n; i++ {
		go func() {
			for {
				done := make(chan struct{})
				go func() {
					serve()
					close(done)
				}()
				<-done
			}
		}()
	}
}

func fast() { time.Sleep(time.Millisecond) }
func slow() { time.Sleep(20 * time.Millisecond) }

func gatherGroup() {
	var wg sync.WaitGroup
	for _, f := range []func(){fast, fast, slow, fast} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

func gatherChannel() {
	results := make(chan int, 4)
	for _, f := range []func(){fast, slow, fast} {
		go func() {
			f()
			results <- 1
		}()
	}
	for i := 0; i < 3; i++ {
		<-results
	}
}

// One worker answers all who ask it.
type question struct{ answer chan int }

var questions = make(chan question)

func askWorker() {
	q := question{make(chan int)}
	questions <- q
	await(q)
}

func await(q question) int { return <-q.answer }

func answerAll() {
	for q := range questions {
		q.answer <- spin(2 * time.Millisecond)
	}
}

func init() {
	add("consumer-spins", `One goroutine is the bottleneck.*main.(spin|collectSpinning)|to send to a channel, at main.produce.*due to main.(spin|collectSpinning) .*running|running or waiting for a P, at main.(spin|collectSpinning)`,
		func() {
			times(6, produce)
			go collectSpinning()
		})
	add("consumer-sleeps", `to send to a channel, at main.produce.*due to main.store .*sleeping`, func() {
		times(6, produce)
		go collectSleeping()
	})
	add("fan-out-group", `(due to|at) main.slow `, func() { requests(6, gatherGroup) })
	add("fan-out-channel", `(due to|at) main.slow `, func() { requests(6, gatherChannel) })
	add("one-worker", `One goroutine is the bottleneck.*main.(spin|answerAll)|due to main.(spin|answerAll) .*running|running or waiting for a P, at main.spin`,
		func() {
			times(6, askWorker)
			go answerAll()
		})
}
