package ecsjson

import (
	"reflect"
	"slices"
	"strconv"
	"sync"

	"davit/internal/jsontree"
)

// Strict makes Decode also report what ECS refuses in any request: members that are required and absent (or null), and texts that are
// none of their enum's values. It is for requests: the replies of a newer service may hold other values.
func Strict() Option { return func(o *options) { o.strict = true } }

// required adds a fault for each member that a struct must have and n has not.
func (d *decoder) required(n jsontree.Node, t reflect.Type) {
	if !d.strict {
		return
	}
	for _, name := range requiredMembers[t.Name()] {
		if _, given := n.Get(name); !given {
			d.push(step{name, -1})
			d.fault(MissingMember, "a value is required here")
			d.pop()
		}
	}
}

// oneOfEnum adds a fault for a text that is none of the values of its type, where that is an enum.
func (d *decoder) oneOfEnum(text string, t reflect.Type) {
	if !d.strict {
		return
	}
	values := enumOf(t)
	if len(values) == 0 || slices.Contains(values, text) {
		return
	}
	given := strconv.Quote(text)
	if len(text) > longestQuoted {
		given = "a text of " + strconv.Itoa(len(text)) + " bytes"
	}
	d.fault(UnknownValue, given+" was given; allowed: "+oneOf(values))
}

// enums caches the values of one string type each: at most as many entries as the SDK has enums.
var enums sync.Map

// enumOf returns an enum's values as the SDK knows them, none for any other string type.
func enumOf(t reflect.Type) []string {
	if known, ok := enums.Load(t); ok {
		return known.([]string)
	}
	var values []string
	// Every enum of the SDK has a method Values. The linker keeps no other methods for a constant name.
	if method := reflect.Zero(t).MethodByName("Values"); method.IsValid() {
		list := method.Call(nil)[0]
		for i := range list.Len() {
			values = append(values, list.Index(i).String())
		}
	}
	actual, _ := enums.LoadOrStore(t, values)
	return actual.([]string)
}

// requiredMembers are the members without which ECS refuses a struct of a request, by the struct's name in the SDK; a test compares them
// with the SDK's documents.
var requiredMembers = map[string][]string{
	"AwsVpcConfiguration":                     {"subnets"},
	"CapacityProviderStrategyItem":            {"capacityProvider"},
	"ContainerDependency":                     {"condition", "containerName"},
	"ContainerRestartPolicy":                  {"enabled"},
	"Device":                                  {"hostPath"},
	"EBSTagSpecification":                     {"resourceType"},
	"EFSVolumeConfiguration":                  {"fileSystemId"},
	"EnvironmentFile":                         {"type", "value"},
	"EphemeralStorage":                        {"sizeInGiB"},
	"FSxWindowsFileServerAuthorizationConfig": {"credentialsParameter", "domain"},
	"FSxWindowsFileServerVolumeConfiguration": {"authorizationConfig", "fileSystemId", "rootDirectory"},
	"FirelensConfiguration":                   {"type"},
	"HealthCheck":                             {"command"},
	"HostEntry":                               {"hostname", "ipAddress"},
	"InferenceAccelerator":                    {"deviceName", "deviceType"},
	"LogConfiguration":                        {"logDriver"},
	"NvidiaMpsAllocation":                     {"memory"},
	"ProxyConfiguration":                      {"containerName"},
	"RegisterTaskDefinitionInput":             {"containerDefinitions", "family"},
	"RepositoryCredentials":                   {"credentialsParameter"},
	"ResourceRequirement":                     {"type"},
	"RunTaskInput":                            {"taskDefinition"},
	"S3FilesVolumeConfiguration":              {"fileSystemArn"},
	"Secret":                                  {"name", "valueFrom"},
	"StartTaskInput":                          {"containerInstances", "taskDefinition"},
	"StopTaskInput":                           {"task"},
	"TaskManagedEBSVolumeConfiguration":       {"roleArn"},
	"TaskManagedEBSVolumeTerminationPolicy":   {"deleteOnTermination"},
	"TaskVolumeConfiguration":                 {"name"},
	"Tmpfs":                                   {"containerPath", "size"},
	"Ulimit":                                  {"hardLimit", "name", "softLimit"},
}
