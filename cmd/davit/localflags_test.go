package main

import (
	"regexp"
	"strings"
	"testing"
)

// Help and docs/local.md name every argument of `davit local`.
func TestEveryArgumentIsNamed(t *testing.T) {
	var help strings.Builder
	if _, err := parseLocal([]string{"--help"}, &help); err == nil {
		t.Fatal("--help is no request for help")
	}
	names := regexp.MustCompile(`(?m)^  -([a-z0-9-]+)`).FindAllStringSubmatch(help.String(), -1)
	if len(names) < 12 {
		t.Errorf("--help names %d arguments:\n%s", len(names), help.String())
	}
	for where, words := range map[string]string{"davit help": usage, "docs/local.md": text(t, "../../docs/local.md")} {
		for _, name := range names {
			if !regexp.MustCompile(`\[--` + name[1] + `[] =]`).MatchString(words) {
				t.Errorf("%s does not name --%s", where, name[1])
			}
		}
	}
}
