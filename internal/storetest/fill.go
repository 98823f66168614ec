package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"davit/internal/run"
)

// filler returns every exported field that it can reach another value, none of them zero.
type filler struct {
	t    *testing.T
	n    int
	base time.Time
}

// fill is a record with every field set, as far down as the types go. Its times lie after base.
func fill(t *testing.T, base time.Time) *run.Run {
	t.Helper()
	f := &filler{t: t, base: base}
	r := &run.Run{}
	f.value(reflect.ValueOf(r).Elem(), "Run")
	return r
}

func (f *filler) value(v reflect.Value, path string) {
	f.n++
	if f.known(v) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d ü ☃ <&>", path, f.n))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n%100 + 1))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.n%100 + 1))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(f.n) + 0.25)
	case reflect.Bool:
		v.SetBool(true)
	default:
		f.composite(v, path)
	}
}

// known sets the types whose values have a form.
func (f *filler) known(v reflect.Value) bool {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(f.base.Add(time.Duration(f.n) * 1001 * time.Millisecond)))
	case json.RawMessage:
		v.SetBytes(fmt.Appendf(nil, `{"n": %d, "text": "ü ☃ <&> \u0000", "big": 9007199254740993, "list": [1.5, null, {}], "no": false}`, f.n))
	case run.Status:
		v.SetString(string(run.Running))
	case run.Operation:
		v.SetString(string(run.StartTask))
	default:
		return false
	}
	return true
}

func (f *filler) composite(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.value(v.Index(0), path)
		f.value(v.Index(1), path)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.value(key, path+" key")
			f.value(value, path)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				f.value(v.Field(i), field.Name)
			}
		}
	default:
		f.t.Fatalf("%s: the suite cannot fill a %s", path, v.Type())
	}
}
