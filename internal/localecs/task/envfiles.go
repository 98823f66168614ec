package task

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/process"
)

const (
	// maxFileSize is in bytes: more is no list of variables.
	maxFileSize = 1 << 20
)

// ObjectOf takes bucket/key out of the ARN of an S3 object, whatever its partition.
func ObjectOf(arn string) (object string, ok bool) {
	rest, isARN := strings.CutPrefix(arn, "arn:aws")
	_, object, isS3 := strings.Cut(rest, ":s3:::")
	bucket, key, _ := strings.Cut(object, "/")
	return object, isARN && isS3 && bucket != "" && key != ""
}

// readFiles adds what the containers' environment files say to their environments, before any of them starts; false when the task
// cannot start without one.
func (l *runner) readFiles() bool {
	for i := range l.parts {
		if err := l.parts[i].addFiles(l.h.S3Dir); err != nil {
			l.askStop(types.TaskStopCodeTaskFailedToStart, clip(l.fileReason(err)), nil)
			return false
		}
	}
	return true
}

// addFiles reads files from the first to the last. What the environment or an earlier file says stands.
func (c *Container) addFiles(folder string) error {
	if len(c.files) == 0 {
		return nil
	}
	bucket, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = bucket.Close() }()
	for _, f := range c.files {
		object, _ := ObjectOf(ecsname.Value(f.Value))
		variables, err := readFile(bucket, object)
		if err != nil {
			return err
		}
		maps.Copy(variables, c.environment)
		c.environment = variables
	}
	return nil
}

// readFile reads one file of the folder that stands for S3. The name of an object is no path: . and .. are not followed.
func readFile(folder *os.Root, object string) (map[string]string, error) {
	if !fs.ValidPath(object) {
		return nil, noSuchFile(object)
	}
	// Without O_NONBLOCK a FIFO would be waited for.
	f, err := folder.OpenFile(object, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, noSuchFile(object)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, noSuchFile(object)
	case info.Size() > maxFileSize:
		return nil, cannotStart(fmt.Sprintf("%.1024s is larger than 1 MiB", object))
	}
	return variablesIn(f)
}

func noSuchFile(object string) error {
	return cannotStart(fmt.Sprintf("NoSuchKey: The specified key does not exist: %.1024s", object))
}

// variablesIn reads lines of NAME=value as ECS does: lines that begin with #, lines without = and empty names and values are passed
// over; quotes, spaces and further = are part of the value.
func variablesIn(r io.Reader) (map[string]string, error) {
	variables := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(r, maxFileSize))
	lines.Buffer(nil, maxFileSize)
	for lines.Scan() {
		name, v, _ := strings.Cut(lines.Text(), "=")
		if name != "" && v != "" && !strings.HasPrefix(name, "#") {
			variables[name] = v
		}
	}
	return variables, lines.Err()
}

// fileReason is why a task cannot start without a file, as ECS says it.
func (l *runner) fileReason(err error) string {
	const failed = "ResourceInitializationError: failed to download env files: file download command: non empty error stream: "
	if known := new(process.StartError); errors.As(err, &known) {
		return failed + known.Reason
	}
	l.h.Log.Warn("an environment file could not be read", "task", l.t.ID, "error", err)
	return failed + "the file could not be read"
}
