package storetest

import (
	"bytes"
	"encoding/json"
	"go/token"
	"reflect"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"davit/internal/run"
)

// Diff is what differs between two records, "" if nothing that counts: raw JSON is compared by value and
// absent like null, times as instants, an empty list or map like none.
func Diff(want, got *run.Run) string {
	return cmp.Diff(want, got,
		cmp.FilterPath(unexported, cmp.Ignore()),
		cmp.FilterPath(raw, cmp.Transformer("JSON", decoded)),
		cmp.FilterPath(func(p cmp.Path) bool { return !raw(p) }, cmpopts.EquateEmpty()))
}

func unexported(p cmp.Path) bool {
	field, ok := p.Last().(cmp.StructField)
	return ok && !token.IsExported(field.Name())
}

func raw(p cmp.Path) bool { return p.Last().Type() == reflect.TypeFor[json.RawMessage]() }

// decoded is a JSON text's value, with its numbers as they are written; the text itself when it is not JSON.
func decoded(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return string(text)
	}
	return v
}
