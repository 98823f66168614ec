package ecsjson

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"

	"davit/internal/jsontree"
)

// document wraps any JSON value as the SDK's open content. Whole numbers within int64 stay exact, others become the nearest float64;
// the SDK does not send empty names.
func (d *decoder) document(n jsontree.Node, v reflect.Value) {
	v.Set(reflect.ValueOf(document.NewLazyDocument(d.plain(n))))
}

func (d *decoder) plain(n jsontree.Node) any {
	switch n.Kind {
	case jsontree.Bool:
		return n.Truth
	case jsontree.String:
		return n.Text
	case jsontree.Number:
		return d.plainNumber(n)
	case jsontree.Array:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			d.push(step{index: i})
			items[i] = d.plain(item)
			d.pop()
		}
		return items
	case jsontree.Object:
		members := make(map[string]any, len(n.Members))
		for _, m := range n.Members {
			d.push(step{m.Name, -1})
			if m.Name == "" {
				d.fault(UnknownName, "a member name must not be empty here")
			} else {
				members[m.Name] = d.plain(m.Value)
			}
			d.pop()
		}
		return members
	default:
		return nil
	}
}

func (d *decoder) plainNumber(n jsontree.Node) any {
	if i, whole, fits := n.Int64(); whole && fits {
		return i
	}
	f, ok := n.Float64()
	if !ok {
		d.fault(WrongType, tooGreat)
	}
	return f
}
