package awslogs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"davit/internal/awslogs/logsfake"
	"davit/internal/logs"
)

func TestTail_EachMark_BeginsItsRecord(t *testing.T) {
	tests := map[string]struct {
		options logsfake.Options
		events  []logsfake.Event
	}{
		"a second apart":       {logsfake.Options{}, events(1, 700)},
		"many in one time":     {logsfake.Options{}, bursts(700, 100)},
		"long lines":           {logsfake.Options{}, long(30)},
		"a pause of ten hours": {logsfake.Options{Span: time.Minute}, append(events(1, 3), events(36_000, 36_004)...)},
	}
	for what, test := range tests {
		for _, n := range []int{1, 5, 400, 10_000} {
			fx := setup(test.options)
			fx.Put(group, name, test.events...)
			fx.now = test.events[len(test.events)-1].At.Add(time.Minute)
			tail, err := fx.source.Tail(t.Context(), stream(), n, time.Time{})
			if err != nil || tail.State != logs.Quiet {
				t.Fatalf("%s: state %d, %v", what, tail.State, err)
			}
			want := min(n, len(test.events))
			if len(tail.Marks) != want {
				t.Errorf("%s: %d marks, want %d", what, len(tail.Marks), want)
				continue
			}
			for _, i := range []int{0, want / 2, want - 1} {
				e := test.events[len(test.events)-want+i]
				if b := fx.read(t, tail.Marks[i].Before, 1); b.Records[0].Text != e.Message || !tail.Marks[i].At.Equal(e.At) {
					t.Errorf("%s: mark %d of %d begins %.20q, want %.20q", what, i, want, b.Records[0].Text, e.Message)
				}
			}
			fx.Put(group, name, logsfake.Event{At: fx.now, Message: "new"})
			if got, _ := fx.readAll(t, tail.End, 10); got != "new" {
				t.Errorf("%s: behind the end is %.20q, want what is new", what, got)
			}
		}
	}
}

// bursts returns events of which each size have one time.
func bursts(n, size int) (all []logsfake.Event) {
	for i := range n {
		all = append(all, logsfake.Event{At: began.Add(time.Duration(i/size) * time.Second), Message: fmt.Sprint(i)})
	}
	return all
}

// long returns events of 64 KB, each of one part.
func long(n int) (all []logsfake.Event) {
	for i := range n {
		all = append(all, logsfake.Event{At: began.Add(time.Duration(i) * time.Second), Message: fmt.Sprint(i, strings.Repeat("x", logs.MaxText-10))})
	}
	return all
}

func TestTail_Since_LeavesOutWhatIsEarlier(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 9)...)
	fx.now = began.Add(time.Minute)
	tail, err := fx.source.Tail(t.Context(), stream(), 5, began.Add(8*time.Second))
	if err != nil || len(tail.Marks) != 2 {
		t.Fatalf("%d marks, %v; want 2", len(tail.Marks), err)
	}
	if got, _ := fx.readAll(t, tail.Marks[0].Before, 5); got != "8 9" {
		t.Errorf("got %q, want 8 9", got)
	}
}

func TestTail_EmptyStream_EndsAtItsBeginning(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name)
	tail, err := fx.source.Tail(t.Context(), stream(), 5, time.Time{})
	if err != nil || len(tail.Marks) != 0 || tail.State != logs.Quiet {
		t.Fatalf("%d marks, state %d, %v; want none and quiet", len(tail.Marks), tail.State, err)
	}
	fx.Put(group, name, events(1, 2)...)
	if got, _ := fx.readAll(t, tail.End, 5); got != "1 2" {
		t.Errorf("got %q, want 1 2", got)
	}
}

func TestTail_Throttled_IsSaid(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 9)...)
	fx.Throttle(1)
	tail, err := fx.source.Tail(t.Context(), stream(), 5, time.Time{})
	if err != nil || tail.State != logs.Throttled {
		t.Errorf("state %d, %v; want throttled", tail.State, err)
	}
}
