package main

import (
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
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

func TestVersionLine(t *testing.T) {
	built := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: "davit", Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	for name, c := range map[string]struct {
		version, commit string
		info            *debug.BuildInfo
		want            string
	}{
		"set by make":               {"0.1.0-dev", "abc1234", built("(devel)", revision), "davit 0.1.0-dev, commit abc1234"},
		"set by make without git":   {"0.1.0-dev", "", built("(devel)"), "davit 0.1.0-dev, commit unknown"},
		"go build":                  {"", "", built("(devel)", revision), "davit unknown, commit 0123456"},
		"go build -buildvcs=false":  {"", "", built("(devel)"), "davit unknown, commit unknown"},
		"go install of a version":   {"", "", built("v0.1.0"), "davit v0.1.0, commit unknown"},
		"without build information": {"", "", &debug.BuildInfo{}, "davit unknown, commit unknown"},
	} {
		if got, want := versionLine(c.version, c.commit, c.info), c.want+", "+runtime.Version(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
