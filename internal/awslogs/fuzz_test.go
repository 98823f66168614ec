package awslogs_test

import (
	"errors"
	"testing"

	"davit/internal/awslogs/logsfake"
	"davit/internal/logs"
)

// FuzzPosition reads from a position that a caller may have changed: it is refused, or a place in the stream.
func FuzzPosition(f *testing.F) {
	fx := setup(logsfake.Options{})
	fx.Put(group, name, events(1, 20)...)
	var after logs.Position
	for range 6 {
		b, err := fx.source.Read(f.Context(), stream(), logs.Query{After: after, Records: 4, Bytes: logs.MaxPage})
		if err != nil {
			f.Fatal(err)
		}
		for _, r := range b.Records {
			f.Add(string(r.After))
		}
		after = b.Next
		f.Add(string(after))
	}
	f.Add("kmwoov93k.1.0.0.0.f/1")
	f.Fuzz(func(t *testing.T, position string) {
		b, err := fx.source.Read(t.Context(), stream(), logs.Query{After: logs.Position(position), Records: 4, Bytes: logs.MaxPage})
		if errors.Is(err, logs.ErrPosition) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Records) > 4 || len(b.Next) > logs.MaxPosition {
			t.Errorf("%d records, next position of %d bytes", len(b.Records), len(b.Next))
		}
	})
}
