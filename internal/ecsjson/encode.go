package ecsjson

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"

	"davit/internal/jsontree"
)

// Encode writes an SDK struct, or a pointer to one, as ECS's JSON, members in the order of the struct. What is not set is left
// out: nil pointers, lists, maps and unions, empty enum strings, and zero scalars that are no pointers unless the service requires them.
// A nil pointer is null. It fails on numbers that JSON has not (NaN, infinities) and on types that the SDK does not use.
func Encode(v any, opts ...Option) ([]byte, error) {
	e := encoder{options: newOptions(opts)}
	e.value(reflect.ValueOf(v))
	if e.err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, e.err)
	}
	return e.out, nil
}

type encoder struct {
	options
	out []byte
	err error
}

var (
	errNotFinite   = errors.New("a number is not finite")
	errUnsupported = errors.New("a type that ECS's shapes do not have")
)

func (e *encoder) value(v reflect.Value) {
	if !v.IsValid() {
		e.raw("null")
		return
	}
	switch v.Type() {
	case timeType:
		e.time(v.Interface().(time.Time))
		return
	case bytesType:
		e.out = append(base64.StdEncoding.AppendEncode(append(e.out, '"'), v.Bytes()), '"')
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		e.value(v.Elem())
	case reflect.Interface:
		e.dynamic(v)
	case reflect.Struct:
		e.object(v)
	case reflect.Slice:
		e.slice(v)
	case reflect.Map:
		e.stringMap(v)
	default:
		e.scalar(v)
	}
}

func (e *encoder) raw(text string) { e.out = append(e.out, text...) }

func (e *encoder) comma(start int) {
	if len(e.out) > start {
		e.out = append(e.out, ',')
	}
}

func (e *encoder) key(name string) { e.out = append(jsontree.AppendString(e.out, name), ':') }

func (e *encoder) object(v reflect.Value) {
	e.raw("{")
	start := len(e.out)
	for _, f := range planOf(v.Type()).fields {
		value := v.Field(f.index)
		if !f.always && e.unset(value) {
			continue
		}
		e.comma(start)
		e.key(f.name)
		e.value(value)
	}
	e.raw("}")
}

func (e *encoder) unset(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface:
		return v.IsNil() || v.Elem().Type() == unknownUnion || v.Elem().Kind() == reflect.Pointer && v.Elem().IsNil()
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	case reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		return !e.zeros && v.IsZero()
	default:
		return false
	}
}

func (e *encoder) slice(v reflect.Value) {
	e.raw("[")
	start := len(e.out)
	for i := range v.Len() {
		e.comma(start)
		e.value(v.Index(i))
	}
	e.raw("]")
}

// stringMap writes names in order, so that equal maps give equal bytes.
func (e *encoder) stringMap(v reflect.Value) {
	if v.Type().Key().Kind() != reflect.String {
		e.err = errUnsupported
		return
	}
	keys := make([]string, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		keys = append(keys, it.Key().String())
	}
	slices.Sort(keys)
	e.raw("{")
	start := len(e.out)
	for _, key := range keys {
		e.comma(start)
		e.key(key)
		e.value(v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key())))
	}
	e.raw("}")
}

// dynamic writes a document as it is, and a union as the object of its one member.
func (e *encoder) dynamic(v reflect.Value) {
	if e.unset(v) {
		e.raw("null")
		return
	}
	if v.Type() == documentType {
		text, err := v.Interface().(document.Interface).MarshalSmithyDocument()
		if err != nil {
			e.err = fmt.Errorf("a document: %w", err)
		}
		e.out = append(e.out, text...)
		return
	}
	member := v.Elem()
	if member.Kind() != reflect.Pointer || !slices.Contains(unions[v.Type()], member.Type().Elem()) {
		e.err = errUnsupported
		return
	}
	e.raw("{")
	e.key(unionName(member.Type().Elem()))
	e.value(member.Elem().FieldByName("Value"))
	e.raw("}")
}

func (e *encoder) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		e.out = jsontree.AppendString(e.out, v.String())
	case reflect.Bool:
		e.out = strconv.AppendBool(e.out, v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		e.out = strconv.AppendInt(e.out, v.Int(), 10)
	case reflect.Float32, reflect.Float64:
		e.float(v.Float())
	default:
		e.err = errUnsupported
	}
}

func (e *encoder) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.err = errNotFinite
		return
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	e.out = strconv.AppendFloat(e.out, f, format, -1, 64)
}

func (e *encoder) time(t time.Time) {
	if !e.epoch {
		e.out = append(e.out, '"')
		e.out = t.UTC().AppendFormat(e.out, "2006-01-02T15:04:05.000Z")
		e.out = append(e.out, '"')
		return
	}
	ms := t.UnixMilli()
	if ms < 0 {
		e.raw("-")
		ms = -ms
	}
	e.out = strconv.AppendInt(e.out, ms/1000, 10)
	if rest := ms % 1000; rest != 0 {
		e.out = append(e.out, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
}
