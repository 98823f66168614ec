package awslogs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/awslogs/logsfake"
	"davit/internal/logs"
	"davit/internal/run"
)

func TestRead_FromAnyPosition_GoesOnWithTheNextRecord(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 7)...)
	fx.Put(group, name, logsfake.Event{At: began.Add(7 * time.Second), Message: "8"}, logsfake.Event{At: began.Add(7 * time.Second), Message: "9 a\n9 b\n"})
	const all = "1 2 3 4 5 6 7 8 9 a 9 b"
	for _, n := range []int{1, 2, 3, 100} {
		if got, _ := fx.readAll(t, "", n); got != all {
			t.Errorf("%d at a time: got %q, want %q", n, got, all)
		}
	}
	rest := all
	for _, r := range fx.read(t, "", 100).Records {
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, r.Text), " ")
		if got, _ := fx.readAll(t, r.After, 2); got != rest {
			t.Errorf("behind %q: got %q, want %q", r.Text, got, rest)
		}
	}
}

func TestRead_ExpiredToken_GoesOnFromItsTime(t *testing.T) {
	fx := setup(logsfake.Options{})
	same := logsfake.Event{At: began, Message: "a"}
	fx.Put(group, name, same, same, same)
	_, last := fx.readAll(t, "", 2)
	fx.now = began.Add(25 * time.Hour)
	if got, _ := fx.readAll(t, last, 2); got != "" {
		t.Errorf("got %q, want nothing new", got)
	}
	fx.Put(group, name, logsfake.Event{At: began.Add(time.Hour), Message: "b"})
	if got, _ := fx.readAll(t, last, 2); got != "b" {
		t.Errorf("got %q, want b", got)
	}
}

func TestRead_PausesOfHours_AreNotTheEnd(t *testing.T) {
	fx := setup(logsfake.Options{Span: time.Minute})
	fx.Put(group, name, events(1, 1)...)
	fx.Put(group, name, events(36_000, 36_001)...)
	if got, _ := fx.readAll(t, "", 10); got != "1 36000 36001" {
		t.Errorf("got %q, want all three", got)
	}
}

func TestRead_LongLine_ComesInParts(t *testing.T) {
	fx := setup(logsfake.Options{})
	line := strings.Repeat("0123456789", 20_000)
	fx.Put(group, name, logsfake.Event{At: began, Message: line}, logsfake.Event{At: began, Message: "next"})
	var got strings.Builder
	var after logs.Position
	parts := 0
	for range 4 {
		b := fx.read(t, after, 1)
		got.WriteString(b.Records[0].Text)
		if want := parts < 3; b.Records[0].Partial != want {
			t.Errorf("part %d: Partial is %t, want %t", parts, b.Records[0].Partial, want)
		}
		after, parts = b.Next, parts+1
	}
	if got.String() != line {
		t.Error("the parts are not the line")
	}
	if rest, _ := fx.readAll(t, after, 1); rest != "next" {
		t.Errorf("behind the line is %q, want next", rest)
	}
}

func TestRead_Bytes_EndABatch(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(100, 109)...)
	b, err := fx.source.Read(t.Context(), stream(), logs.Query{Records: 100, Bytes: 7})
	if err != nil || len(b.Records) != 2 || b.State != logs.More {
		t.Errorf("got %d records of 3 bytes, state %d, %v; want 2 and more", len(b.Records), b.State, err)
	}
}

func TestRead_Since_LeavesOutWhatIsEarlier(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 4)...)
	b, err := fx.source.Read(t.Context(), stream(), logs.Query{Since: began.Add(2*time.Second + time.Microsecond), Records: 1, Bytes: 100})
	if err != nil || len(b.Records) != 1 || b.Records[0].Text != "3" {
		t.Fatalf("got %v, %v; want 3", b.Records, err)
	}
	if got, _ := fx.readAll(t, b.Next, 1); got != "4" {
		t.Errorf("got %q, want 4", got)
	}
}

