// Package dynamofake is a DynamoDB inside the test's process: its wire protocol over the five operations that the store and its
// tests use, on maps. It is honest in what it does (conditions, key conditions, sparse indexes that hold keys only, paging, sizes,
// the checksum header) and refuses what it does not: any member, type, function or name form that it has not been taught. On order it
// misbehaves as the service does.
//
// It works in the caller's goroutine, without a socket, and so under testing/synctest.
package dynamofake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Fault is what happens to one request.
type Fault int

// The faults.
const (
	None         Fault = iota
	Throttled          // refused with ProvisionedThroughputExceededException
	RequestLimit       // refused with RequestLimitExceeded
	Throttling         // refused with ThrottlingException
	Denied             // refused with AccessDeniedException
	Backfilling        // refused as a Query on an index that is being made is
	ServerError        // refused with a 500
	LostRequest        // the connection breaks before it is carried out
	LostReply          // the connection breaks after it was carried out
)

// Options say how the fake differs from DynamoDB at its best. The functions are called without a lock held: they may make
// requests.
type Options struct {
	// NoOldItem leaves the item out of the n-th put that is refused, from 1, as servers do that do not know ALL_OLD. Nil: of none.
	NoOldItem func(n int) bool
	// MostKeys is how many keys a BatchGetItem reads before it leaves the rest unprocessed. 0: 100; negative: none.
	MostKeys int
	// Fault decides what happens to a request, the n-th of its operation, from 1. Nil: nothing.
	Fault func(operation string, n int) Fault
	// Indexed is what the indexes are made of, given the table's items: how one lags. Nil: the items as they are.
	Indexed func(items []Item) []Item
}

// Fake is one account. Make it with New.
type Fake struct {
	options Options

	mu      sync.Mutex
	tables  map[string]*table
	calls   map[string][]json.RawMessage
	refused int // puts
}

// New makes an account without tables.
func New(options Options) *Fake {
	return &Fake{options: options, tables: map[string]*table{}, calls: map[string][]json.RawMessage{}}
}

// Calls are the inputs of an operation's requests so far, oldest first.
func (f *Fake) Calls(operation string) []json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]json.RawMessage(nil), f.calls[operation]...)
}

// Items are a table's items, expired ones included, by key.
func (f *Fake) Items(name string) []Item {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.tables[name]
	if t == nil {
		return nil
	}
	return t.sorted()
}

// Set puts an item into a table, whatever was there, or with a nil item takes the one of that key away. It panics without the table.
func (f *Fake) Set(name, key string, it Item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tables[name].set(key, it)
}

const (
	targetPrefix = "DynamoDB_20120810."
	contentType  = "application/x-amz-json-1.0"
)

var errBroken = errors.New("dynamofake: the connection broke")

// RoundTrip implements http.RoundTripper.
func (f *Fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	operation, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if !ours || r.Method != http.MethodPost || r.Header.Get("Content-Type") != contentType || r.Header.Get("Authorization") == "" {
		return nil, fmt.Errorf("dynamofake: not a signed request of DynamoDB's: %s %v", r.Method, r.Header)
	}
	fault := f.note(operation, body)
	if fault == LostRequest {
		return nil, errBroken
	}
	status, reply := f.answer(operation, body, fault)
	if fault == LostReply {
		return nil, errBroken
	}
	return response(r, status, reply), nil
}

func (f *Fake) note(operation string, body []byte) Fault {
	f.mu.Lock()
	f.calls[operation] = append(f.calls[operation], body)
	n := len(f.calls[operation])
	f.mu.Unlock()
	if f.options.Fault == nil {
		return None
	}
	return f.options.Fault(operation, n)
}

func (f *Fake) answer(operation string, body []byte, fault Fault) (status int, reply any) {
	out, err := any(nil), fault.refusal()
	if err == nil {
		out, err = f.perform(operation, body)
	}
	if err == nil {
		return http.StatusOK, out
	}
	refused := new(Refusal)
	if !errors.As(err, &refused) {
		refused = &Refusal{Code: "SerializationException", Message: err.Error()}
	}
	if refused.status == 0 {
		refused.status = http.StatusBadRequest
	}
	return refused.status, refused
}

func (f *Fake) perform(operation string, body []byte) (any, error) {
	switch operation {
	case "CreateTable":
		return perform(body, f.createTable)
	case "PutItem":
		return perform(body, f.PutItem)
	case "GetItem":
		return perform(body, f.GetItem)
	case "Query":
		return perform(body, f.Query)
	case "BatchGetItem":
		return perform(body, f.BatchGetItem)
	}
	return nil, &Refusal{Code: "UnknownOperationException", Message: operation}
}

// perform decodes an input, any unknown member of which is an error, and hands it on.
func perform[I, O any](body []byte, do func(*I) (O, error)) (any, error) {
	var in I
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return nil, err
	}
	return do(&in)
}

func response(r *http.Request, status int, reply any) *http.Response {
	body, err := json.Marshal(reply)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	sum := crc32.ChecksumIEEE(body)
	header := http.Header{"Content-Type": {contentType}, "X-Amz-Crc32": {strconv.FormatUint(uint64(sum), 10)}}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
