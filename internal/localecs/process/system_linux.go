package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// prSetChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2), which the syscall package lacks.
const prSetChildSubreaper = 36

// childAttributes puts a process into a group of its own. The kernel kills it, not its group, when the
// supervisor dies, which covers what Davit never heard of, and the death of both at once.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// adoptOrphans makes descendants whose parent has ended children of this process.
func adoptOrphans() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	return nil
}

// rename changes the name that pkill and killall go by, so that one of them aimed at Davit leaves the
// supervisor to clean up. The command line stays as it is.
func rename(name string) error {
	return os.WriteFile("/proc/self/comm", []byte(name), 0)
}

// killChildren kills each child of this process by itself, whatever its group. Only the goroutine that
// reaps may call it: until then a child's id is not given to another.
func killChildren() {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return
	}
	self := os.Getpid()
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		if pid, parent := parseStat(stat); parent == self {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// parseStat takes the ids from a line "pid (name) state parent ...", whose name may hold anything. Both
// are 0 when the line is of another form.
func parseStat(stat []byte) (pid, parent int) {
	first, _, _ := bytes.Cut(stat, []byte(" "))
	rest := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(rest) < 2 {
		return 0, 0
	}
	pid, pidErr := strconv.Atoi(string(first))
	parent, parentErr := strconv.Atoi(string(rest[1]))
	if pidErr != nil || parentErr != nil {
		return 0, 0
	}
	return pid, parent
}