// CloudWatch Logs does not document what a token is worth in a call with another StartTime.
func TestRead_Tokens_KeepTheirStartTime(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 9)...)
	fx.now = began.Add(time.Minute)
	sinceOf := func(d time.Duration) logs.Position {
		b, err := fx.source.Read(t.Context(), stream(), logs.Query{Since: began.Add(d), Records: 1, Bytes: 100})
		if err != nil {
			t.Fatal(err)
		}
		return b.Next
	}
	tail, err := fx.source.Tail(t.Context(), stream(), 2, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for what, after := range map[string]logs.Position{"beginning": "", "since": sinceOf(2 * time.Second), "mark": tail.Marks[0].Before, "end": tail.End} {
		before := len(fx.Calls())
		fx.readAll(t, after, 3)
		calls := fx.Calls()[before:]
		for i := 1; i < len(calls); i++ {
			if last, got := *calls[i-1].StartTime, *calls[i].StartTime; calls[i].Token != "" && got != last {
				t.Errorf("%s: call %d begins at %d, the one before at %d", what, i, got, last)
			}
		}
		if n := len(calls); n > 4 {
			t.Errorf("%s: %d calls, want 4 at most", what, n)
		}
	}
}

func TestRead_TokenWithoutRoom_IsUsedUpAtOnce(t *testing.T) {
	fx := setup(logsfake.Options{Token: strings.Repeat("x", 100)})
	fx.Put(group, name, events(1, 5)...)
	got, last := fx.readAll(t, "", 2)
	if got != "1 2 3 4 5" || last[0] != 't' {
		t.Errorf("got %q up to %s, want all five up to a time", got, last)
	}
	if n := len(fx.Calls()); n > 9 {
		t.Errorf("%d calls, want 9 at most", n)
	}
	fx.Put(group, name, events(6, 6)...)
	if got, _ := fx.readAll(t, last, 2); got != "6" {
		t.Errorf("got %q, want 6", got)
	}
}

func TestRead_Delay_IsNotTheEnd(t *testing.T) {
	fx := setup(logsfake.Options{Delay: 3 * time.Second})
	fx.Put(group, name, events(1, 2)...)
	got, last := fx.readAll(t, "", 10)
	if got != "" {
		t.Errorf("got %q before it was ingested, want nothing", got)
	}
	fx.now = began.Add(3 * time.Second)
	b := fx.read(t, last, 10)
	if len(b.Records) != 2 || !b.Arrived.Equal(fx.now) {
		t.Errorf("got %d records that arrived at %s, want 2 at %s", len(b.Records), b.Arrived, fx.now)
	}
}

func TestRead_Throttled_KeepsItsPosition(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 3)...)
	first := fx.read(t, "", 1)
	for _, code := range []string{"ThrottlingException", "ServiceUnavailableException"} {
		fx.Refuse(func(logsfake.Call) *logsfake.Refusal { return &logsfake.Refusal{Status: 503, Code: code} })
		before := len(fx.Calls())
		if b := fx.read(t, first.Next, 1); b.State != logs.Throttled || b.Next != "" {
			t.Errorf("%s: state %d, position %q; want throttled, and the position kept", code, b.State, b.Next)
		}
		if n := len(fx.Calls()) - before; n != 1 {
			t.Errorf("%s: %d calls, want one", code, n)
		}
	}
	fx.Refuse(nil)
	if got, _ := fx.readAll(t, first.Next, 10); got != "2 3" {
		t.Errorf("afterwards: got %q, want 2 3", got)
	}
}

// unreadable is a stream that cannot be read, and what is said of it.
type unreadable struct {
	name   string
	change func(*logs.Stream)
	want   logs.Unreadable
}

