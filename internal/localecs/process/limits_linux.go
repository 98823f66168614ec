package process

import (
	"math"
	"os"
	"strconv"
	"syscall"
)

// noLimit is RLIM_INFINITY.
const noLimit = math.MaxUint64

// The limits that the syscall package does not name have the same number on every machine that Davit is built for.
const (
	rlimitRSS        = 5
	rlimitNproc      = 6
	rlimitMemlock    = 8
	rlimitLocks      = 10
	rlimitSigpending = 11
	rlimitMsgqueue   = 12
	rlimitNice       = 13
	rlimitRtprio     = 14
	rlimitRttime     = 15
)

// resource is a limit's number by its ulimit name.
func resource(name string) (number int, known bool) {
	number, known = map[string]int{
		"core": syscall.RLIMIT_CORE, "cpu": syscall.RLIMIT_CPU, "data": syscall.RLIMIT_DATA, "fsize": syscall.RLIMIT_FSIZE,
		"locks": rlimitLocks, "memlock": rlimitMemlock, "msgqueue": rlimitMsgqueue, "nice": rlimitNice,
		"nofile": syscall.RLIMIT_NOFILE, "nproc": rlimitNproc, "rss": rlimitRSS, "rtprio": rlimitRtprio,
		"rttime": rlimitRttime, "sigpending": rlimitSigpending, "stack": syscall.RLIMIT_STACK,
	}[name]
	return number, known
}

func shownLimit(n uint64) string {
	if n == noLimit {
		return "-1"
	}
	return strconv.FormatUint(n, 10)
}

// ownFile is this program, also when its file was replaced since.
func ownFile() string { return "/proc/self/exe" }

// dieWith renews what childAttributes asked for: the kernel forgets it with a change of user, and keeps it for one thread alone.
func dieWith(parent int) error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	if os.Getppid() != parent {
		return syscall.ESRCH
	}
	return nil
}
