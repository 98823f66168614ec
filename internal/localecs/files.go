package localecs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"davit/internal/localecs/process"
)

// LogFile is where a container's output is: stdout and stderr of its process, as they were written. It stays for 24 hours
// after the task stopped. dir is Options.Dir.
func LogFile(dir, taskID, container string) string {
	return filepath.Join(taskFolder(dir, taskID), container+".log")
}

func taskFolder(dir, taskID string) string { return filepath.Join(dir, "tasks", taskID) }

// cannotStart is a reason that a user may see, as ECS words it.
func cannotStart(reason string) error {
	return &process.StartError{Reason: reason}
}

// prepare makes a container's folders and says how its process is to be started.
func (c container) prepare(dir, path, taskID string) (process.Spec, error) {
	if len(c.command) == 0 {
		return process.Spec{}, cannotStart("there is no command and no entry point; the image is not run, so it cannot give one")
	}
	if name, bad := c.badEnvironment(); bad {
		return process.Spec{}, cannotStart(fmt.Sprintf("the environment variable %.100q has a name or a value that no process can have", name))
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return process.Spec{}, err
	}
	folder, err := c.makeFolders(taskFolder(dir, taskID))
	if err != nil {
		return process.Spec{}, err
	}
	work, err := c.workFolder(folder)
	if err != nil {
		return process.Spec{}, err
	}
	return process.Spec{Argv: c.command, Env: c.environ(path, folder), Dir: work, Output: LogFile(dir, taskID, c.name)}, nil
}

// makeFolders makes the container's own folders inside its task's.
func (c container) makeFolders(task string) (string, error) {
	folder := filepath.Join(task, c.name)
	for _, name := range []string{task, folder, filepath.Join(folder, "work"), filepath.Join(folder, "home"), filepath.Join(folder, "tmp")} {
		if err := os.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return folder, nil
}

// workFolder is the container's own, or the one asked for if it is there.
func (c container) workFolder(folder string) (string, error) {
	if c.folder == "" {
		return filepath.Join(folder, "work"), nil
	}
	if !filepath.IsAbs(c.folder) {
		return "", cannotStart("workingDirectory must be an absolute path")
	}
	if info, err := os.Stat(c.folder); err != nil || !info.IsDir() {
		return "", cannotStart(fmt.Sprintf("workingDirectory %.255q is not a folder of this machine", c.folder))
	}
	return filepath.Clean(c.folder), nil
}
