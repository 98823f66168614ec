package lambdaio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/lambdaio"
	"davit/internal/run"
)

// publisher takes every event but those that refuse names.
type publisher struct {
	sent   []run.StatusChange
	raw    []string
	refuse func(c run.StatusChange) error
	short  bool
	calls  int
	meter  meter
}

// meter keeps what it is given.
type meter struct{ measures []run.Measure }

func (m *meter) Record(measures []run.Measure) { m.measures = append(m.measures, measures...) }

func (p *publisher) Publish(_ context.Context, details []json.RawMessage) []error {
	p.calls++
	var errs []error
	for _, d := range details {
		var c run.StatusChange
		err := json.Unmarshal(d, &c)
		if err == nil && p.refuse != nil {
			err = p.refuse(c)
		}
		if errs = append(errs, err); err == nil {
			p.sent, p.raw = append(p.sent, c), append(p.raw, string(d))
		}
	}
	if p.short {
		errs = errs[:0]
	}
	return errs
}

// notify invokes the function with records and returns the sequence numbers of those that failed.
func notify(t *testing.T, p *publisher, payload []byte) []string {
	t.Helper()
	answer, err := lambdaio.Notify(p, &p.meter, quiet)(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var response struct {
		BatchItemFailures *[]struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(answer, &response); err != nil || response.BatchItemFailures == nil {
		t.Fatalf("%s, %v", answer, err)
	}
	var numbers []string
	for _, f := range *response.BatchItemFailures {
		numbers = append(numbers, f.ItemIdentifier)
	}
	return numbers
}

func TestNotifySample(t *testing.T) {
	p := &publisher{}
	if failed := notify(t, p, sample(t, "notify.json")); failed != nil {
		t.Errorf("failed: %v", failed)
	}
	const id = "k7dq2mrxw3h5nfa6yzj4tbcevu"
	change := func(sequence int64, from, to, class, at string) run.StatusChange {
		return run.StatusChange{
			Version: "1", EventID: fmt.Sprintf("%s.q3x7m2ka.%d", id, sequence), Sequence: sequence, RunID: id, From: from, To: to, Class: class,
			Family: "settlement", Group: "month-end", StartedBy: "nightly", CreatedAt: "2026-11-30T02:00:00.123Z", ChangedAt: at,
		}
	}
	want := []run.StatusChange{
		change(1, "", "SUBMITTED", "", "2026-11-30T02:00:00Z"),
		change(2, "SUBMITTED", "LAUNCHING", "", "2026-11-30T02:00:01Z"),
		change(4, "LAUNCHING", "RUNNING", "", "2026-11-30T02:00:05Z"),
		change(6, "RUNNING", "FAILED", "EXIT:1", "2026-11-30T02:04:11Z"),
	}
	if diff := cmp.Diff(want, p.sent); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, raw := range p.raw {
		if strings.Contains(raw, "body") || strings.Contains(raw, "owner") || strings.Contains(raw, "AROA") {
			t.Errorf("the event %s shows the body or the owner, want neither", raw)
		}
	}
}

// record returns the stream record of one change of a run. was and is are the images in short: status and version, "" for none.
func record(number, event, was, is string) string {
	image := func(short string) string {
		status, version, _ := strings.Cut(short, " ")
		if status == "" {
			return "null"
		}
		return fmt.Sprintf(`{"runId":{"S":"abc"},"born":{"S":"bornborn"},"status":{"S":%q},"version":{"N":%q}}`, status, version)
	}
	return fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":%q,"dynamodb":{"SequenceNumber":%q,"Keys":{"runId":{"S":"abc"}},"OldImage":%s,"NewImage":%s}}`,
		event, number, image(was), image(is))
}

func batch(records ...string) []byte {
	return []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

func TestNotify_PublishesStatusChangesOnly(t *testing.T) {
	tests := []struct {
		name, record, want string
	}{
		{"new", record("1", "INSERT", "", "SUBMITTED 1"), "->SUBMITTED #1"},
		{"moved", record("1", "MODIFY", "PENDING 3", "RUNNING 4"), "PENDING->RUNNING #4"},
		{"another field", record("1", "MODIFY", "RUNNING 4", "RUNNING 5"), ""},
		{"a lock, which is no run", strings.ReplaceAll(record("1", "MODIFY", "RUNNING 4", "PENDING 5"), `"abc"`, `"lock#abc"`), ""},
		{"a new lock", `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":{"runId":{"S":"lock#k"}},"NewImage":{"runId":{"S":"lock#k"},"version":{"N":"1"}}}}`, ""},
		{"removed", record("1", "REMOVE", "FAILED 6", ""), ""},
		{"a new run in an expired one's place", strings.Replace(record("1", "MODIFY", "SUBMITTED 9", "SUBMITTED 1"), "bornborn", "oldenold", 1), "->SUBMITTED #1"},
	}
	for _, test := range tests {
		p := &publisher{}
		failed := notify(t, p, batch(test.record))
		got := ""
		for _, c := range p.sent {
			got += fmt.Sprintf("%s->%s #%d", c.From, c.To, c.Sequence)
		}
		if got != test.want || failed != nil {
			t.Errorf("%s: %q, failed %v; want %q", test.name, got, failed, test.want)
		}
	}
	p := &publisher{}
	if notify(t, p, batch(record("1", "MODIFY", "RUNNING 4", "RUNNING 5"))); p.calls != 0 {
		t.Error("the bus is asked to take nothing")
	}
}

// Metrics count what will not come again: the records before the first that is asked for again.
func TestNotify_RecordsMeasuresBeforeTheFirstFailure(t *testing.T) {
	launched := func(r, was, is string) string {
		r = strings.Replace(r, `"OldImage":{`, `"OldImage":{"tally":{"S":"`+was+`"},`, 1)
		return strings.Replace(r, `"NewImage":{`, `"NewImage":{"tally":{"S":"`+is+`"},`, 1)
	}
	counts := func(n int) string { return fmt.Sprintf(`{\"launched\":%d}`, n) }
	records := []string{
		record("1", "INSERT", "", "SUBMITTED 1"), launched(record("2", "MODIFY", "LAUNCHING 2", "LAUNCHING 3"), counts(1), counts(3)),
		record("3", "MODIFY", "LAUNCHING 3", "RUNNING 4"), record("4", "MODIFY", "RUNNING 4", "FAILED 5"),
	}
	metered := func(p *publisher) (names []string) {
		for _, m := range p.meter.measures {
			names = append(names, fmt.Sprint(m.Name, m.Amount, m.Value))
		}
		return names
	}
	p := &publisher{}
	notify(t, p, batch(records...))
	if diff := cmp.Diff([]string{"RunsAccepted1", "TasksLaunched2", "RunsEnded1FAILED"}, metered(p)); diff != "" {
		t.Error(diff)
	}
	p = &publisher{refuse: func(c run.StatusChange) error {
		if c.To == "RUNNING" {
			return errors.New("throttled")
		}
		return nil
	}}
	notify(t, p, batch(records...))
	if diff := cmp.Diff([]string{"RunsAccepted1", "TasksLaunched2"}, metered(p)); diff != "" {
		t.Error(diff)
	}
	p = &publisher{}
	reborn := strings.Replace(launched(record("1", "MODIFY", "FAILED 9", "SUBMITTED 1"), counts(5), counts(0)), "bornborn", "oldenold", 1)
	if notify(t, p, batch(reborn)); len(p.meter.measures) != 1 || p.meter.measures[0].Name != "RunsAccepted" {
		t.Errorf("another run in an expired one's place: %v", metered(p))
	}
	p = &publisher{}
	if failed := notify(t, p, batch(launched(record("1", "INSERT", "", "SUBMITTED 1"), "{", "{"))); len(failed) != 1 {
		t.Errorf("a tally that cannot be read: %v", failed)
	}
}

// A record that cannot be read or published does not keep the others from being published.
func TestOneBadRecordStandsAlone(t *testing.T) {
	good := record("100", "MODIFY", "PENDING 3", "RUNNING 4")
	bad := map[string]string{
		"another table's":        strings.Replace(record("1", "INSERT", "", "SUBMITTED 1"), "born", "nrob", 1),
		"no status":              record("1", "INSERT", "", " 1"),
		"no image":               record("1", "INSERT", "", ""),
		"version of no number":   record("1", "INSERT", "", "SUBMITTED x"),
		"version beyond all":     record("1", "INSERT", "", "SUBMITTED 99999999999999999999"),
		"status of another type": strings.Replace(record("1", "INSERT", "", "SUBMITTED 1"), `{"S":"SUBMITTED"}`, `{"N":"1"}`, 1),
		"status that is odd":     strings.Replace(record("1", "INSERT", "", "SUBMITTED 1"), `{"S":"SUBMITTED"}`, `{"S":1}`, 1),
		"unknown event":          record("1", "UPSERT", "", "SUBMITTED 1"),
		"another source":         strings.Replace(record("1", "INSERT", "", "SUBMITTED 1"), "aws:dynamodb", "aws:kinesis", 1),
	}
	for name, record := range bad {
		for _, payload := range [][]byte{batch(record, good), batch(good, record)} {
			p := &publisher{}
			if diff := cmp.Diff([]string{"1"}, notify(t, p, payload)); diff != "" || len(p.sent) != 1 || p.sent[0].To != "RUNNING" {
				t.Errorf("%s: published %v; failed records, -want +got:\n%s", name, p.sent, diff)
			}
		}
	}
}

func TestWhatTheBusDoesNotTakeIsAskedForAgain(t *testing.T) {
	payload := batch(record("1", "INSERT", "", "SUBMITTED 1"), record("2", "MODIFY", "SUBMITTED 1", "LAUNCHING 2"), record("3", "MODIFY", "LAUNCHING 2", "PENDING 3"))
	p := &publisher{refuse: func(c run.StatusChange) error {
		if c.To == "LAUNCHING" {
			return errors.New("throttled")
		}
		return nil
	}}
	if diff := cmp.Diff([]string{"2"}, notify(t, p, payload)); diff != "" || len(p.sent) != 2 {
		t.Errorf("published %v; failed records, -want +got:\n%s", p.sent, diff)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, notify(t, &publisher{short: true}, payload)); diff != "" {
		t.Errorf("without answers (-want +got):\n%s", diff)
	}
}

func TestMalformedBatches(t *testing.T) {
	for name, payload := range map[string]string{
		"nothing": "", "not JSON": "{", "null": "null", "array": "[]", "empty": "{}", "no records": `{"Records":[]}`, "records of no kind": `{"Records":7}`,
		"null record": `{"Records":[null]}`, "record without number": `{"Records":[{"dynamodb":{}}]}`, "number of no kind": `{"Records":[{"dynamodb":{"SequenceNumber":1}}]}`,
		"an HTTP event": string(sample(t, "get.json")), "a task": string(sample(t, "taskevent.json")),
	} {
		p := &publisher{}
		if answer, err := lambdaio.Notify(p, &p.meter, quiet)(t.Context(), []byte(payload)); nameOf(err) != lambdaio.NameBadEvent || answer != nil || p.calls != 0 {
			t.Errorf("%s: %s, %v", name, answer, err)
		}
	}
}
