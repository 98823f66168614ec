package ecsjson

import (
	"reflect"
	"strings"
	"sync"
)

// structPlan lists the fields of one struct type.
type structPlan struct {
	fields []field
	byName map[string]int // index into fields
}

type field struct {
	name   string
	index  int
	always bool // written also when zero
}

// plans caches one immutable plan a type: at most as many entries as the SDK has structs.
var plans sync.Map

func planOf(t reflect.Type) *structPlan {
	if p, ok := plans.Load(t); ok {
		return p.(*structPlan)
	}
	p := &structPlan{byName: make(map[string]int, t.NumField())}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		name := lowerFirst(f.Name)
		p.byName[name] = len(p.fields)
		p.fields = append(p.fields, field{name: name, index: i, always: alwaysWritten[t.Name()+"."+name]})
	}
	actual, _ := plans.LoadOrStore(t, p)
	return actual.(*structPlan)
}

func lowerFirst(name string) string {
	return strings.ToLower(name[:1]) + name[1:]
}

// Names returns the JSON names of the struct that v is, or points to, in the SDK's order.
func Names(v any) []string {
	t := reflect.TypeOf(v)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	p := planOf(t)
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return names
}

// alwaysWritten holds the scalars that the service requires and the SDK therefore writes also as zero (a soft limit of 0 is one),
// and a task's version, by which readers order what they know.
var alwaysWritten = map[string]bool{
	"DeploymentAlarms.enable":                         true,
	"DeploymentAlarms.rollback":                       true,
	"DeploymentCircuitBreaker.enable":                 true,
	"DeploymentCircuitBreaker.rollback":               true,
	"DeploymentEarlySuccessCriteria.enable":           true,
	"EphemeralStorage.sizeInGiB":                      true,
	"ExecuteCommandInput.interactive":                 true,
	"ManagedApplicationAutoScalingPolicy.targetValue": true,
	"ManagedScalableTarget.maxCapacity":               true,
	"ManagedScalableTarget.minCapacity":               true,
	"ManagedTargetGroup.healthCheckPort":              true,
	"ManagedTargetGroup.port":                         true,
	"ServiceConnectConfiguration.enabled":             true,
	"Task.version":                                    true,
	"ThresholdConfiguration.value":                    true,
	"Tmpfs.size":                                      true,
	"Ulimit.hardLimit":                                true,
	"Ulimit.softLimit":                                true,
	"UpdateTaskProtectionInput.protectionEnabled":     true,
}
