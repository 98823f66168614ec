package cli

import (
	"os"
	"testing"
)

func TestStyle_DevNull_IsNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	if (&program{}).style(null).Terminal {
		t.Error("/dev/null is taken for a terminal")
	}
}
