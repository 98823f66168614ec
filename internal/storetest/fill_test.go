package storetest

import (
	"reflect"
	"testing"
)

func TestFillLeavesNothingZero(t *testing.T) {
	seen := 0
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		if v.IsZero() {
			t.Errorf("%s is zero", path)
			return
		}
		seen++
		switch v.Kind() {
		case reflect.Pointer:
			walk(v.Elem(), path)
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), path+"[]")
			}
		case reflect.Map:
			for _, key := range v.MapKeys() {
				walk(v.MapIndex(key), path+"{}")
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if field := v.Type().Field(i); field.IsExported() {
					walk(v.Field(i), path+"."+field.Name)
				}
			}
		}
	}
	walk(reflect.ValueOf(fill(t, NewClock().Now())).Elem(), "Run")
	if seen < 100 {
		t.Errorf("only %d values reached", seen)
	}
}

func TestIDsRiseWithTheirNumber(t *testing.T) {
	last := ""
	for _, n := range []int{0, 1, 9, 31, 32, 33, 999, 1000, 1 << 20} {
		id := idOf(n)
		if len(id) != 26 || id <= last {
			t.Errorf("idOf(%d) = %q after %q", n, id, last)
		}
		last = id
	}
}
