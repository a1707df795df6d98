package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"sync"
	"time"
)

type connector struct{}

func (connector) Connect(context.Context) (driver.Conn, error) { return conn{}, nil }
func (connector) Driver() driver.Driver                        { return nil }

type conn struct{}

func (conn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not supported") }
func (conn) Close() error                        { return nil }
func (conn) Begin() (driver.Tx, error)           { return nil, errors.New("not supported") }
func (conn) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	time.Sleep(4 * time.Millisecond)
	return &rows{}, nil
}

type rows struct{ done bool }

func (*rows) Columns() []string { return []string{"v"} }
func (*rows) Close() error      { return nil }
func (r *rows) Next(to []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done, to[0] = true, int64(1)
	return nil
}

var db *sql.DB

func findCustomer() {
	var n int
	db.QueryRow("customer").Scan(&n)
}

var slots = make(chan struct{}, 2)

func acquire() { slots <- struct{}{} }
func release() { <-slots }

func callUpstream() {
	acquire()
	defer release()
	upstream()
}

func upstream() { time.Sleep(5 * time.Millisecond) }

var free = make(chan int, 2)

func withClient() {
	client := <-free
	ask(client)
	free <- client
}

func ask(int) { time.Sleep(5 * time.Millisecond) }

// A pool with a condition.
var (
	poolMu   sync.Mutex
	poolCond = sync.NewCond(&poolMu)
	poolFree = 2
)

func borrow() {
	poolMu.Lock()
	for poolFree == 0 {
		poolCond.Wait()
	}
	poolFree--
	poolMu.Unlock()
}

func giveBack() {
	poolMu.Lock()
	poolFree++
	poolMu.Unlock()
	poolCond.Signal()
}

func withBorrowed() {
	borrow()
	useBorrowed()
	giveBack()
}

func useBorrowed() { time.Sleep(5 * time.Millisecond) }

func init() {
	add("pool-sql", `pool, at main.findCustomer .*database/sql.\(\*DB\).conn.*due to main.conn.QueryContext .*sleeping`,
		func() {
			db = sql.OpenDB(connector{})
			db.SetMaxOpenConns(2)
			db.SetMaxIdleConns(2)
			times(12, findCustomer)
		})
	add("pool-semaphore", `pool, at main.(acquire|callUpstream) .*due to main.upstream .*sleeping`,
		func() { times(12, callUpstream) })
	add("pool-channel", `pool, at main.withClient .*due to main.ask .*sleeping`, func() {
		free <- 1
		free <- 2
		times(12, withClient)
	})
	add("pool-condition", `pool, at main.borrow .*due to main.useBorrowed .*sleeping`, func() { times(12, withBorrowed) })
}
