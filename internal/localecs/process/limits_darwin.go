package process

import (
	"math"
	"os"
	"strconv"
	"syscall"
)

// noLimit is RLIM_INFINITY.
const noLimit = math.MaxInt64

// The limits that the syscall package does not name.
const (
	rlimitMemlock = 6
	rlimitNproc   = 7
)

// resource is a limit's number by its ulimit name; macOS has nine of the fifteen. Its rss is its limit of the address space.
func resource(name string) (number int, known bool) {
	number, known = map[string]int{
		"core": syscall.RLIMIT_CORE, "cpu": syscall.RLIMIT_CPU, "data": syscall.RLIMIT_DATA, "fsize": syscall.RLIMIT_FSIZE,
		"memlock": rlimitMemlock, "nofile": syscall.RLIMIT_NOFILE, "nproc": rlimitNproc, "rss": syscall.RLIMIT_AS,
		"stack": syscall.RLIMIT_STACK,
	}[name]
	return number, known
}

func shownLimit(n uint64) string {
	if n >= noLimit {
		return "-1"
	}
	return strconv.FormatUint(n, 10)
}

// ownFile is this program's file.
func ownFile() string {
	if file, err := os.Executable(); err == nil {
		return file
	}
	return os.Args[0]
}

// dieWith does nothing: macOS has no death signal.
func dieWith(int) error { return nil }
