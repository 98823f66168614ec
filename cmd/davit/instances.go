package main

import (
	"fmt"
	"os"
	"strconv"

	"davit/internal/localecs"
)

// readInstances reads what --instances says: a number, or a file that describes them.
func readInstances(text string) ([]localecs.Machine, error) {
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > 1000 {
			return nil, fmt.Errorf("--instances is 1 to 1000, or a file, not %d", n)
		}
		return make([]localecs.Machine, n), nil
	}
	data, err := os.ReadFile(text)
	if err != nil {
		return nil, fmt.Errorf("--instances: %w", err)
	}
	machines, err := localecs.ParseMachines(data)
	if err != nil {
		return nil, fmt.Errorf("--instances: %s: %w", text, err)
	}
	return machines, nil
}
