// The race detector uses memory of its own, and makes this ten times slower: .ci/run runs it without.

//go:build !race

package client_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"davit/client"
)

// flood is a transport: a server whose run wrote a number of pages of 1 MB.
type flood struct{ pages, asked int }

// events are those of each page.
var events = strings.TrimSuffix(strings.Repeat(`{"at":"2026-11-29T12:00:00Z","attempt":1,"task":"t","container":"c","text":"`+strings.Repeat("x", 4900)+`"},`, 200), ",")

func (f *flood) RoundTrip(*http.Request) (*http.Response, error) {
	f.asked++
	end := fmt.Sprintf(`],"complete":false,"nextCursor":"%d"}`, f.asked)
	if f.asked == f.pages {
		end = `],"complete":true}`
	}
	body := io.MultiReader(strings.NewReader(`{"events":[`), strings.NewReader(events), strings.NewReader(end))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body)}, nil
}

func TestFollow_200MB_InLessThan50MB(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200 MB")
	}
	const bound = 50 << 20
	c := &client.Client{URL: "http://davit.example", HTTP: &http.Client{Transport: &flood{pages: 205}}}
	size, last := 0, 0
	var most uint64
	for e, err := range c.Follow(t.Context(), "x", client.LogQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		if size += len(e.Text); size-last > 1<<20 {
			last = size
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
		}
	}
	if size < 200e6 {
		t.Errorf("got %d bytes, want 200 MB", size)
	}
	if most > bound {
		t.Errorf("got %d bytes of memory, want %d at most", most, bound)
	}
	t.Logf("%d MB at most", most>>20)
}

func TestFollow_AnAnswerWithoutEnd_IsNotRead(t *testing.T) {
	endless := transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(repeat{})}, nil
	})
	c := &client.Client{URL: "http://davit.example", HTTP: &http.Client{Transport: endless}}
	if _, err := c.Get(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "over 16777216 bytes") {
		t.Errorf("got %v, want that it is too much", err)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// repeat is an endless reader.
type repeat struct{}

func (repeat) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }
