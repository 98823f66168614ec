package filelogs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"davit/internal/localecs/output"
	"davit/internal/logs"
)

// Source reads containers' output files. All fields are required.
type Source struct {
	// File returns the absolute name of a container's output file.
	File func(task, container string) string
	// Known is output.Recorder's.
	Known func(file string) (known int64, live bool)
}

// Traits implements logs.Source: what a container wrote is in its file at its end.
func (d *Source) Traits() logs.Traits { return logs.Traits{} }

// Read implements logs.Source.
func (d *Source) Read(ctx context.Context, s logs.Stream, q logs.Query) (logs.Batch, error) {
	at, err := offsetOf(q.After)
	if err != nil {
		return logs.Batch{}, err
	}
	f, why, err := d.open(s)
	if err != nil || why != nil {
		return logs.Batch{State: logs.Unavailable, Unreadable: why}, err
	}
	defer f.close()
	if q.After == "" {
		if at, err = f.since(q.Since); err != nil {
			return logs.Batch{}, err
		}
	}
	return f.read(ctx, at, q)
}

// Tail implements logs.Source.
func (d *Source) Tail(ctx context.Context, s logs.Stream, n int, since time.Time) (logs.Tail, error) {
	f, why, err := d.open(s)
	if err != nil || why != nil {
		return logs.Tail{State: logs.Unavailable, Unreadable: why}, err
	}
	defer f.close()
	return f.tail(ctx, n, since)
}

// offsetOf returns the offset that a position stands for.
func offsetOf(p logs.Position) (int64, error) {
	if p == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(p), 10, 64)
	if err != nil || n < 0 || positionOf(n) != p {
		return 0, logs.ErrPosition
	}
	return n, nil
}

func positionOf(offset int64) logs.Position { return logs.Position(strconv.FormatInt(offset, 10)) }

// opened is a container's output as it was when it was opened.
type opened struct {
	file  *os.File
	index *output.Index
	end   int64 // of what is indexed
	over  bool  // no process writes it
	// buffer holds what the file has from begin on.
	buffer []byte
	begin  int64
}

func (f *opened) close() {
	_ = f.file.Close() // it was read only
	_ = f.index.Close()
}

// open opens a stream's file, or returns why there is none.
func (d *Source) open(s logs.Stream) (*opened, *logs.Unreadable, error) {
	if !isName(s.Task) || !isName(s.Container) {
		return nil, &logs.Unreadable{Reason: "the task or the container has a name that no file has"}, nil
	}
	name := d.File(s.Task, s.Container)
	known, live := d.Known(name)
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, absent(name, s.Over), nil
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular(): // which a container can have done
		return nil, &logs.Unreadable{Where: name, Reason: "it is no regular file"}, nil
	}
	f := &opened{end: info.Size(), over: s.Over}
	if live {
		f.end = min(f.end, known)
	}
	if f.file, err = os.Open(name); err != nil {
		return nil, nil, err
	}
	if f.index, err = output.OpenIndex(name, info.ModTime()); err != nil {
		return nil, nil, errors.Join(err, f.file.Close())
	}
	return f, nil, nil
}

func isName(name string) bool { return filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) }

// absent returns why there is no output file.
func absent(name string, over bool) *logs.Unreadable {
	why := &logs.Unreadable{Where: name}
	_, err := os.Stat(filepath.Dir(name))
	switch {
	case !over:
		why.Reason, why.MayCome = "not there yet: the container has not been started", true
	case errors.Is(err, fs.ErrNotExist):
		why.Reason = "there is no output any more: it is kept for 24 hours after the task stopped; or none of the task's containers was started"
	default:
		why.Reason = "the container was not started"
	}
	return why
}
