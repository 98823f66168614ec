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

// generator makes requests as JSON values. Equal seeds make equal requests.
type generator struct {
	*rand.Rand
	plain bool // nothing odd: one odd item in a list of fifty would be enough to have it refused
}

func (g *generator) usually() bool { return g.plain || g.IntN(10) < 8 }
func (g *generator) rarely() bool  { return !g.plain && g.IntN(10) < 1 }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// request is one of the operation's least inputs with up to three more members anywhere in it and, one time in two, something done to it.
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

// object is a JSON object with the struct that it stands for.
type object struct {
	members map[string]any
	shape   reflect.Type
}

// objects lists value and all objects inside it, in an order that is always the same.
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

// addMember adds a member to one of the objects.
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

// unions are the members of the one union that the inputs have.
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

// members fills a struct, most often whole.
func (g *generator) members(all []field) map[string]any {
	whole, object := g.usually(), map[string]any{}
	for _, f := range all {
		if whole || g.IntN(3) > 0 {
			object[f.name] = g.value(f.name, f.shape)
		}
	}
	return object
}

// listLimits are the lengths up to which ECS takes lists by that name.
var listLimits = map[string]int{
	"tags": 50, "subnets": 16, "securityGroups": 5, "containerInstances": 10, "containerDefinitions": 10, "capacityProviderStrategy": 20,
	"placementConstraints": 10, "placementStrategy": 5, "environmentFiles": 10,
}

// length is a list's: short, or at and past its limit.
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

// enum is one of an enum's values, where the shape is one.
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
