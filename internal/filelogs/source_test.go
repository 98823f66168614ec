package filelogs_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"davit/internal/clock"
	"davit/internal/filelogs"
	"davit/internal/localecs/output"
	"davit/internal/logs"
	"davit/internal/logs/logstest"
)

func TestSuite(t *testing.T) {
	logstest.Run(t, func(t *testing.T) logstest.Harness { return newFolder(t).harness() })
}

// folder holds containers' output, as a data folder does.
type folder struct {
	*testing.T
	dir      string
	recorder *output.Recorder
	begun    map[string]bool
}

func newFolder(t *testing.T) *folder {
	f := &folder{T: t, dir: t.TempDir(), begun: map[string]bool{}}
	f.open()
	t.Cleanup(func() { f.recorder.Close() })
	return f
}

// open starts the recorder, for what is being written too.
func (f *folder) open() logs.Source {
	if f.recorder != nil {
		f.recorder.Close()
	}
	f.recorder = output.NewRecorder(clock.System, slog.New(slog.DiscardHandler))
	return &filelogs.Source{File: f.file, Known: func(name string) (int64, bool) { return f.recorder.Known(name) }}
}

func (f *folder) file(task, container string) string {
	return filepath.Join(f.dir, task, container+".log")
}

func (f *folder) harness() logstest.Harness {
	return logstest.Harness{
		Open: f.open,
		Stream: func(task, _ string) logs.Stream {
			return logs.Stream{TaskARN: "arn:aws:ecs:local:000000000000:task/default/" + task}
		},
		Write: f.write,
		Restart: func(task, container string) {
			f.recorder.End(f.file(task, container))
			f.recorder.Begin(f.file(task, container))
		},
		End:    func(task, container string) { f.recorder.End(f.file(task, container)) },
		Coarse: 100 * time.Millisecond,
		Raw:    true,
		Many:   many,
	}
}

// write appends to a file as a container's process does. The file's own time is virtual too.
func (f *folder) write(task, container string, text []byte) {
	f.Helper()
	name := f.file(task, container)
	if !f.begun[name] {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			f.Fatal(err)
		}
		f.recorder.Begin(name)
		f.begun[name] = true
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := file.Write(text); err != nil {
		f.Fatal(err)
	}
	if err := file.Close(); err != nil {
		f.Fatal(err)
	}
	if err := os.Chtimes(name, time.Now(), time.Now()); err != nil {
		f.Fatal(err)
	}
}
