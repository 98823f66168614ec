package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"davit/internal/local"
)

// Limits of what davit may hold after the load, above what it held before.
const (
	moreGoroutines  = 8
	moreDescriptors = 4
	moreHeap        = 8 << 20  // bytes
	heapOfTask      = 16 << 10 // bytes; ECS shows a stopped task for an hour
)

// held is what this process holds.
type held struct {
	goroutines, descriptors, heap int
	anonymous, mapped             int // resident bytes, without and of files; the databases are mapped
}

func measure(t *testing.T) held {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory() // a second collection, for what the first one's finalizers let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return held{runtime.NumGoroutine(), descriptors(os.Getpid()), int(m.HeapAlloc), resident(t, os.Getpid(), "RssAnon"), resident(t, os.Getpid(), "RssFile")}
}

func (h held) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, heap %.1f MB, resident %d MB and %d MB of files",
		h.goroutines, h.descriptors, float64(h.heap)/(1<<20), h.anonymous>>20, h.mapped>>20)
}

// repeatFixture is a davit in this process, so that its goroutines and memory can be counted, with clients that repeat keys.
type repeatFixture struct {
	*served
	client *http.Client
	ecs    *http.Transport
	lines  string
	ids    sync.Map // the run's id by the number of the key
}

// Many clients send all keys, each in an order of its own. Each key is one run, and davit then holds what it held before.
func TestRepeatedKeys(t *testing.T) {
	clients, keys := size(10, 200), size(25, 1000)
	f := newRepeatFixture(t, clients)
	f.send(clients, 0, 10)
	f.wantOneRunEach(10)
	f.quiet()
	before := measure(t)
	begin := time.Now()
	f.send(clients, 10, 10+keys)
	sent := time.Since(begin)
	loaded := measure(t)
	f.wantOneRunEach(10 + keys)
	var after held
	within(t, patience, "davit holds no more goroutines and descriptors than before", func() bool {
		f.quiet()
		after = measure(t)
		return after.goroutines <= before.goroutines+moreGoroutines && after.descriptors <= before.descriptors+moreDescriptors
	})
	t.Logf("%d clients sent %d keys each, %d requests in %v", clients, keys, clients*keys, sent.Round(time.Millisecond))
	t.Logf("before: %v", before)
	t.Logf("loaded: %v", loaded)
	t.Logf("after:  %v", after)
	if more := after.heap - before.heap; more > moreHeap+keys*heapOfTask {
		t.Errorf("the heap grew by %d bytes, want at most %d and %d a task", more, moreHeap, heapOfTask)
	}
}

func newRepeatFixture(t *testing.T, clients int) *repeatFixture {
	t.Helper()
	t.Setenv(asDavit, "1") // for the supervisor, which is this program
	f := &repeatFixture{
		client: &http.Client{Transport: &http.Transport{MaxConnsPerHost: clients, MaxIdleConnsPerHost: clients}},
		ecs:    &http.Transport{MaxConnsPerHost: 64, MaxIdleConnsPerHost: 64},
		lines:  filepath.Join(t.TempDir(), "lines"),
	}
	inst, err := serve(local.Options{Dir: t.TempDir(), TaskEvents: true, ECS: f.ecs}, "127.0.0.1:0", "127.0.0.1:0", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := inst.shutdown(); err != nil {
			t.Error(err)
		}
	})
	f.served = &served{program: &program{t: t}, api: inst.Addr}
	f.register(thousandth)
	return f
}

// send has each client submit the jobs of the keys from first to before last, in an order of its own, one after the other.
func (f *repeatFixture) send(clients, first, last int) {
	f.t.Helper()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for _, n := range rand.Perm(last - first) {
				f.submitKey(first + n)
			}
		})
	}
	all.Wait()
}

func (f *repeatFixture) submitKey(n int) {
	body := strings.Replace(script(fmt.Sprintf("echo %d >> %s", n, f.lines)), `"shell"`, `"thousandth"`, 1)
	r, err := send(f.client, "POST", "http://"+f.api+"/runs", body, fmt.Sprintf("Idempotency-Key: key-%d", n))
	if err != nil || r.status != http.StatusAccepted {
		f.t.Errorf("key %d: status %d, want 202: %s (%v)", n, r.status, r.body, err)
		return
	}
	id := strings.TrimPrefix(r.header.Get("Location"), "/runs/")
	if first, there := f.ids.LoadOrStore(n, id); there && first != id {
		f.t.Errorf("key %d is the runs %s and %s, want one", n, first, id)
	}
}

// wantOneRunEach waits for the ends of the runs of the keys below n, and checks that each ran once.
func (f *repeatFixture) wantOneRunEach(n int) {
	f.t.Helper()
	for key := range n {
		id, _ := f.ids.Load(key)
		f.end(fmt.Sprint(id)).wantEnd(f.t, "SUCCEEDED", "")
	}
	wantOnce(f.t, countLines(f.t, f.lines), n)
	if got := len(f.list()); got != n {
		f.t.Errorf("%d runs are recorded, want %d", got, n)
	}
}

// quiet closes the connections that nobody uses.
func (f *repeatFixture) quiet() {
	f.client.CloseIdleConnections()
	f.ecs.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
}
