// Command accepted generates ECS requests, most of them valid or nearly so, and submits each to Davit. It prints those that Davit accepts,
// with the body that Davit then sends to ECS, so that they can be checked against AWS's own model of the requests
// (scripts/accepted-oracle.py). The last line is the number of requests of each operation.
//
//	go run ./scripts/accepted [-each 3000] [-seed 1]
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
)

// accepted is one request that Davit accepts.
type accepted struct {
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`          // the request with the members that Davit sets
	Sent      json.RawMessage `json:"sent,omitempty"` // the body of the call to ECS; absent when there was none
	Error     string          `json:"error,omitempty"`
}

func main() {
	each := flag.Int("each", 3000, "requests of each operation")
	seed := flag.Uint64("seed", 1, "the same seed gives the same requests")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	if err := errors.Join(record(json.NewEncoder(out), *each, *seed), out.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, "accepted:", err)
		os.Exit(1)
	}
}

// record generates each requests of every operation. It prints those that are accepted, and the number of requests.
func record(out *json.Encoder, each int, seed uint64) error {
	ctx, asked := context.Background(), newDavit()
	generated := map[string]int{}
	for i, op := range operations() {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(i)))}
		for range each {
			body, err := json.Marshal(g.request(op))
			if err != nil {
				return err
			}
			generated[op.name]++
			answer, ok, err := op.ask(ctx, asked, body)
			if err != nil {
				return fmt.Errorf("%s %s: %w", op.name, body, err)
			}
			if !ok {
				continue
			}
			if err := out.Encode(answer); err != nil {
				return err
			}
		}
	}
	return out.Encode(map[string]any{"generated": generated})
}
