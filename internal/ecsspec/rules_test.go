package ecsspec

import (
	"fmt"
	"strings"
	"testing"

	"davit/internal/run"
)

// rowCase holds one row of the table at its limit: good breaks nothing, bad breaks that row alone, at pointer.
type rowCase struct {
	id        string
	on        []run.Operation // nil: RunTask
	good, bad string          // members added to the operation's smallest input; a name that is there is replaced
	pointer   string
}

func str(n int) string { return strings.Repeat("x", n) }

func list(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

// numbered makes a list of n items, each %d in its own number.
func numbered(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(item, i)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func overrides(n int) string {
	frame := `{"containerOverrides":[{"name":"a","command":[""]}]}`
	return strings.Replace(frame, `""`, `"`+strings.Repeat("é", n-len(frame))+`"`, 1)
}

func override(members string) string {
	return `"overrides":{"containerOverrides":[{"name":"a",` + members + `}]}`
}

func vpc(members string) string {
	return `"networkConfiguration":{"awsvpcConfiguration":{` + members + `}}`
}

func volume(members string) string {
	return `"volumeConfigurations":[{"name":"v","managedEBSVolume":{"roleArn":"r",` + members + `}}]`
}

const (
	firstOverride = "/overrides/containerOverrides/0"
	vpcPointer    = "/networkConfiguration/awsvpcConfiguration"
	ebsPointer    = "/volumeConfigurations/0/managedEBSVolume"
	definitionARN = "arn:aws-us-gov:ecs:eu-west-1:123456789012:task-definition/"
)

func rowCases() []rowCase {
	return []rowCase{
		{"RT-01", nil, `"taskDefinition":"` + str(255) + `:1000000"`, `"taskDefinition":"` + str(256) + `"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"` + definitionARN + `a_B-9:12"`, `"taskDefinition":"` + definitionARN + `a:0"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"` + definitionARN + `a"`, `"taskDefinition":"arn:aws:ecs:eu-west-1:123:task-definition/a:1"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"a:1"`, `"taskDefinition":"arn:aws:ecs:eu-west-1:123456789012:cluster/a"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"a:9"`, `"taskDefinition":"a:01"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"-"`, `"taskDefinition":"a b"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"_"`, `"taskDefinition":"a:1:2"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"0"`, `"taskDefinition":""`, "/taskDefinition"},
		{"RT-01", nil, `"group":"g"`, `"taskDefinition":null`, "/taskDefinition"},
		{"ST-02", onStart, `"taskDefinition":"a:1"`, `"taskDefinition":"a:"`, "/taskDefinition"},
		{"RT-02", onLaunch, `"cluster":"c"`, `"cluster":""`, "/cluster"},
		{"RT-03", nil, `"count":1`, `"count":0`, "/count"},
		{"RT-03", nil, `"count":10.0`, `"count":11`, "/count"},
		{"RT-04", nil, `"launchType":"EXTERNAL"`, `"launchType":"FARGATE_SPOT"`, "/launchType"},
		{
			"RT-05", nil, `"launchType":"EC2","capacityProviderStrategy":[]`,
			`"launchType":"FARGATE","capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT"}]`, "/capacityProviderStrategy",
		},
		{
			"RT-06", nil, `"capacityProviderStrategy":` + list(20, `{"capacityProvider":"c","weight":1}`),
			`"capacityProviderStrategy":` + list(21, `{"capacityProvider":"c","weight":1}`), "/capacityProviderStrategy",
		},
		{"RT-07", nil, `"capacityProviderStrategy":[{"capacityProvider":"c"}]`, `"capacityProviderStrategy":[{}]`, "/capacityProviderStrategy/0/capacityProvider"},
		{
			"RT-08", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","weight":1000}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","weight":1001}]`, "/capacityProviderStrategy/0/weight",
		},
		{
			"RT-08", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","weight":0},{"capacityProvider":"d","weight":1}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","weight":0},{"capacityProvider":"d"}]`, "/capacityProviderStrategy",
		},
		{
			"RT-09", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","base":100000}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","base":100001}]`, "/capacityProviderStrategy/0/base",
		},
		{
			"RT-09", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","base":1,"weight":1},{"capacityProvider":"d","base":0}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","base":1,"weight":1},{"capacityProvider":"d","base":2}]`, "/capacityProviderStrategy",
		},
		{"RT-14", onLaunch, vpc(`"subnets":` + list(16, `"s"`)), vpc(`"subnets":` + list(17, `"s"`)), vpcPointer + "/subnets"},
		{"RT-14", onLaunch, vpc(`"subnets":["s"]`), vpc(`"subnets":[]`), vpcPointer + "/subnets"},
		{"RT-14", onLaunch, `"networkConfiguration":{}`, vpc(`"assignPublicIp":"DISABLED"`), vpcPointer + "/subnets"},
		{"RT-15", onLaunch, vpc(`"subnets":["s"],"securityGroups":` + list(5, `"g"`)), vpc(`"subnets":["s"],"securityGroups":` + list(6, `"g"`)), vpcPointer + "/securityGroups"},
		{"RT-16", onLaunch, vpc(`"subnets":["s"],"assignPublicIp":"ENABLED"`), vpc(`"subnets":["s"],"assignPublicIp":"enabled"`), vpcPointer + "/assignPublicIp"},
		{"RT-17", nil, `"overrides":` + overrides(8192), `"overrides":` + overrides(8193), "/overrides"},
		{"ST-03", onStart, `"overrides":` + overrides(8192), `"overrides":` + overrides(8193), "/overrides"},
		{"RT-18", onLaunch, `"overrides":{"containerOverrides":[{},{"cpu":null}]}`, `"overrides":{"containerOverrides":[{},{"cpu":1}]}`, "/overrides/containerOverrides/1/name"},
		{
			"RT-19", onLaunch, override(`"environmentFiles":` + list(10, `{"type":"s3","value":"arn:aws:s3:::b/a.env"}`)),
			override(`"environmentFiles":` + list(11, `{"type":"s3","value":"arn:aws:s3:::b/a.env"}`)), firstOverride + "/environmentFiles",
		},
		{
			"RT-19", onLaunch, override(`"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::b/.env"}]`),
			override(`"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::b/a.txt"}]`), firstOverride + "/environmentFiles/0/value",
		},
		{
			"RT-19", onLaunch, override(`"environmentFiles":[{"type":"s3","value":"arn:aws-cn:s3:::b/c/a.env"}]`),
			override(`"environmentFiles":[{"type":"S3","value":"arn:aws:s3:::b/a.env"}]`), firstOverride + "/environmentFiles/0/type",
		},
		{"RT-20", onLaunch, override(`"cpu":0`), override(`"cpu":-1`), firstOverride + "/cpu"},
		{"RT-20", onLaunch, override(`"memory":0`), override(`"memory":-1`), firstOverride + "/memory"},
		{"RT-20", onLaunch, override(`"memoryReservation":0`), override(`"memoryReservation":-1`), firstOverride + "/memoryReservation"},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[{"type":"GPU","value":"ALL"}]`),
			override(`"resourceRequirements":[{"type":"CPU","value":"1"}]`), firstOverride + "/resourceRequirements/0/type",
		},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[{"type":"GPU","sharingStrategy":{"nvidiaMps":{"memory":1}}}]`),
			override(`"resourceRequirements":[{"type":"GPU"}]`), firstOverride + "/resourceRequirements/0/value",
		},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[]`),
			override(`"resourceRequirements":[{"type":"GPU","sharingStrategy":{"nvidiaMps":{}}}]`),
			firstOverride + "/resourceRequirements/0/sharingStrategy/nvidiaMps/memory",
		},
		{"RT-25", onLaunch, `"overrides":{"ephemeralStorage":{"sizeInGiB":21}}`, `"overrides":{"ephemeralStorage":{"sizeInGiB":20}}`, "/overrides/ephemeralStorage/sizeInGiB"},
		{"RT-25", onLaunch, `"overrides":{"ephemeralStorage":{"sizeInGiB":200}}`, `"overrides":{"ephemeralStorage":{"sizeInGiB":201}}`, "/overrides/ephemeralStorage/sizeInGiB"},
		{"RT-25", onLaunch, `"overrides":{}`, `"overrides":{"ephemeralStorage":{}}`, "/overrides/ephemeralStorage/sizeInGiB"},
		{
			"RT-26", nil, `"placementConstraints":` + list(10, `{"type":"distinctInstance"}`),
			`"placementConstraints":` + list(11, `{"type":"distinctInstance"}`), "/placementConstraints",
		},
		{"RT-27", nil, `"placementConstraints":[{"type":"distinctInstance"}]`, `"placementConstraints":[{"type":"distinctinstance"}]`, "/placementConstraints/0/type"},
		{
			"RT-28", nil, `"placementConstraints":[{"type":"memberOf","expression":"` + str(2000) + `"}]`,
			`"placementConstraints":[{"type":"memberOf","expression":"` + str(2001) + `"}]`, "/placementConstraints/0/expression",
		},
		{
			"RT-28", nil, `"placementConstraints":[{"type":"memberOf","expression":"x"}]`,
			`"placementConstraints":[{"type":"memberOf"}]`, "/placementConstraints/0/expression",
		},
		{
			"RT-28", nil, `"placementConstraints":[{"type":"distinctInstance","expression":null}]`,
			`"placementConstraints":[{"type":"distinctInstance","expression":"x"}]`, "/placementConstraints/0/expression",
		},
		{"RT-29", nil, `"placementStrategy":` + list(5, `{"type":"random"}`), `"placementStrategy":` + list(6, `{"type":"random"}`), "/placementStrategy"},
		{"RT-30", nil, `"placementStrategy":[{"type":"spread","field":"instanceId"}]`, `"placementStrategy":[{"field":"cpu"}]`, "/placementStrategy/0/type"},
		{"RT-30", nil, `"placementStrategy":[{"type":"binpack","field":"memory"}]`, `"placementStrategy":[{"type":"binpack","field":"disk"}]`, "/placementStrategy/0/field"},
		{"RT-32", onLaunch, `"propagateTags":"TASK_DEFINITION"`, `"propagateTags":"SERVICE"`, "/propagateTags"},
		{"RT-32", onLaunch, `"propagateTags":"NONE"`, `"propagateTags":"ALL"`, "/propagateTags"},
		{"RT-33", onLaunch, `"referenceId":null`, `"referenceId":"r"`, "/referenceId"},
		{"RT-34", nil, `"startedBy":"` + str(126) + `/-"`, `"startedBy":"` + str(129) + `"`, "/startedBy"},
		{"RT-34", nil, `"startedBy":"_9"`, `"startedBy":"a b"`, "/startedBy"},
		{"ST-04", onStart, `"startedBy":"` + str(34) + `_/"`, `"startedBy":"` + str(37) + `"`, "/startedBy"},
		{"ST-01", onStart, `"containerInstances":` + list(10, `"i"`), `"containerInstances":` + list(11, `"i"`), "/containerInstances"},
		{"ST-01", onStart, `"containerInstances":["i"]`, `"containerInstances":[]`, "/containerInstances"},
		{"ST-01", onStart, `"containerInstances":["i","i"]`, `"containerInstances":["i",""]`, "/containerInstances/1"},
		{"RT-35", onTagging, `"tags":` + numbered(50, `{"key":"k%d"}`), `"tags":` + numbered(51, `{"key":"k%d"}`), "/tags"},
		{"RT-35", onTagging, `"tags":[{"key":"k"},{"key":"K"}]`, `"tags":[{"key":"k"},{"key":"k"}]`, "/tags/1/key"},
		{"RT-36", onTagging, `"tags":[{"key":"` + strings.Repeat("é", 128) + `"}]`, `"tags":[{"key":"` + str(129) + `"}]`, "/tags/0/key"},
		{"RT-36", onTagging, `"tags":[{"key":"k"}]`, `"tags":[{"value":"v"}]`, "/tags/0/key"},
		{"RT-36", onTagging, `"tags":[{"key":"k","value":"` + str(256) + `"}]`, `"tags":[{"key":"k","value":"` + str(257) + `"}]`, "/tags/0/value"},
		{"RT-37", onTagging, `"tags":[{"key":"é 1+-=._:/@"}]`, `"tags":[{"key":"a#"}]`, "/tags/0/key"},
		{"RT-37", onTagging, `"tags":[{"key":"k","value":"é 1+-=._:/@"}]`, `"tags":[{"key":"k","value":"a*"}]`, "/tags/0/value"},
		{"RT-38", onTagging, `"tags":[{"key":"aws"}]`, `"tags":[{"key":"AWS:x"}]`, "/tags/0/key"},
		{"RT-38", onTagging, `"tags":[{"key":"k","value":"x aws:"}]`, `"tags":[{"key":"k","value":"aws:x"}]`, "/tags/0/value"},
		{"RT-42", onLaunch, `"volumeConfigurations":[{"name":"v"}]`, `"volumeConfigurations":[{}]`, "/volumeConfigurations/0/name"},
		{
			"RT-42", onLaunch, volume(`"sizeInGiB":1`),
			`"volumeConfigurations":[{"name":"v","managedEBSVolume":{"snapshotId":"s"}}]`, ebsPointer + "/roleArn",
		},
		{"RT-42", onLaunch, volume(`"snapshotId":"s"`), volume(`"encrypted":true`), ebsPointer},
		{
			"RT-42", onLaunch, volume(`"sizeInGiB":1,"terminationPolicy":{"deleteOnTermination":false}`),
			volume(`"sizeInGiB":1,"terminationPolicy":{}`), ebsPointer + "/terminationPolicy/deleteOnTermination",
		},
		{
			"RT-42", onLaunch, volume(`"sizeInGiB":1,"tagSpecifications":[{"resourceType":"volume"}]`),
			volume(`"sizeInGiB":1,"tagSpecifications":[{}]`), ebsPointer + "/tagSpecifications/0/resourceType",
		},
		{run.RuleGroup, onLaunch, `"group":"` + strings.Repeat("é", 255) + `"`, `"group":"` + str(256) + `"`, "/group"},
		{run.RuleIdempotencyKey, onLaunch, `"clientToken":"` + str(255) + `"`, `"clientToken":"` + str(256) + `"`, "/clientToken"},
		{run.RuleIdempotencyKey, onLaunch, `"clientToken":"k 1"`, `"clientToken":""`, "/clientToken"},
		{run.RuleIdempotencyKey, onLaunch, `"clientToken":"k"`, `"clientToken":"a\nb"`, "/clientToken"},
		{"RD-01", onRegister, `"family":"` + str(255) + `"`, `"family":"` + str(256) + `"`, "/family"},
		{"RD-01", onRegister, `"family":"a-_9"`, `"family":"a:1"`, "/family"},
		{"RD-01", onRegister, `"family":"a"`, `"family":null`, "/family"},
		{"RD-02", onRegister, `"containerDefinitions":` + numbered(10, `{"name":"c%d"}`), `"containerDefinitions":` + numbered(11, `{"name":"c%d"}`), "/containerDefinitions"},
		{"RD-02", onRegister, `"family":"a"`, `"containerDefinitions":[]`, "/containerDefinitions"},
		{"RD-02", onRegister, `"taskRoleArn":"` + str(65000) + `"`, `"taskRoleArn":"` + str(65500) + `"`, ""},
		{"RD-03", onRegister, `"containerDefinitions":[{"name":"` + str(255) + `"}]`, `"containerDefinitions":[{"name":"` + str(256) + `"}]`, "/containerDefinitions/0/name"},
		{"RD-03", onRegister, `"containerDefinitions":[{"name":"a"}]`, `"containerDefinitions":[{"image":"i"}]`, "/containerDefinitions/0/name"},
		{"RD-03", onRegister, `"containerDefinitions":[{"name":"a"},{"name":"A"}]`, `"containerDefinitions":[{"name":"a"},{"name":"a"}]`, "/containerDefinitions/1/name"},
		{
			"RD-13", onRegister, `"containerDefinitions":[{"name":"a","essential":false},{"name":"b"}]`,
			`"containerDefinitions":[{"name":"a","essential":false},{"name":"b","essential":false}]`, "/containerDefinitions",
		},
		{"RD-23", onRegister, `"requiresCompatibilities":["EC2","FARGATE"]`, `"requiresCompatibilities":["EC2","Fargate"]`, "/requiresCompatibilities/1"},
		{"RD-24", onRegister, `"networkMode":"awsvpc"`, `"networkMode":"vpc"`, "/networkMode"},
		{"SP-01", onStop, `"task":"t"`, `"task":""`, "/task"},
		{"SP-01", onStop, `"cluster":"c"`, `"task":null`, "/task"},
		{"SP-03", onStop, `"reason":"` + strings.Repeat("é", 255) + `"`, `"reason":"` + str(256) + `"`, "/reason"},
	}
}

// check parses an input of the given operation.
func checkInput(op run.Operation, body string) []run.Violation {
	switch op {
	case registerTaskDefinition:
		_, found := Spec{}.ParseTaskDefinition([]byte(body))
		return found
	case stopTask:
		_, found := Spec{}.ParseStopTask([]byte(body))
		return found
	default:
		s, found := Spec{}.Parse([]byte(body))
		if s.Operation != op {
			return []run.Violation{{Detail: "taken for " + string(s.Operation)}}
		}
		return found
	}
}

// smallest is the least input of an operation with members added.
func smallest(t *testing.T, op run.Operation, members string) string {
	t.Helper()
	base := map[run.Operation]string{
		run.RunTask:            `{"taskDefinition":"a"}`,
		run.StartTask:          `{"taskDefinition":"a","containerInstances":["i"]}`,
		registerTaskDefinition: `{"family":"a","containerDefinitions":[{"name":"c"}]}`,
		stopTask:               `{"task":"t"}`,
	}[op]
	root, added := tree(t, base), tree(t, "{"+members+"}")
	for _, m := range added.Members {
		root = root.With(m.Name, m.Value)
	}
	return string(root.Encode())
}

func TestEveryRowAtAndPastItsLimit(t *testing.T) {
	for i, c := range rowCases() {
		if c.on == nil {
			c.on = onRun
		}
		for _, op := range c.on {
			t.Run(fmt.Sprintf("%s/%s/%d", c.id, op, i), func(t *testing.T) {
				if found := checkInput(op, smallest(t, op, c.good)); len(found) > 0 {
					t.Errorf("at the limit: %v", found)
				}
				found := checkInput(op, smallest(t, op, c.bad))
				if len(found) != 1 || found[0].Rule != c.id || found[0].Field != c.pointer {
					t.Fatalf("past the limit: %v, want %s at %s", found, c.id, c.pointer)
				}
				if what, limit, ok := strings.Cut(found[0].Detail, "; allowed: "); !ok || what == "" || limit == "" || len(what) > 120 {
					t.Errorf("detail %q", found[0].Detail)
				}
			})
		}
	}
}

// A row that no case breaks would be a row nobody has seen at work.
func TestEveryRowHasACase(t *testing.T) {
	type key struct {
		id string
		op run.Operation
	}
	broken := map[key]map[string]bool{}
	for _, c := range rowCases() {
		if c.on == nil {
			c.on = onRun
		}
		for _, op := range c.on {
			for _, v := range checkInput(op, smallest(t, op, c.bad)) {
				k := key{v.Rule, op}
				if broken[k] == nil {
					broken[k] = map[string]bool{}
				}
				broken[k][v.Detail[strings.Index(v.Detail, "; allowed: ")+11:]+pattern(v.Field)] = true
			}
		}
	}
	for _, r := range rules {
		for _, op := range r.on {
			hit := false
			for where := range broken[key{r.id, op}] {
				hit = hit || strings.HasPrefix(where, r.limit) && strings.HasPrefix(where[len(r.limit):], r.field)
			}
			if !hit {
				t.Errorf("%s on %s at %q: no case", r.id, op, r.field)
			}
		}
	}
}

// pattern turns a pointer's indexes into *.
func pattern(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, p := range parts {
		if p != "" && all(p, isDigit) {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
