package process

import (
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"
)

func TestSupervisorHasANameOfItsOwn(t *testing.T) {
	s, err := Open([]string{os.Args[0], "supervise"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	await(t, 20*time.Second, func() bool {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", s.Owner()))
		return err == nil && string(name) == "supervise\n"
	})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestParseStat(t *testing.T) {
	for _, tc := range []struct {
		line        string
		pid, parent int
	}{
		{"12 (sleep) S 7 12 12 0 -1", 12, 7},
		{"12 (a) S 3 (b)) R 8 12 12", 12, 8},
		{"12 (a b) S x", 0, 0},
		{"12 (a)", 0, 0},
		{"", 0, 0},
	} {
		if pid, parent := parseStat([]byte(tc.line)); pid != tc.pid || parent != tc.parent {
			t.Errorf("parseStat(%q) = %d, %d; want %d, %d", tc.line, pid, parent, tc.pid, tc.parent)
		}
	}
}
