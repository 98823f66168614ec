package process

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// resolve finds the file that argv names, as a shell with this environment would in dir, which is
// absolute. A file that may not be executed counts only when no other is found.
func resolve(argv, env []string, dir string) (string, error) {
	if len(argv) == 0 || argv[0] == "" {
		return "", refuse("no command was given")
	}
	command := argv[0]
	if strings.Contains(command, "/") {
		path := within(dir, command)
		if err := executable(path); err != nil {
			return "", refuse("command %q: %s", command, plain(err))
		}
		return path, nil
	}
	denied := false
	for _, folder := range filepath.SplitList(variable(env, "PATH")) {
		path := within(dir, filepath.Join(folder, command))
		err := executable(path)
		if err == nil {
			return path, nil
		}
		denied = denied || errors.Is(err, fs.ErrPermission)
	}
	if denied {
		return "", refuse("command %q: permission denied", command)
	}
	return "", refuse("command %q: not found in PATH", command)
}

// within is path as seen from dir, not cleaned: the kernel alone knows what ".." after a link means.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return dir + "/" + path
}

// executable is nil for a file that someone may execute; whether we may, the kernel says at the start.
func executable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() || info.Mode().Perm()&0o111 == 0 {
		return syscall.EACCES
	}
	return nil
}

// variable is the value of the first entry for name, as getenv has it, and empty without one.
func variable(env []string, name string) string {
	for _, entry := range env {
		if key, value, ok := strings.Cut(entry, "="); ok && key == name {
			return value
		}
	}
	return ""
}