func unreadables() []unreadable {
	option := func(name, value string) func(*logs.Stream) { return func(s *logs.Stream) { s.Options[name] = value } }
	over := func(s *logs.Stream) { s.Over, s.OverAt = true, began.Add(-10*time.Second) }
	return []unreadable{
		{"another driver", func(s *logs.Stream) { s.Driver = "splunk" }, logs.Unreadable{Reason: "the log driver is splunk; only awslogs is read"}},
		{"no driver", func(s *logs.Stream) { s.Driver = "" }, logs.Unreadable{Reason: "the container has no log driver; only awslogs is read"}},
		{"definition unknown", func(s *logs.Stream) { s.Defined = false }, logs.Unreadable{Reason: "the task definition is not known", MayCome: true}},
		{"another Region", option("awslogs-region", "us-east-1"), logs.Unreadable{Where: group, Reason: "the log group is in the Region us-east-1; only eu-west-1 is read"}},
		{"another Region by the task", func(s *logs.Stream) {
			delete(s.Options, "awslogs-region")
			s.TaskARN = strings.Replace(s.TaskARN, region, "us-east-1", 1)
		}, logs.Unreadable{Where: group, Reason: "the log group is in the Region us-east-1; only eu-west-1 is read"}},
		{"not allowed", option("awslogs-group", "/ecs/other"), logs.Unreadable{Where: "/ecs/other", Reason: "the stack's parameter LogGroups does not name this log group"}},
		{"no group", option("awslogs-group", ""), logs.Unreadable{Reason: "the container has no awslogs-group"}},
		{"no prefix", option("awslogs-stream-prefix", ""), logs.Unreadable{Where: group, Reason: "the stream's name is not known without awslogs-stream-prefix"}},
		{"no stream yet", func(*logs.Stream) {}, logs.Unreadable{Where: group + " " + name, Reason: "the log stream is not there yet", MayCome: true}},
		{"no stream", over, logs.Unreadable{Where: group + " " + name, Reason: "the log stream is not there: it was deleted, or the container never started"}},
		{"no group yet", option("awslogs-group", "/batch/a"), logs.Unreadable{Where: "/batch/a " + name, Reason: "the log group is not there yet", MayCome: true}},
		{"group deleted", func(s *logs.Stream) {
			over(s)
			s.Options["awslogs-group"] = "/batch/a"
		}, logs.Unreadable{Where: "/batch/a " + name, Reason: "the log group is not there: it was deleted, or never made"}},
	}
}

func TestRead_WhatCannotBeRead(t *testing.T) {
	for _, test := range unreadables() {
		fx := setup(logsfake.Options{})
		fx.CreateGroup(group)
		s := stream()
		test.change(&s)
		b, err := fx.source.Read(t.Context(), s, logs.Query{Records: 1, Bytes: 1})
		if err != nil || b.State != logs.Unavailable {
			t.Errorf("%s: state %d, %v; want unavailable", test.name, b.State, err)
			continue
		}
		if diff := cmp.Diff(test.want, *b.Unreadable); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		tail, err := fx.source.Tail(t.Context(), s, 1, time.Time{})
		if err != nil || tail.State != logs.Unavailable || cmp.Diff(test.want, *tail.Unreadable) != "" {
			t.Errorf("%s: a tail has state %d, %v, %v; want the same", test.name, tail.State, tail.Unreadable, err)
		}
	}
}

func TestRead_Denied_IsUnavailable(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Refuse(func(logsfake.Call) *logsfake.Refusal {
		return &logsfake.Refusal{Status: 400, Code: "AccessDeniedException"}
	})
	b := fx.read(t, "", 1)
	if b.State != logs.Unavailable || b.Unreadable.Reason != "Davit may not read this log group" {
		t.Errorf("state %d, %v; want unavailable", b.State, b.Unreadable)
	}
}

func TestRead_OtherRefusals_FailTheRequest(t *testing.T) {
	fx := setup(logsfake.Options{})
	fx.Refuse(func(logsfake.Call) *logsfake.Refusal {
		return &logsfake.Refusal{Status: 400, Code: "UnrecognizedClientException", Message: "words of the service"}
	})
	_, err := fx.source.Read(t.Context(), stream(), logs.Query{Records: 1, Bytes: 1})
	if run.CodeOf(err) != run.CodeInternal || strings.Contains(run.MessageOf(err), "words") {
		t.Errorf("error is %v with the message %q, want an internal one", err, run.MessageOf(err))
	}
}

func TestRead_PositionOfAnother_IsRefused(t *testing.T) {
	fx := setup(logsfake.Options{})
	for _, p := range []logs.Position{"x", "t", "t1.2", "t1.2.3.4", "t01.0.0", "t-1.0.0", "tzzzzzzzzzzzzz.0.0", "p1.1.1.1.", "p1.1.1.1.!", "k1.1.1.1.", "k1.1.1", "t1.1.zzzzzzzzz"} {
		if _, err := fx.source.Read(t.Context(), stream(), logs.Query{After: p, Records: 1, Bytes: 1}); !errors.Is(err, logs.ErrPosition) {
			t.Errorf("%s: error is %v, want ErrPosition", p, err)
		}
	}
}
