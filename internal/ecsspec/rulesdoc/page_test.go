package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePageIsUpToDate(t *testing.T) {
	got, err := os.ReadFile("../../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page() {
		t.Error("docs/rules.md is not what the table says: run make rules")
	}
}

func TestWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.md")
	if err := write([]string{file}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| RT-06 | RunTask | `/capacityProviderStrategy` | at most 20 items (older pages: 6) |", "| 32768 | 32 | 61440, 122880, 249856 |",
		"| DR-03 | RunTask, StartTask |", "| RO-01 |",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if write(nil) == nil || write([]string{filepath.Join(file, "below")}) == nil {
		t.Error("written nowhere, yet no error")
	}
}
