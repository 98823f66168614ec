// Command aslrecord runs the deployed state machine on Davit's own interpreter, once for every path through it. It prints the
// invocations, the answers and the states, so that another interpreter can be compared (scripts/asl-oracle.py).
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// answer is a function's answer to an invocation, and the output that is sent for its task token.
type answer struct {
	Output json.RawMessage `json:"output,omitempty"`
	Error  string          `json:"error,omitempty"` // an error of that name instead of an output
	Wake   json.RawMessage `json:"wake,omitempty"`  // sent by SendTaskSuccess after the function has returned
	Early  bool            `json:"early,omitempty"` // Wake is sent before it returns
}

// recording is one execution.
type recording struct {
	Name     string            `json:"name"`
	Input    json.RawMessage   `json:"input"`
	Answers  []answer          `json:"answers"`  // of both functions, in the order of their invocations
	Payloads []json.RawMessage `json:"payloads"` // of those invocations, without tokens and times
	Path     []string          `json:"path"`     // the states entered
	Status   string            `json:"status"`
	Error    string            `json:"error"`
	Output   json.RawMessage   `json:"output,omitempty"`
}

func main() {
	if err := record(); err != nil {
		fmt.Fprintln(os.Stderr, "aslrecord:", err)
		os.Exit(1)
	}
}

func record() (err error) {
	dir, err := os.MkdirTemp("", "aslrecord")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	recordings := scenarios()
	if err = play(dir, recordings); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(recordings)
}
