package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// launch starts spec in a process group of its own, whose id is the pid. Every error is a *StartError.
func launch(spec Spec, null *os.File) (pid int, err error) {
	dir, err := directory(spec.Dir)
	if err != nil {
		return 0, err
	}
	path, err := resolve(spec.Argv, spec.Env, dir)
	if err != nil {
		return 0, err
	}
	output, err := os.OpenFile(spec.Output, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return 0, &StartError{Reason: fmt.Sprintf("output file %q: %s", spec.Output, plain(err)), NoRoom: NoRoom(err)}
	}
	defer func() { _ = output.Close() }()
	files := []uintptr{null.Fd(), output.Fd(), output.Fd()}
	if spec.confined() {
		return become{Path: path, Dir: dir, Spec: spec}.fork(files)
	}
	pid, err = syscall.ForkExec(path, spec.Argv, &syscall.ProcAttr{Dir: dir, Env: spec.Env, Files: files, Sys: childAttributes()})
	if err != nil {
		return 0, execError(spec.Argv[0], err)
	}
	return pid, nil
}

// directory checks that dir can be entered, and makes it absolute.
func directory(dir string) (string, error) {
	if dir == "" {
		return "", refuse("no working directory was given")
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", refuse("working directory %q: %s", dir, plain(err))
	}
	// The dot asks for permission to enter, where the name alone only asks for existence.
	if _, err := os.Stat(absolute + "/."); err != nil {
		return "", refuse("working directory %q: %s", dir, plain(err))
	}
	return absolute, nil
}

// execError words what the kernel had against a file that was found.
func execError(command string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOENT):
		return refuse("command %q: the interpreter that it names was not found", command)
	case errors.Is(err, syscall.ENOEXEC):
		return refuse("command %q: neither a program for this machine nor a script that begins with #!", command)
	case errors.Is(err, syscall.E2BIG):
		return refuse("command %q: the arguments and the environment together are too long", command)
	case errors.Is(err, syscall.EINVAL):
		return refuse("command %q: an argument or an environment entry contains a NUL character", command)
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOMEM):
		return refuse("command %q: the machine has no room for another process", command)
	default:
		return refuse("command %q: %s", command, plain(err))
	}
}

func refuse(format string, args ...any) error {
	return &StartError{Reason: fmt.Sprintf(format, args...)}
}

// plain is err without the operation and the path that Go puts before it.
func plain(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "not found"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, syscall.ENOTDIR):
		return "not a directory"
	}
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}
