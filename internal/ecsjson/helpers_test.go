package ecsjson

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/document"

	"davit/internal/jsontree"
)

func parse(t *testing.T, text string) jsontree.Node {
	t.Helper()
	doc, serr := jsontree.Parse([]byte(text))
	if serr != nil {
		t.Fatalf("%s: %v", text, serr)
	}
	return doc.Root
}

func canonical(t *testing.T, text []byte) string {
	t.Helper()
	return string(jsontree.Canonical(parse(t, string(text))))
}

// wire stands in for the service: it keeps the last body that the SDK sent and returns the one given.
type wire struct{ sent, answer []byte }

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.sent = body
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		Body:       io.NopCloser(bytes.NewReader(w.answer)),
	}, nil
}

func client(w *wire) *ecs.Client {
	return ecs.New(ecs.Options{
		Region:           "eu-west-1",
		BaseEndpoint:     aws.String("http://ecs.test"),
		Credentials:      credentials.NewStaticCredentialsProvider("id", "secret", ""),
		HTTPClient:       w,
		RetryMaxAttempts: 1,
	})
}

// filler sets every field of a struct, each to a value of its own.
type filler struct{ n int }

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.UnixMilli(1_700_000_000_000 + int64(f.n)*1001).UTC()))
		return
	case v.Type() == documentType:
		v.Set(reflect.ValueOf(document.NewLazyDocument(map[string]any{"n": f.n, "list": []any{"x", true, nil}})))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if sf := v.Type().Field(i); sf.IsExported() && sf.Name != "ResultMetadata" {
				f.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := range 2 {
			item := reflect.New(v.Type().Elem()).Elem()
			f.fill(item)
			v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("Key/%d", i)).Convert(v.Type().Key()), item)
		}
	case reflect.Interface:
		members := unions[v.Type()]
		member := reflect.New(members[f.n%len(members)])
		f.fill(member.Elem())
		v.Set(member)
	default:
		f.scalar(v)
	}
}

func (f *filler) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text \"%d\" é", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8:
		v.SetUint(uint64(f.n % 256))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.25)
	default:
		panic("a kind that the SDK did not have: " + v.Type().String())
	}
}
