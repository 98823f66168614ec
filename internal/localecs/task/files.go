package task

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
	return filepath.Join(Folder(dir, taskID), container+".log")
}

// Folder returns the folder of a task below dir.
func Folder(dir, taskID string) string { return filepath.Join(dir, "tasks", taskID) }

// cannotStart is a reason that a user may see, as ECS words it.
func cannotStart(reason string) error {
	return &process.StartError{Reason: reason}
}

// prepare makes a container's folders and returns how its process is to be started.
func (c Container) prepare(dir, path, taskID string) (process.Spec, error) {
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
	owner, err := c.owner()
	if err != nil {
		return process.Spec{}, err
	}
	folder, err := c.makeFolders(dir, Folder(dir, taskID), owner)
	if err != nil {
		return process.Spec{}, err
	}
	work, err := c.workFolder(folder, owner)
	if err != nil {
		return process.Spec{}, err
	}
	return process.Spec{
		Argv: c.command, Env: c.environ(path, folder), Dir: work, Output: LogFile(dir, taskID, c.name), Limits: c.limits, User: owner,
	}, nil
}

// makeFolders makes the container's own folders inside its task's. They are its user's, who can pass through those above them, as
// far as they are Davit's, and cannot read them.
func (c Container) makeFolders(dir, task string, owner *process.User) (string, error) {
	folder := filepath.Join(task, c.name)
	for _, name := range []string{task, folder} {
		if err := makeFolder(name); err != nil {
			return "", err
		}
	}
	if owner != nil {
		for _, name := range []string{dir, filepath.Dir(task), task, folder} {
			if err := letPass(name); err != nil {
				return "", err
			}
		}
	}
	for _, name := range []string{"work", "home", "tmp"} {
		if err := makeOwned(filepath.Join(folder, name), owner); err != nil {
			return "", err
		}
	}
	return folder, nil
}

func makeFolder(name string) error {
	if err := os.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func makeOwned(name string, owner *process.User) error {
	if err := makeFolder(name); err != nil || owner == nil {
		return err
	}
	return os.Lchown(name, owner.UID, owner.GID)
}

// letPass lets everybody go through a folder, which takes no right to read it.
func letPass(name string) error {
	const pass = 0o011
	info, err := os.Stat(name)
	if err != nil || info.Mode()&pass == pass {
		return err
	}
	return os.Chmod(name, info.Mode()|pass)
}

// workFolder is the container's own; the one asked for, if it is there; or else one of that name below the container's own folder.
func (c Container) workFolder(folder string, owner *process.User) (string, error) {
	if c.folder == "" {
		return filepath.Join(folder, "work"), nil
	}
	if !filepath.IsAbs(c.folder) {
		return "", cannotStart("workingDirectory must be an absolute path")
	}
	asked := filepath.Clean(c.folder)
	info, err := os.Stat(asked)
	switch {
	case err == nil && info.IsDir():
		return asked, nil
	case err == nil:
		return "", cannotStart(fmt.Sprintf("workingDirectory %.255q is a file of this machine", c.folder))
	}
	return makeBelow(filepath.Join(folder, "root"), asked, owner)
}

// makeBelow makes the folder that path is below root, with all between. path is absolute and clean, so it does not lead out; nor do
// links, which only a container can have put there.
func makeBelow(root, path string, owner *process.User) (string, error) {
	if err := makeOwned(root, owner); err != nil {
		return "", err
	}
	inside, err := os.OpenRoot(root)
	if err != nil {
		return "", err
	}
	defer func() { _ = inside.Close() }()
	below := path[1:]
	if err := inside.MkdirAll(below, 0o700); process.NoRoom(err) {
		return "", err
	} else if err != nil {
		return "", cannotStart(fmt.Sprintf("workingDirectory %.255q: %v", path, err))
	}
	for name := below; owner != nil && name != "."; name = filepath.Dir(name) {
		if err := inside.Lchown(name, owner.UID, owner.GID); err != nil {
			return "", err
		}
	}
	return filepath.Join(root, below), nil
}
