package main

import (
	"os"
	"regexp"
	"testing"
)

func TestVersion_PrintsVersionCommitAndGoVersion(t *testing.T) {
	t.Parallel()
	p := launch(t, os.Args[0], nil, "version")
	if status := p.exit(patience); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	if want := regexp.MustCompile(`\Adavit \S+, commit ([0-9a-f]{7,40}|unknown), (devel )?go1\.\d+.*\n\z`); !want.MatchString(p.output()) {
		t.Errorf("printed %q, want a match of %s", p.output(), want)
	}
}

func TestVersion_WithAnArgument_IsRefused(t *testing.T) {
	t.Parallel()
	p := launch(t, os.Args[0], nil, "version", "more")
	if status := p.exit(patience); status != 2 {
		t.Errorf("exit status %d, want 2; it wrote:\n%s", status, p.output())
	}
}
