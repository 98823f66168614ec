// Command accepted makes ECS requests, most of them valid or nearly so, hands each to Davit as a caller would, and prints those that are
// accepted together with what Davit then sends to ECS, so that AWS's own model of the requests can be held against them
// (scripts/accepted-oracle.py). The last line tells how many were made.
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

// accepted is one request that Davit takes.
type accepted struct {
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`          // as it was given, with what is Davit's own filled in
	Sent      json.RawMessage `json:"sent,omitempty"` // the body on its way to ECS; absent when none left
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

// record prints what is accepted of a number of requests of each operation, and how many there were.
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
