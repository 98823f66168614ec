package ecsjson

import (
	"encoding/base64"
	"math"
	"reflect"
	"strconv"
	"time"

	"davit/internal/jsontree"
)

var (
	timeType  = reflect.TypeFor[time.Time]()
	bytesType = reflect.TypeFor[[]byte]()
)

// decodeSpecial reads times, byte slices and documents. It reports false for other types, which are read by their kind.
func (d *decoder) decodeSpecial(n jsontree.Node, v reflect.Value) bool {
	switch v.Type() {
	case timeType:
		d.time(n, v)
	case bytesType:
		d.bytes(n, v)
	case documentType:
		d.document(n, v)
	default:
		return false
	}
	return true
}

func (d *decoder) scalar(n jsontree.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if n.Kind != jsontree.String {
			d.mismatch("a string", n)
			return
		}
		d.oneOfEnum(n.Text, v.Type())
		v.SetString(n.Text)
	case reflect.Bool:
		if n.Kind != jsontree.Bool {
			d.mismatch("true or false", n)
			return
		}
		v.SetBool(n.Truth)
	case reflect.Int, reflect.Int32, reflect.Int64:
		d.integer(n, v)
	case reflect.Float32, reflect.Float64:
		d.float(n, v)
	default:
		d.fault(WrongType, "this member cannot be given")
	}
}

func (d *decoder) integer(n jsontree.Node, v reflect.Value) {
	i, whole, fits := n.Int64()
	if !whole || !fits || v.OverflowInt(i) {
		high := int64(math.MaxInt64) >> (64 - v.Type().Bits())
		d.mismatch("a whole number from "+strconv.FormatInt(-high-1, 10)+" to "+strconv.FormatInt(high, 10), n)
		return
	}
	v.SetInt(i)
}

const tooGreat = "a number that a float64 can hold is expected"

func (d *decoder) float(n jsontree.Node, v reflect.Value) {
	f, ok := n.Float64()
	switch {
	case n.Kind != jsontree.Number:
		d.mismatch("a number", n)
	case !ok || v.OverflowFloat(f):
		d.fault(WrongType, tooGreat)
	default:
		v.SetFloat(f)
	}
}

func (d *decoder) bytes(n jsontree.Node, v reflect.Value) {
	if n.Kind != jsontree.String {
		d.mismatch("a string of base64", n)
		return
	}
	b, err := base64.StdEncoding.DecodeString(n.Text)
	if err != nil {
		d.mismatch("base64", n)
		return
	}
	v.SetBytes(b)
}

// Times outside the years 1 to 9999 have no RFC 3339 form.
var (
	firstTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC)
)

func (d *decoder) time(n jsontree.Node, v reflect.Value) {
	t, ok := readTime(n)
	if !ok || t.Before(firstTime) || t.After(lastTime) {
		d.mismatch("a time (RFC 3339, or seconds since 1970)", n)
		return
	}
	v.Set(reflect.ValueOf(t))
}

func readTime(n jsontree.Node) (time.Time, bool) {
	if n.Kind == jsontree.String {
		t, err := time.Parse(time.RFC3339Nano, n.Text)
		return t.UTC(), err == nil
	}
	seconds, ok := n.Float64()
	if !ok || math.Abs(seconds) > 1e12 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), true
}
