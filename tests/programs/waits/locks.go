package main

import (
	"os"
	"sync"
	"time"
)

var mu sync.Mutex

func sleepUnderLock() {
	mu.Lock()
	defer mu.Unlock()
	time.Sleep(2 * time.Millisecond)
}

func spinUnderLock() {
	mu.Lock()
	spin(time.Millisecond)
	mu.Unlock()
}

var file *os.File

func syncUnderLock() {
	mu.Lock()
	defer mu.Unlock()
	file.WriteString("an event\n")
	file.Sync()
}

// A lock with wrappers: neither who locks nor who unlocks is in the function that holds it.
type guarded struct{ mu sync.Mutex }

func (g *guarded) enter() { g.mu.Lock() }
func (g *guarded) leave() { g.mu.Unlock() }

var wrapped guarded

func holdWrapped() {
	wrapped.enter()
	time.Sleep(2 * time.Millisecond)
	wrapped.leave()
}

var rw sync.RWMutex

func readShort() {
	rw.RLock()
	rw.RUnlock()
	time.Sleep(100 * time.Microsecond)
}

func readBusy() {
	rw.RLock()
	rw.RUnlock()
	spin(5 * time.Microsecond)
}

func readLong() {
	rw.RLock()
	time.Sleep(40 * time.Millisecond)
	rw.RUnlock()
	time.Sleep(5 * time.Millisecond)
}

func writeShort() {
	time.Sleep(5 * time.Millisecond)
	rw.Lock()
	rw.Unlock()
}

func writeSpin() {
	rw.Lock()
	spin(3 * time.Millisecond)
	rw.Unlock()
	spin(20 * time.Microsecond)
}

func init() {
	add("lock-sleep", `lock \(sync.Mutex\), at main.sleepUnderLock.*due to main.sleepUnderLock .*sleeping`,
		func() { times(8, sleepUnderLock) })
	add("lock-spin", `lock \(sync.Mutex\), at main.spinUnderLock.*due to main.(spin|spinUnderLock) .*running|running or waiting for a P.*100 % busy`,
		func() { times(8, spinUnderLock) })
	add("lock-fsync", `lock \(sync.Mutex\), at main.syncUnderLock.*due to main.syncUnderLock .*os.\(\*File\).Sync.*disk`,
		func() {
			file, _ = os.CreateTemp("", "waits")
			os.Remove(file.Name())
			times(8, syncUnderLock)
		})
	add("lock-wrapped", `lock \(sync.Mutex\).*due to main.holdWrapped .*sleeping`, func() { times(8, holdWrapped) })
	add("rw-long-reader", `sync.RWMutex\), at main.readShort.*due to main.readLong .*sleeping`, func() {
		times(8, readShort)
		times(1, readLong)
		times(1, writeShort)
	})
	add("rw-spinning-writer", `sync.RWMutex\), at main.readBusy.*due to main.(spin|writeSpin) .*running|running or waiting for a P, at main.(spin|writeSpin)`, func() {
		times(8, readBusy)
		times(1, writeSpin)
	})
}
