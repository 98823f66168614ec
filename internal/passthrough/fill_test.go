// Package passthrough_test checks one promise: every member of a launch request reaches ECS, and every member of ECS's tasks reaches
// the caller. It finds the fields by reflection in the SDK's structs, so it checks a new version of the SDK too.
package passthrough_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	definitionARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/job:7"
	roleARN       = "arn:aws:iam::123456789012:role/job"
	fileARN       = "arn:aws:s3:::bucket/job.env"
)

// legal are the values of those fields of RunTask's and StartTask's inputs that ECS's rules leave little choice for: the first is of
// the first item of a list, the second of the second. Every other field takes any value.
var legal = map[string][]any{
	"/taskDefinition":                       {definitionARN}, // pinned already, so that it passes unchanged
	"/count":                                {2},
	"/launchType":                           {"FARGATE"},
	"/capacityProviderStrategy/*/base":      {1, 0}, // RT-09
	"/placementConstraints/*/type":          {"memberOf", "memberOf"},
	"/placementStrategy/*/type":             {"spread", "binpack"},
	"/placementStrategy/*/field":            {"instanceId", "memory"},
	"/overrides/cpu":                        {"256"},
	"/overrides/memory":                     {"512"},
	"/overrides/executionRoleArn":           {roleARN},
	"/overrides/taskRoleArn":                {roleARN},
	"/overrides/ephemeralStorage/sizeInGiB": {21},
	"/overrides/containerOverrides/*/name":  {"app", "side"},
	"/overrides/containerOverrides/*/environmentFiles/*/value":                                       {fileARN, fileARN},
	"/overrides/containerOverrides/*/resourceRequirements/*/type":                                    {"GPU", "GPU"},
	"/overrides/containerOverrides/*/resourceRequirements/*/value":                                   {"1", "2"},
	"/overrides/containerOverrides/*/resourceRequirements/*/sharingStrategy/value/maxComputePercent": {40, 60},
	"/volumeConfigurations/*/name":                                                                   {"data", "more"},
	"/volumeConfigurations/*/managedEBSVolume/roleArn":                                               {roleARN, roleARN},
	"/volumeConfigurations/*/managedEBSVolume/volumeType":                                            {"gp3", "gp3"},
	"/volumeConfigurations/*/managedEBSVolume/sizeInGiB":                                             {100, 200},
}

// unions maps each union of the SDK's inputs and tasks to its member.
var unions = map[reflect.Type]func() reflect.Value{
	reflect.TypeFor[types.SharingStrategy](): func() reflect.Value { return reflect.ValueOf(&types.SharingStrategyMemberNvidiaMps{}) },
}

var timeType = reflect.TypeFor[time.Time]()

// filler sets every field of a struct to a different value; lists get two items, and enums their first value.
type filler struct {
	t     *testing.T
	legal map[string][]any
	// enum, when set, is the value of every field whose type is an enum.
	enum string
	n    int
}

func (f *filler) fill(v reflect.Value, path string, index int) {
	f.t.Helper()
	f.n++
	if values := f.legal[path]; values != nil && v.Kind() != reflect.Pointer {
		v.Set(reflect.ValueOf(values[min(index, len(values)-1)]).Convert(v.Type()))
		return
	}
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.UnixMilli(1_790_000_000_000 + int64(f.n)*1001).UTC()))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path, index)
	case v.Kind() == reflect.Struct:
		f.object(v, path, index)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0), path+"/*", 0)
		f.fill(v.Index(1), path+"/*", 1)
	case v.Kind() == reflect.Map:
		item := reflect.New(v.Type().Elem()).Elem()
		f.fill(item, path+"/*", 0)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("k%d", f.n)).Convert(v.Type().Key()), item)
	case v.Kind() == reflect.Interface:
		f.union(v, path)
	default:
		f.scalar(v)
	}
}

func (f *filler) object(v reflect.Value, path string, index int) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
			f.fill(v.Field(i), path+"/"+lowerFirst(field.Name), index)
		}
	}
}

func (f *filler) union(v reflect.Value, path string) {
	member, known := unions[v.Type()]
	if !known {
		f.t.Logf("%s is a union %s that this test knows no member of: it stays unset", path, v.Type())
		return
	}
	v.Set(member())
	f.fill(v.Elem().Elem(), path, 0)
}

func (f *filler) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text(v))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(f.n))
	default:
		f.t.Logf("a field of type %s that this test does not fill", v.Type())
	}
}

// text returns an enum's first value, or a unique text.
func (f *filler) text(v reflect.Value) string {
	values := v.MethodByName("Values")
	switch {
	case !values.IsValid():
		return fmt.Sprintf("s%d", f.n)
	case f.enum != "":
		return f.enum
	default:
		return values.Call(nil)[0].Index(0).String()
	}
}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// filled sets every field of the struct that into points to.
func filled[T any](t *testing.T, into *T) *T {
	t.Helper()
	(&filler{t: t, legal: legal}).fill(reflect.ValueOf(into).Elem(), "", 0)
	return into
}
