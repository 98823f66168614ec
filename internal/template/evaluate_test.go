package template_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// situation is a stack with chosen parameters. It evaluates intrinsic functions as CloudFormation does.
type situation struct {
	stack
	values map[string]any // of parameters and pseudo parameters
}

// none is AWS::NoValue.
type none struct{}

// with returns the stack with parameters; those that are not named have their defaults.
func (s stack) with(chosen map[string]any) situation {
	values := map[string]any{
		"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::StackName": "davit",
		"AWS::NoValue": none{}, "Clusters": []any{"arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"},
	}
	parameters, _ := s.object["Parameters"].(object)
	for name, p := range parameters {
		standard := at(p, "Default")
		if standard == nil {
			continue
		}
		values[name] = fmt.Sprint(standard)
		if textAt(p, "Type") == "CommaDelimitedList" {
			values[name] = items(fmt.Sprint(standard))
		}
	}
	maps.Copy(values, chosen)
	return situation{s, values}
}

func items(list string) []any {
	var all []any
	for item := range strings.SplitSeq(list, ",") {
		all = append(all, item)
	}
	return all
}

// value evaluates a value. A reference to a resource is the resource's name, with its attribute behind a dot.
func (s situation) value(v any) any {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, item := range v {
			if got := s.value(item); got != (any)(none{}) {
				list = append(list, got)
			}
		}
		return list
	case object:
		if len(v) == 1 {
			for name, argument := range v {
				if name == "Ref" || name == "Condition" || strings.HasPrefix(name, "Fn::") {
					return s.call(name, argument)
				}
			}
		}
		m := object{}
		for name, member := range v {
			if got := s.value(member); got != (any)(none{}) {
				m[name] = got
			}
		}
		return m
	default:
		return v
	}
}

func (s situation) call(name string, argument any) any {
	if name == "Fn::If" {
		list, _ := argument.([]any)
		condition, _ := list[0].(string)
		if s.holds(condition) {
			return s.value(list[1])
		}
		return s.value(list[2])
	}
	if name == "Fn::Sub" {
		return s.substitute(argument)
	}
	list, _ := s.value(argument).([]any)
	switch name {
	case "Ref":
		return s.reference(fmt.Sprint(argument))
	case "Condition":
		return s.holds(fmt.Sprint(argument))
	case "Fn::GetAtt":
		return fmt.Sprint(list[0], ".", list[1])
	case "Fn::Join":
		return strings.Join(texts(list[1]), fmt.Sprint(list[0]))
	case "Fn::Split":
		return items(strings.ReplaceAll(fmt.Sprint(list[1]), fmt.Sprint(list[0]), ","))
	case "Fn::Equals":
		return fmt.Sprint(list[0]) == fmt.Sprint(list[1])
	case "Fn::Not":
		return list[0] != true
	case "Fn::And":
		return list[0] == true && list[1] == true
	case "Fn::EachMemberEquals":
		return every(texts(list[0]), func(member string) bool { return member == fmt.Sprint(list[1]) })
	default:
		panic("template.yaml uses " + name + ", which this package cannot evaluate")
	}
}

func (s situation) reference(name string) any {
	if v, chosen := s.values[name]; chosen {
		return v
	}
	return name
}

func (s situation) holds(condition string) bool {
	return s.value(at(s.object, "Conditions", condition)) == true
}

var placeholder = regexp.MustCompile(`\$\{[^}]+\}`)

func (s situation) substitute(argument any) string {
	text, own := argument, object{}
	if list, ok := argument.([]any); ok {
		text, own = list[0], s.value(list[1]).(object)
	}
	return placeholder.ReplaceAllStringFunc(fmt.Sprint(text), func(p string) string {
		name := p[2 : len(p)-1]
		if v, ok := own[name]; ok {
			return fmt.Sprint(v)
		}
		return fmt.Sprint(s.reference(name))
	})
}

func texts(v any) []string {
	list, isList := v.([]any)
	if !isList {
		return []string{fmt.Sprint(v)}
	}
	var all []string
	for _, item := range list {
		all = append(all, fmt.Sprint(item))
	}
	return all
}

func every(list []string, ok func(string) bool) bool {
	for _, item := range list {
		if !ok(item) {
			return false
		}
	}
	return true
}
