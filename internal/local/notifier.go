package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"davit/internal/boltstore"
	"davit/internal/run"
)

// Notify receives one of Davit's events in EventBridge's envelope: `Davit Run Status Change` or `Davit Schedule Did Not Run`. After an
// error it is called again, at most notifyTries times in all.
type Notify func(ctx context.Context, event []byte) error

// notifyTries is how often an event is sent before it is dropped with a log line.
const notifyTries = 5

// retryPause is how long the notifier waits after an error of the data folder.
const retryPause = 10 * time.Second

// positionFile holds the position of the last change that was published. It is written after each batch, so a batch that a crash
// interrupted is published again.
const positionFile = "notified"

// notifier publishes the store's changes, as the notify function publishes those of the table's stream.
type notifier struct {
	s    *System
	path string
}

// send calls Notify with an event until it returns nil, at most notifyTries times, with pauses from 1 s that double.
func (n *notifier) send(ctx context.Context, detailType, id string, at time.Time, detail json.RawMessage) error {
	if n.s.options.Notify == nil {
		return nil
	}
	event, err := json.Marshal(map[string]any{
		"version": "0", "id": id, "source": run.EventSource, "detail-type": detailType, "account": "000000000000", "region": "local",
		"time": at.UTC().Format(time.RFC3339), "resources": []string{}, "detail": detail,
	})
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := n.s.options.Notify(ctx, event)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if try == notifyTries {
			return fmt.Errorf("given up after %d tries: %w", try, err)
		}
		if !n.s.sleep(ctx, time.Duration(1<<(try-1))*time.Second) {
			return ctx.Err()
		}
	}
}

// Publish implements lambdaio.Publisher for the schedule function: it sends events of occurrences that did not run.
func (n *notifier) Publish(ctx context.Context, details []json.RawMessage) []error {
	errs := make([]error, len(details))
	for i, detail := range details {
		var m run.Missed
		if err := json.Unmarshal(detail, &m); err != nil {
			errs[i] = err
			continue
		}
		errs[i] = n.send(ctx, run.EventDidNotRun, m.EventID, n.s.options.Clock.Now(), detail)
	}
	return errs
}

// Record implements lambdaio.Meter: it passes measures to Options.Metrics.
func (n *notifier) Record(measures []run.Measure) {
	if m := n.s.options.Metrics; m != nil {
		m.Record(measures)
	}
}

// follow publishes every change after a position until the System closes. After an error it waits for retryPause and tries again.
func (n *notifier) follow(after uint64) {
	defer n.s.work.Done()
	changed, cancel := n.s.Store.Notify()
	defer cancel()
	for {
		var err error
		if after, err = n.publishAfter(after); err != nil && n.s.ctx.Err() == nil {
			n.s.options.Log.Error("changes are told late", "error", err, "again in", retryPause)
			n.s.sleep(n.s.ctx, retryPause)
			continue
		}
		select {
		case <-changed:
		case <-n.s.ctx.Done():
			return
		}
	}
}

// publishAfter publishes all changes after a position. It returns the position of the last one.
func (n *notifier) publishAfter(after uint64) (uint64, error) {
	for {
		changes, err := n.s.Store.Changes(n.s.ctx, after, 100)
		if err != nil || len(changes) == 0 {
			return after, err
		}
		for i := range changes {
			n.publish(&changes[i])
		}
		if n.s.ctx.Err() != nil {
			return after, n.s.ctx.Err()
		}
		after = changes[len(changes)-1].Position
		if err := n.savePosition(after); err != nil {
			return after, err
		}
	}
}

// publish records a change's measures and sends its event, if the status changed. It logs an event that it drops.
func (n *notifier) publish(c *boltstore.Change) {
	n.Record(c.Measures())
	detail, moved := c.StatusChange()
	if !moved {
		return
	}
	raw, err := json.Marshal(detail)
	if err == nil {
		err = n.send(n.s.ctx, run.EventStatusChange, detail.EventID, c.At, raw)
	}
	if err != nil && n.s.ctx.Err() == nil {
		n.s.options.Log.Error("a status change was not told", "eventId", detail.EventID, "error", err)
	}
}

// loadPosition reads the position of the last change that was published. In a folder without one it stores and returns the position of
// the newest change, so that only later changes are published.
func (n *notifier) loadPosition() (uint64, error) {
	data, err := os.ReadFile(n.path)
	if errors.Is(err, fs.ErrNotExist) {
		last, err := n.s.Store.Last(n.s.ctx)
		if err != nil {
			return 0, err
		}
		return last, n.savePosition(last)
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64)
}

// savePosition replaces the position file atomically.
func (n *notifier) savePosition(position uint64) error {
	temporary := n.path + ".new"
	if err := os.WriteFile(temporary, []byte(strconv.FormatUint(position, 10)+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, n.path)
}

func newNotifier(s *System) *notifier {
	return &notifier{s: s, path: filepath.Join(s.options.Dir, positionFile)}
}
