package ecsjson

import (
	"math"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go/middleware"
)

func TestEncode(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 11, 12, 345_678_901, time.FixedZone("", 7200))
	beforeEpoch := time.UnixMilli(-1500)
	tests := []struct {
		name string
		v    any
		opts []Option
		want string
	}{
		{"unset is left out", ecs.RunTaskInput{}, nil, `{}`},
		{"a pointer", &ecs.RunTaskInput{Count: aws.Int32(0), Group: aws.String("")}, nil, `{"count":0,"group":""}`},
		{"a nil pointer", (*ecs.RunTaskInput)(nil), nil, `null`},
		{"nothing", nil, nil, `null`},
		{"empty is not unset", ecs.RunTaskInput{Tags: []types.Tag{}, Overrides: &types.TaskOverride{}}, nil, `{"overrides":{},"tags":[]}`},
		{"required zeros", types.Ulimit{Name: types.UlimitNameCore}, nil, `{"hardLimit":0,"name":"core","softLimit":0}`},
		{"a task's version", types.Task{}, nil, `{"version":0}`},
		{"zeros asked for", types.Cluster{}, []Option{WithZeros()},
			`{"activeServicesCount":0,"pendingTasksCount":0,"registeredContainerInstancesCount":0,"runningTasksCount":0}`},
		{"maps in order", types.ContainerDefinition{DockerLabels: map[string]string{"b": "1", "a": "2", "": "3"}}, nil,
			`{"dockerLabels":{"":"3","a":"2","b":"1"}}`},
		{"time", types.Task{Version: 1, CreatedAt: &at}, nil, `{"createdAt":"2026-11-21T10:11:12.345Z","version":1}`},
		{"epoch time", types.Task{Version: 1, CreatedAt: &at}, []Option{EpochTimes()}, `{"createdAt":1795255872.345,"version":1}`},
		{"epoch before 1970", types.Task{Version: 1, CreatedAt: &beforeEpoch}, []Option{EpochTimes()}, `{"createdAt":-1.500,"version":1}`},
		{"floats", []float64{0, 2.5, 1e300, -1e-9, 123456789}, nil, `[0,2.5,1e+300,-1e-09,123456789]`},
		{"a union", types.ResourceRequirement{SharingStrategy: &types.SharingStrategyMemberNvidiaMps{Value: types.NvidiaMpsAllocation{Memory: aws.Int32(1)}}}, nil,
			`{"sharingStrategy":{"nvidiaMps":{"memory":1}}}`},
		{"a nil union member", types.ResourceRequirement{SharingStrategy: (*types.SharingStrategyMemberNvidiaMps)(nil)}, nil, `{}`},
		{"no metadata", ecs.StopTaskOutput{ResultMetadata: middleware.Metadata{}}, nil, `{}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(encode(t, tt.v, tt.opts...)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestEncodeFails(t *testing.T) {
	for _, v := range []any{
		types.Resource{DoubleValue: math.NaN()}, types.Resource{DoubleValue: math.Inf(-1)},
		map[int]string{1: "a"}, make(chan int), []any{"text"}, struct{ F func() }{F: func() {}},
	} {
		if text, err := Encode(v); err == nil {
			t.Errorf("%T gives %s", v, text)
		}
	}
}

func TestNames(t *testing.T) {
	names := Names(&ecs.StartTaskInput{})
	if len(names) != 13 || names[0] != "containerInstances" {
		t.Errorf("names %v", names)
	}
	if Names(nil) != nil || Names(1) != nil {
		t.Error("names without a struct")
	}
}

func BenchmarkDecode(b *testing.B) {
	in := &ecs.RegisterTaskDefinitionInput{Family: aws.String("f"), ContainerDefinitions: make([]types.ContainerDefinition, 3)}
	for i := range in.ContainerDefinitions {
		in.ContainerDefinitions[i] = types.ContainerDefinition{Name: aws.String("c"), Image: aws.String("i"), Command: []string{"a", "b"},
			Environment: []types.KeyValuePair{{Name: aws.String("n"), Value: aws.String("v")}}}
	}
	text, err := Encode(in)
	if err != nil {
		b.Fatal(err)
	}
	doc := parse(&testing.T{}, string(text))
	b.ReportAllocs()
	for b.Loop() {
		var back ecs.RegisterTaskDefinitionInput
		Decode(doc, &back)
	}
}
