package localecs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"davit/internal/localecs/placement"
)

// ParseMachines reads a JSON list of machines under their fields' JSON names. count, 1 by default, stands for that many alike.
// An error is for a user to read.
func ParseMachines(data []byte) ([]placement.Machine, error) {
	type alike struct {
		placement.Machine
		Count *int `json:"count"`
	}
	var list []alike
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("a JSON list of container instances is expected: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the list of container instances")
	}
	machines := []placement.Machine{}
	for i, a := range list {
		n := 1
		if a.Count != nil {
			n = *a.Count
		}
		if n < 1 || len(machines)+n > placement.MaxMachines {
			return nil, fmt.Errorf("container instance %d: count must be at least 1, and all together at most %d", i+1, placement.MaxMachines)
		}
		if err := a.Check(); err != nil {
			return nil, fmt.Errorf("container instance %d: %w", i+1, err)
		}
		for range n {
			machines = append(machines, a.Machine)
		}
	}
	return machines, nil
}
