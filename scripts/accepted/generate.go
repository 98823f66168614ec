package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// generator generates requests as JSON values. Equal seeds generate equal requests.
type generator struct {
	*rand.Rand
	plain bool // no unusual values: one in a list of fifty would have the whole list refused
}

func (g *generator) usually() bool { return g.plain || g.IntN(10) < 8 }
func (g *generator) rarely() bool  { return !g.plain && g.IntN(10) < 1 }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// request returns one of the operation's minimal inputs with up to three more members anywhere in it and, one time in two, one mutation.
func (g *generator) request(op operation) map[string]any {
	var root map[string]any
	decoder := json.NewDecoder(strings.NewReader(pick(g, op.bases)))
	decoder.UseNumber()
	if err := decoder.Decode(&root); err != nil {
		panic(err) // a base is JSON
	}
	for range 1 + g.IntN(3) {
		g.addMember(root, op.input)
	}
	if g.IntN(2) == 0 {
		g.mutate(root)
	}
	return root
}

// object is a JSON object with the type of its struct.
type object struct {
	members map[string]any
	shape   reflect.Type
}

// objects appends value and all objects inside it to list, in a fixed order.
func objects(list []object, value any, shape reflect.Type) []object {
	if shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if shape.Kind() == reflect.Slice {
				list = objects(list, item, shape.Elem())
			}
		}
	case map[string]any:
		if shape.Kind() != reflect.Struct {
			return list
		}
		list = append(list, object{v, shape})
		for _, f := range fields(shape) {
			if inner, has := v[f.name]; has {
				list = objects(list, inner, f.shape)
			}
		}
	}
	return list
}

type field struct {
	name  string
	shape reflect.Type
}

func fields(shape reflect.Type) []field {
	var list []field
	for i := range shape.NumField() {
		if f := shape.Field(i); f.IsExported() && f.Name != "ResultMetadata" {
			list = append(list, field{strings.ToLower(f.Name[:1]) + f.Name[1:], f.Type})
		}
	}
	return list
}

// addMember adds a random absent member to a random object of root.
func (g *generator) addMember(root map[string]any, shape reflect.Type) {
	at := pick(g, objects(nil, root, shape))
	var absent []field
	for _, f := range fields(at.shape) {
		if _, has := at.members[f.name]; !has {
			absent = append(absent, f)
		}
	}
	if len(absent) > 0 {
		f := pick(g, absent)
		at.members[f.name] = g.value(f.name, f.shape)
	}
}

// unions has the members of each union of the inputs; there is one.
var unions = map[reflect.Type]map[string]reflect.Type{
	reflect.TypeFor[types.SharingStrategy](): {"nvidiaMps": reflect.TypeFor[types.NvidiaMpsAllocation]()},
}

func (g *generator) value(name string, shape reflect.Type) any {
	switch shape.Kind() {
	case reflect.Pointer:
		return g.value(name, shape.Elem())
	case reflect.Struct:
		return g.members(fields(shape))
	case reflect.Slice:
		return g.list(name, shape.Elem())
	case reflect.Map:
		return map[string]any{"awslogs-group": g.text("value"), g.text("name"): g.text("value")}
	case reflect.Interface:
		members := unions[shape]
		if len(members) == 0 {
			return nil
		}
		member := pick(g, slices.Sorted(maps.Keys(members)))
		return map[string]any{member: g.value(member, members[member])}
	case reflect.Bool:
		return g.IntN(2) == 0
	case reflect.String:
		return g.enum(name, shape)
	default:
		return g.number(name)
	}
}

func (g *generator) list(name string, of reflect.Type) []any {
	list, length, was := []any{}, g.length(name), g.plain
	g.plain = was || length > 2
	for range length {
		list = append(list, g.value(name, of))
	}
	g.plain = was
	return list
}

// members returns an object of a struct's members, usually all of them.
func (g *generator) members(all []field) map[string]any {
	whole, object := g.usually(), map[string]any{}
	for _, f := range all {
		if whole || g.IntN(3) > 0 {
			object[f.name] = g.value(f.name, f.shape)
		}
	}
	return object
}

// listLimits are ECS's greatest lengths of the lists with that name.
var listLimits = map[string]int{
	"tags": 50, "subnets": 16, "securityGroups": 5, "containerInstances": 10, "containerDefinitions": 10, "capacityProviderStrategy": 20,
	"placementConstraints": 10, "placementStrategy": 5, "environmentFiles": 10,
}

// length returns a list's length: short, or around its limit.
func (g *generator) length(name string) int {
	limit, limited := listLimits[name]
	switch {
	case limited && !g.usually():
		return limit - 1 + g.IntN(3)
	case g.rarely():
		return pick(g, []int{0, 5, 10, 50})
	default:
		return 1 + g.IntN(2)
	}
}

// enum returns one of the enum's values, or a text where shape is no enum.
func (g *generator) enum(name string, shape reflect.Type) string {
	values := reflect.New(shape).Elem().MethodByName("Values")
	if !values.IsValid() {
		return g.text(name)
	}
	list := values.Call(nil)[0]
	if list.Len() == 0 || g.rarely() {
		return pick(g, []string{"", "x", "TCP", "spread", "s3 "})
	}
	return list.Index(g.IntN(list.Len())).String()
}
