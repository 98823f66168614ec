package process

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const (
	// endPatience is how long the supervisor waits for killed processes to be gone.
	endPatience = 3 * time.Second
	// flushPatience is how long it then waits for its last reports to be read.
	flushPatience = time.Second
)

// Main is the supervisor's own life: it reads orders from r and writes reports to w until r ends, kills
// every process it started, and returns the exit status (0; 1 when it could not start or r was no
// stream of orders). It must be all that its OS process does: it takes over that process's signals,
// which it does not heed, its children and its open files. For a process with limits or a user of its own the supervisor
// runs its own command once more, with an argument added, and Main then becomes that process.
func Main(r io.Reader, w io.Writer) int {
	if isBecoming(os.Args) {
		return becomeCommand()
	}
	children, stop := takeSignals()
	defer stop()
	closeFilesOnExec()
	if err := adoptOrphans(); err != nil {
		complain("processes that leave their group will not be found", err)
	}
	if err := rename("supervise"); err != nil {
		complain("killing by Davit's name kills the supervisor too", err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		complain("cannot start", err)
		return 1
	}
	k := newKeeper(newOutbox[report](w), null)
	heard := make(chan error, 1)
	go func() { heard <- k.listen(gob.NewDecoder(r)) }()
	k.run(children)
	k.reports.finish(flushPatience)
	if err := <-heard; !errors.Is(err, io.EOF) {
		complain("cannot read orders", err)
		return 1
	}
	return 0
}

// takeSignals catches what would end the supervisor and never looks at it: ignoring the signals would
// make every process it starts ignore them too, and an uncaught SIGPIPE ends a program that reports to
// a Davit that is gone. Only SIGCHLD is used.
func takeSignals() (children chan os.Signal, stop func()) {
	unheeded := make(chan os.Signal, 1)
	signal.Notify(unheeded, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	children = make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	return children, func() {
		signal.Stop(unheeded)
		signal.Stop(children)
	}
}

// closeFilesOnExec marks the files that the supervisor inherited by a careless parent of Davit, so that
// they end here. Files opened in Go are marked already.
func closeFilesOnExec() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		complain("inherited files may reach the processes", err)
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

// complain writes to Davit's log, by stderr; a failure to do so is not reported.
func complain(what string, err error) {
	_, _ = fmt.Fprintf(os.Stderr, "supervise: %s: %v\n", what, err)
}
