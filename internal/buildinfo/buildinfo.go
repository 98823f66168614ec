// Package buildinfo names the version that a program was built from: `davit version`, GET /meta.
package buildinfo

import (
	"cmp"
	"runtime/debug"
)

// version and commit are set by the Makefile with -ldflags -X. They are empty in a program that was built without it.
var version, commit string

// Unknown stands for a version that the build does not record.
const Unknown = "unknown"

// commitDigits is the length to which a commit of the build information is cut, as git rev-parse --short does.
const commitDigits = 7

// Read returns the version and the commit of this program, Unknown and "" where the build does not record them.
func Read() (version, commit string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return stamped().or(info)
}

// stamp is what the linker set.
type stamp struct{ version, commit string }

func stamped() stamp { return stamp{version, commit} }

// or fills what is empty from the build information.
func (s stamp) or(info *debug.BuildInfo) (version, commit string) {
	if s.version == "" && info.Main.Version != "(devel)" {
		s.version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if s.commit == "" && setting.Key == "vcs.revision" {
			s.commit = setting.Value[:min(commitDigits, len(setting.Value))]
		}
	}
	return cmp.Or(s.version, Unknown), s.commit
}
