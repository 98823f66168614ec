package dynamo

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo/attr"
	"davit/internal/fuzzing"
	"davit/internal/run"
)

// What a table holds is damaged, or a record that is written as an item of the same record, whose keys fit and tell its place.
func FuzzItem(f *testing.F) {
	for _, body := range fuzzing.Bodies(f) {
		f.Add(recordOf(f, body), "2026-11-30T02:00:00.123456789Z#id#000001915531")
	}
	f.Add([]byte(`{"runId":"a","createdAt":"9999-12-31T23:59:59.9-23:59","sweepAt":"0000-01-01T00:00:00+23:59","expires":"1969-01-01T00:00:00Z","family":"#"}`), "")
	f.Add([]byte(`{"runId":"","attempts":[{"tasks":[{"task":{}}]}],"definition":{"containers":[{}]}}`), "2026")
	f.Add([]byte("\x1f\x8b"), "#000000000000")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		readKeys(t, key)
		if _, err := unpack(data); err != nil && !errors.Is(err, errDamaged) {
			t.Errorf("%q: %v", data, err)
		}
		r, err := (item{attr.RunID: text(key), attr.Body: &types.AttributeValueMemberB{Value: zipped(t, data)}}).run()
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Errorf("%q: %v", data, err)
			}
			return
		}
		written(t, r)
	})
}

func recordOf(t testing.TB, request []byte) []byte {
	text, err := json.Marshal(&run.Run{
		ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Incarnation: "bbbbbbbb", Owner: "iam:AROA", Status: run.Failed, Class: "EXIT:3", CreatedAt: noon, Family: "sleep",
		Request: request, Resolved: request, Policy: run.DefaultPolicy(), SweepAt: noon, Expires: noon.Add(time.Hour),
		Attempts: []run.Attempt{{Number: 1, Tasks: []run.Task{{ARN: "arn", Raw: request}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func zipped(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readKeys reads what a sort key may be.
func readKeys(t *testing.T, key string) {
	at, err := readStamp(key)
	if err != nil && !errors.Is(err, errDamaged) || err == nil && stamp(at) != key[:len(stampLayout)] {
		t.Errorf("%q is %v, %v", key, at, err)
	}
	if _, err := openExpired(key, noon); err != nil && !errors.Is(err, errDamaged) {
		t.Errorf("%q: %v", key, err)
	}
}

func written(t *testing.T, r *run.Run) {
	it, err := encode(r, 7)
	if err != nil {
		if !errors.Is(err, errUnfit) && run.CodeOf(err) != run.CodeTooLarge {
			t.Errorf("error %v, want one of a record that is unfit or too large", err)
		}
		return
	}
	for _, name := range []string{attr.CreatedShard, attr.FamilyShard, attr.GroupShard, attr.StartedByShard, attr.Origin} {
		if n := len(it.text(name)); n > 2048 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
	for _, name := range []string{attr.Place, attr.OpenPlace} {
		if n := len(it.text(name)); n > 1024 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
	if _, err := readStamp(it.text(attr.Place)); err != nil {
		t.Error(err)
	}
	again, err := it.run()
	if err != nil {
		t.Fatal(err)
	}
	r.Version = 7
	want, got := jsonOf(t, r), jsonOf(t, again)
	if !bytes.Equal(want, got) || it.expired(noon) != (expiry(r) != 0 && expiry(r) < noon.Unix()) {
		t.Errorf("%s was written as %s", want, got)
	}
}

func jsonOf(t *testing.T, r *run.Run) []byte {
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
