package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// What Windows calls a write to a reader that is gone: ERROR_BROKEN_PIPE and ERROR_NO_DATA.
const (
	brokenPipe = syscall.Errno(109)
	noData     = syscall.Errno(232)
)

// isClosedPipe reports whether err is a write to a reader that is gone.
func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) || runtime.GOOS == "windows" && (errors.Is(err, brokenPipe) || errors.Is(err, noData))
}

// isTerminalGone reports whether err is a write to a terminal that has hung up.
func isTerminalGone(err error) bool { return errors.Is(err, syscall.EIO) }

// isArgumentError reports whether err is cobra's own: an unknown command, or too few or too many arguments.
func isArgumentError(cmd *cobra.Command, err error) bool {
	var path *fs.PathError
	if errors.As(err, &path) || errors.Is(err, os.ErrNotExist) {
		return false
	}
	text := err.Error()
	for _, begin := range []string{"unknown command ", "unknown flag", "unknown shorthand", "accepts ", "requires ", "required flag", "invalid argument", "if any flags in the group"} {
		if strings.HasPrefix(text, begin) {
			return true
		}
	}
	return cmd == nil
}

// orList returns "a, b or c".
func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
