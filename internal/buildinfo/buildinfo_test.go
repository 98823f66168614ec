package buildinfo

import (
	"runtime/debug"
	"testing"
)

func TestStamp(t *testing.T) {
	built := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: "davit", Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	for name, c := range map[string]struct {
		stamp               stamp
		info                *debug.BuildInfo
		wantVersion, wantID string
	}{
		"set by make":               {stamp{"0.1.0-dev", "abc1234"}, built("(devel)", revision), "0.1.0-dev", "abc1234"},
		"set by make without git":   {stamp{"0.1.0-dev", ""}, built("(devel)"), "0.1.0-dev", ""},
		"go build":                  {stamp{}, built("(devel)", revision), Unknown, "0123456"},
		"go build -buildvcs=false":  {stamp{}, built("(devel)"), Unknown, ""},
		"go install of a version":   {stamp{}, built("v0.1.0"), "v0.1.0", ""},
		"a short revision":          {stamp{}, built("(devel)", debug.BuildSetting{Key: "vcs.revision", Value: "ab"}), Unknown, "ab"},
		"without build information": {stamp{}, &debug.BuildInfo{}, Unknown, ""},
	} {
		version, commit := c.stamp.or(c.info)
		if version != c.wantVersion {
			t.Errorf("%s: got version %q, want %q", name, version, c.wantVersion)
		}
		if commit != c.wantID {
			t.Errorf("%s: got commit %q, want %q", name, commit, c.wantID)
		}
	}
}
