package local

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/asl"
	"davit/internal/lambdaio"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// fullDisk makes a function fail, and the data folder look full, while the result is true. Call it before start.
func (f *fixture) fullDisk(function string) *atomic.Bool {
	full := &atomic.Bool{}
	inner := f.functions[function]
	f.functions[function] = func(ctx context.Context, payload []byte) ([]byte, error) {
		if full.Load() {
			return nil, &run.Error{Code: run.CodeUnavailable, Message: "the disk of the data folder is full"}
		}
		return inner(ctx, payload)
	}
	f.writable = func() bool { return !full.Load() }
	return full
}

// An occurrence that falls into the time of a full disk runs when there is room, each one once.
func TestSchedule_DiskFull_LosesNoOccurrence(t *testing.T) {
	withFixture(t, app(scripted.Script{})(), func(o *Options) {
		o.Schedules = schedules(t, `{"schedules":[{"name":"often","scheduleExpression":"rate(10 minutes)","run":{"taskDefinition":"job"}}]}`)
	}, func(f *fixture) {
		begin := time.Now()
		full := f.fullDisk(scheduleFunction)
		full.Store(true)
		f.start()
		time.Sleep(35 * time.Minute)
		full.Store(false)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		page, err := f.Store.List(t.Context(), run.Query{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, r := range page.Runs {
			keys = append(keys, r.Key)
		}
		slices.Sort(keys)
		var want []string
		for n := range 4 {
			want = append(want, scheduleARN+"often "+begin.Add(time.Duration(n+1)*10*time.Minute).UTC().Format(time.RFC3339))
		}
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Errorf("keys of the runs, -want +got:\n%s", diff)
		}
	})
}

// A task event that cannot be recorded for want of room is delivered again, so that the run ends as soon as there is room.
func TestTaskEvent_DiskFull_IsDeliveredLater(t *testing.T) {
	withFixture(t, app(scripted.Script{For: time.Minute})(), nil, func(f *fixture) {
		full := f.fullDisk(taskEventFunction)
		f.start()
		id := f.submit(`{"taskDefinition":"job"}`)
		time.Sleep(30 * time.Second)
		full.Store(true)
		time.Sleep(2 * time.Minute)
		full.Store(false)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		r, err := f.Store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != run.Succeeded {
			t.Errorf("10 s after there was room: got %s, want SUCCEEDED", r.Status)
		}
	})
}

func TestDeliver_OtherErrors_ThreeTries(t *testing.T) {
	withFixture(t, app(scripted.Script{})(), nil, func(f *fixture) {
		tries := 0
		f.functions[sweepFunction] = lambdaio.Function(func(context.Context, []byte) ([]byte, error) {
			tries++
			return nil, &run.Error{Code: run.CodeUnavailable}
		})
		if err := f.executionEnded(f.ctx, asl.Execution{Name: "x", Status: asl.Failed}); err == nil {
			t.Error("got no error, want that of the sweep")
		}
		if tries != 3 {
			t.Errorf("got %d tries, want 3", tries)
		}
	})
}

// An execution that could not be written is started when there is room, once, however often it was asked for meanwhile.
func TestStartLater_StartsWhenThereIsRoom(t *testing.T) {
	withFixture(t, app(scripted.Script{})(), nil, func(f *fixture) {
		begin, tries := time.Now(), 0
		var started []time.Duration
		start := func(context.Context) error {
			if tries++; tries < 4 {
				return asl.ErrNotWritten
			}
			started = append(started, time.Since(begin))
			return nil
		}
		for range 3 {
			f.startLater("x", start)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if diff := cmp.Diff([]time.Duration{4 * startPause}, started); diff != "" {
			t.Errorf("times of the start, -want +got:\n%s", diff)
		}
	})
}
