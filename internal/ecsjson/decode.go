package ecsjson

import (
	"reflect"

	"davit/internal/jsontree"
)

// Decode fills the struct that into points to, which should be zero, and returns every fault at once (the first 1,000, and none more
// once they hold 256 KiB of text); what has no fault is filled all the same. Names count exactly, null is as if absent (in an array it is
// a fault), enum values are taken as they come, whole numbers in any spelling (1.0, 1e1) pass as integers, and times are RFC 3339
// or seconds since 1970. Of a doubled name the last counts; Parse lists those.
func Decode(node jsontree.Node, into any, opts ...Option) []Fault {
	v := reflect.ValueOf(into)
	d := decoder{options: newOptions(opts)}
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		d.fault(WrongType, "there is no struct to decode into")
		return d.faults
	}
	d.value(node, v.Elem())
	return d.faults
}

func (d *decoder) value(n jsontree.Node, v reflect.Value) {
	if special := d.decodeSpecial(n, v); special {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		d.pointer(n, v)
	case reflect.Struct:
		d.object(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.Map:
		d.stringMap(n, v)
	case reflect.Interface:
		d.union(n, v)
	default:
		d.scalar(n, v)
	}
}

// pointer sets v to a new value, unless that has a fault; of a struct, what has none is kept.
func (d *decoder) pointer(n jsontree.Node, v reflect.Value) {
	target := reflect.New(v.Type().Elem())
	before := d.count
	d.value(n, target.Elem())
	if d.count == before || n.Kind == jsontree.Object && target.Elem().Kind() == reflect.Struct {
		v.Set(target)
	}
}

func (d *decoder) object(n jsontree.Node, v reflect.Value) {
	if n.Kind != jsontree.Object {
		d.mismatch("an object", n)
		return
	}
	p := planOf(v.Type())
	for _, m := range n.Members {
		d.push(step{m.Name, -1})
		if i, ok := p.byName[m.Name]; !ok {
			d.unknown(m.Name, p.fields)
		} else if m.Value.Kind != jsontree.Null {
			d.value(m.Value, v.Field(p.fields[i].index))
		}
		d.pop()
	}
	d.required(n, v.Type())
}

func (d *decoder) slice(n jsontree.Node, v reflect.Value) {
	if n.Kind != jsontree.Array {
		d.mismatch("an array", n)
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.push(step{index: i})
		d.value(item, list.Index(i))
		d.pop()
	}
	v.Set(list)
}

func (d *decoder) stringMap(n jsontree.Node, v reflect.Value) {
	if n.Kind != jsontree.Object {
		d.mismatch("an object", n)
		return
	}
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		d.fault(WrongType, "this member cannot be given")
		return
	}
	filled := reflect.MakeMapWithSize(t, len(n.Members))
	for _, m := range n.Members {
		if m.Value.Kind == jsontree.Null {
			continue
		}
		item := reflect.New(t.Elem()).Elem()
		d.push(step{m.Name, -1})
		d.value(m.Value, item)
		d.pop()
		filled.SetMapIndex(reflect.ValueOf(m.Name).Convert(t.Key()), item)
	}
	v.Set(filled)
}

// union sets v to the one member that the object names.
func (d *decoder) union(n jsontree.Node, v reflect.Value) {
	members := unions[v.Type()]
	if n.Kind != jsontree.Object {
		d.mismatch("an object with "+oneOf(unionNames(members)), n)
		return
	}
	given, before := 0, d.count
	for _, m := range n.Members {
		d.push(step{m.Name, -1})
		member := unionMember(members, m.Name)
		switch {
		case member == nil:
			d.unknownOf(m.Name, unionNames(members))
		case m.Value.Kind != jsontree.Null:
			given++
			target := reflect.New(member)
			d.value(m.Value, target.Elem().FieldByName("Value"))
			v.Set(target)
		}
		d.pop()
	}
	if given != 1 && d.count == before && !d.lenient {
		d.fault(WrongType, "an object with "+oneOf(unionNames(members))+" is expected")
	}
}

func unionMember(members []reflect.Type, name string) reflect.Type {
	for _, m := range members {
		if unionName(m) == name {
			return m
		}
	}
	return nil
}
