package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// daemon serves little: idle keep-alive connections, a handler for signals, a main that blocks for ever.
func daemon() {
	url := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		os.Exit(1)
	}()
	for range 12 {
		go ask(url, 120*time.Millisecond)
	}
}

func serve(handler http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go http.Serve(l, handler)
	return "http://" + l.Addr().String()
}

// ask is a client with a connection of its own, which it keeps.
func ask(url string, pause time.Duration) {
	client := &http.Client{Transport: &http.Transport{}}
	for {
		if r, err := client.Get(url); err == nil {
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		time.Sleep(pause)
	}
}

// catalogue answers from a map that is read by all and written now and then.
type catalogue struct {
	mu    sync.RWMutex
	items map[int]item
}

type item struct {
	ID    int
	Name  string
	Price float64
}

func (c *catalogue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.RLock()
	found := make([]item, 0, 40)
	for id := range 40 {
		found = append(found, c.items[id])
	}
	c.mu.RUnlock()
	json.NewEncoder(w).Encode(found)
}

func catalogueServer() {
	c := &catalogue{items: map[int]item{}}
	for id := range 200 {
		c.items[id] = item{id, fmt.Sprint("item ", id), float64(id)}
	}
	go func() {
		for now := range time.Tick(100 * time.Millisecond) {
			c.mu.Lock()
			c.items[0] = item{0, now.String(), 1}
			c.mu.Unlock()
		}
	}()
	url := serve(c)
	for range 6 {
		go ask(url, 15*time.Millisecond)
	}
}

// echo reads lines and writes them back; most connections are idle most of the time.
func echo() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go echoLines(conn)
		}
	}()
	for i := range 30 {
		go talk(l.Addr().String(), time.Duration(20+i*5)*time.Millisecond)
	}
}

func echoLines(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		fmt.Fprintln(conn, lines.Text())
	}
}

func talk(addr string, pause time.Duration) {
	conn, err := net.Dial("tcp", addr)
	check(err)
	in := bufio.NewReader(conn)
	for {
		fmt.Fprintln(conn, "hello")
		in.ReadString('\n')
		time.Sleep(pause)
	}
}

// names answers datagrams.
func names() {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(err)
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			conn.WriteTo(buf[:n], from)
		}
	}()
	for range 4 {
		go func() {
			conn, err := net.Dial("udp", conn.LocalAddr().String())
			check(err)
			buf := make([]byte, 512)
			for range time.Tick(25 * time.Millisecond) {
				conn.Write([]byte("who"))
				conn.Read(buf)
			}
		}()
	}
}

// streams holds subscribers that wait for news or for the next heartbeat.
func streams() {
	var beats atomic.Int64
	var subscribers []chan string
	for i := range 40 {
		news := make(chan string, 4)
		subscribers = append(subscribers, news)
		go func() {
			beat := time.NewTicker(time.Duration(50+i) * time.Millisecond)
			for {
				select {
				case <-news:
				case <-beat.C:
				case <-context.Background().Done():
					return
				}
				beats.Add(1)
			}
		}()
	}
	go func() {
		for range time.Tick(60 * time.Millisecond) {
			for _, s := range subscribers {
				s <- "news"
			}
		}
	}()
}

func init() {
	programs["daemon"] = daemon
	programs["catalogue"] = catalogueServer
	programs["echo"] = echo
	programs["names"] = names
	programs["streams"] = streams
}
