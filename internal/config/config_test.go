package config_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/config"
	"davit/internal/ecsspec"
	"davit/internal/run"
)

// all returns an environment without faults.
func all() map[string]string {
	return map[string]string{
		"DAVIT_TABLE":                        "davit-runs",
		"DAVIT_STATE_MACHINE_ARN":            "arn:aws:states:eu-west-1:123456789012:stateMachine:davit-run",
		"DAVIT_PREFIX":                       "davit",
		"DAVIT_TASK_EVENTS":                  "true",
		"DAVIT_RETENTION_DAYS":               "90",
		"DAVIT_RUN_DEFAULTS":                 `{"cluster":"jobs"}`,
		"DAVIT_ALLOWED_FAMILIES":             "settlement, report-*",
		"DAVIT_VISIBILITY":                   "owner",
		"DAVIT_OWNER_SCOPE":                  "session",
		"DAVIT_ALLOW_TASK_DEFINITION_WRITES": "true",
		"DAVIT_ALLOW_EXECUTE_COMMAND":        "false",
		"DAVIT_AUTH":                         "IAM",
		"DAVIT_EVENT_BUS":                    "default",
		"DAVIT_LOG_GROUPS":                   "/ecs/settlement, /ecs/report-*",
	}
}

// settings is everything that config reads from an environment.
type settings struct {
	Table, Machine, Bus           string
	Tuning                        run.Tuning
	Retention                     time.Duration
	Defaults                      string
	Families, LogGroups           []string
	OwnerOnly, Writes, ExecuteCmd bool
	OwnerBySession                bool
	Auth                          config.Auth
}

func read(env map[string]string) (settings, error) {
	e := config.New(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	s := settings{
		Table: e.Table(), Machine: e.StateMachine(), Bus: e.EventBus(), Tuning: e.Tuning(), Retention: e.Retention(),
		Defaults: string(e.RunDefaults(ecsspec.Spec{})), Families: e.Families(), OwnerOnly: e.OwnerOnly(), OwnerBySession: e.OwnerBySession(),
		Writes: e.TaskDefinitionWrites(), ExecuteCmd: e.ExecuteCommand(), Auth: e.Auth("DYNAMODB", "ECS"),
		LogGroups: e.LogGroups(),
	}
	return s, e.Err()
}

func TestEverythingIsRead(t *testing.T) {
	got, err := read(all())
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		Table: "davit-runs", Machine: "arn:aws:states:eu-west-1:123456789012:stateMachine:davit-run", Bus: "default",
		Tuning: run.Tuning{Prefix: "davit", TaskEvents: true}, Retention: 90 * 24 * time.Hour, Defaults: `{"cluster":"jobs"}`,
		Families: []string{"settlement", "report-*"}, OwnerOnly: true, OwnerBySession: true, Writes: true, Auth: config.AuthIAM,
		LogGroups: []string{"/ecs/settlement", "/ecs/report-*"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneStartNamesEveryMissingVariable(t *testing.T) {
	_, err := read(nil)
	if err == nil {
		t.Fatal("an empty environment is accepted")
	}
	for name := range all() {
		mayBeEmpty := name == "DAVIT_RUN_DEFAULTS" || name == "DAVIT_ALLOWED_FAMILIES" || name == "DAVIT_LOG_GROUPS"
		if strings.Contains(err.Error(), name+" is not set; allowed: ") == mayBeEmpty {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyWhatIsAskedForIsRead(t *testing.T) {
	e := config.New(func(name string) (string, bool) {
		if name != "DAVIT_TABLE" {
			t.Errorf("%s is read", name)
		}
		return "davit-runs", true
	})
	if table := e.Table(); table != "davit-runs" || e.Err() != nil {
		t.Errorf("%q, %v", table, e.Err())
	}
}

func TestValues(t *testing.T) {
	long := strings.Repeat("a", 300)
	tests := []struct {
		name string
		good []string
		bad  []string
	}{
		{"DAVIT_TABLE", []string{"abc", "A_b-c.9", " davit "}, []string{"", "ab", "a b c", "tabelle-ä", "arn:aws:dynamodb:x", long}},
		{"DAVIT_STATE_MACHINE_ARN", []string{"arn:aws-cn:states:cn-north-1:1:stateMachine:x", "arn:aws:states:r:1:stateMachine:x:live"},
			[]string{"", "davit-run", "arn:aws:states:r:1:stateMachine:", "arn:aws:states:r:1:activity:x", "arn:aws:lambda:r:1:stateMachine:x"}},
		{"DAVIT_PREFIX", []string{"a", "9", "davit9"}, []string{"", "Davit", "davit-", "sevenry", "da vit"}},
		{"DAVIT_TASK_EVENTS", []string{"true", "false"}, []string{"", "True", "1", "yes"}},
		{"DAVIT_RETENTION_DAYS", []string{"2", "3650", "36500"}, []string{"", "1", "0", "-90", "1.5", "90d", "36501", "99999999999999999999"}},
		{"DAVIT_ALLOWED_FAMILIES", []string{"", "a", "a,b", "a* , b", "*"}, []string{",", "a,", "a,,b", "*a", "a**", "a b", "a:1", long}},
		{"DAVIT_OWNER_SCOPE", []string{"role", "session"}, []string{"", "user", "Session"}},
		{
			"DAVIT_LOG_GROUPS",
			[]string{"", "a", "/ecs/a,/ecs/b", "/ecs/* , b", "A_b.c#d-9", strings.Repeat("g,", 29) + "g", strings.Repeat("g", 512) + "*"},
			[]string{",", "a,", "a,,b", "*", "*a", "a**", "a b", "a:1", "arn:aws:logs:eu-west-1:1:log-group:a", strings.Repeat("g,", 30) + "g", strings.Repeat("g", 513)},
		},
		{"DAVIT_VISIBILITY", []string{"stack", "owner"}, []string{"", "all", "Owner"}},
		{"DAVIT_ALLOW_TASK_DEFINITION_WRITES", []string{"true", "false"}, []string{"", "on"}},
		{"DAVIT_ALLOW_EXECUTE_COMMAND", []string{"true", "false"}, []string{"", "on"}},
		{"DAVIT_AUTH", []string{"IAM", "JWT"}, []string{"", "none", "NONE", "OAUTH"}},
		{"DAVIT_EVENT_BUS", []string{"default", "arn:aws:events:eu-west-1:123456789012:event-bus/davit"}, []string{"", "a bus"}},
		{"DAVIT_RUN_DEFAULTS", []string{
			"", "{}", " { } ", `{"launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}}`,
			`{"cluster":"` + strings.Repeat("c", 255) + `"}`,
		}, []string{
			"null", "[]", `"x"`, "{", "{} {}", `{"Cluster":"x"}`, `{"clustr":"x"}`, `{"cluster":1}`, `{"cluster":"a","cluster":"b"}`,
			`{"launchType":"NOWHERE"}`, `{"count":3}`, `{"startedBy":"x"}`, `{"clientToken":"x"}`, `{"taskDefinition":"x"}`,
			`{"policy":{}}`, `{"containerInstances":["x"]}`, `{"referenceId":"x"}`, `{"group":"` + strings.Repeat("é", 2048) + `"}`,
		}},
	}
	for _, test := range tests {
		for _, value := range test.good {
			if _, err := readWith(test.name, value); err != nil {
				t.Errorf("%s=%q: %v", test.name, value, err)
			}
		}
		for _, value := range test.bad {
			_, err := readWith(test.name, value)
			wantFault(t, test.name, value, err)
		}
	}
}

// wantFault checks the error of a variable with a value that is not allowed.
func wantFault(t *testing.T, name, value string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s=%q: no error, want one", name, value)
		return
	}
	if text := err.Error(); !strings.HasPrefix(text, name+" ") || !strings.Contains(text, "; allowed: ") {
		t.Errorf("%s=%q: the error is %q, want the variable's name first, and what is allowed", name, value, text)
	}
	if n := len(err.Error()); n > 500 {
		t.Errorf("%s=%q: the error has %d bytes, want at most 500", name, value, n)
	}
}

// readWith reads an environment without faults but for one variable.
func readWith(name, value string) (settings, error) {
	env := all()
	env[name] = value
	return read(env)
}

func TestNobodyIsAskedOnlyAwayFromAWS(t *testing.T) {
	local := map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_ECS": "http://host.docker.internal:3001"}
	tests := []struct {
		name string
		over map[string]string
		ok   bool
	}{
		{"every service elsewhere", nil, true},
		{"one service of AWS", map[string]string{"AWS_ENDPOINT_URL_ECS": ""}, false},
		{"one endpoint for all", map[string]string{"AWS_ENDPOINT_URL_ECS": "", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, false},
		{"AWS's own address", map[string]string{"AWS_ENDPOINT_URL_ECS": "https://ecs.eu-west-1.amazonaws.com"}, false},
		{"AWS's own address, written oddly", map[string]string{"AWS_ENDPOINT_URL_ECS": "https://ECS.eu-west-1.AmazonAWS.com.:443/"}, false},
		{"AWS in China", map[string]string{"AWS_ENDPOINT_URL_ECS": "https://ecs.cn-north-1.amazonaws.com.cn"}, false},
		{"a dual-stack address", map[string]string{"AWS_ENDPOINT_URL_ECS": "https://ecs.eu-west-1.api.aws"}, false},
		{"no address", map[string]string{"AWS_ENDPOINT_URL_ECS": "localhost"}, false},
		{"endpoints that are ignored", map[string]string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}, false},
	}
	for _, test := range tests {
		env := all()
		env["DAVIT_AUTH"] = "NONE"
		maps.Copy(env, local)
		maps.Copy(env, test.over)
		got, err := read(env)
		if (err == nil) != test.ok {
			t.Errorf("%s: the error is %v, want none: %t", test.name, err, test.ok)
		}
		if got.Auth != config.AuthNone {
			t.Errorf("%s: Auth is %q, want NONE", test.name, got.Auth)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "DAVIT_AUTH is NONE while ") {
			t.Errorf("%s: the error is %q, want DAVIT_AUTH is NONE while …", test.name, err)
		}
	}
}

func TestOthersCanFailAStart(t *testing.T) {
	e := config.New(func(string) (string, bool) { return "", false })
	e.Fail(nil)
	if e.Err() != nil {
		t.Errorf("Fail(nil) adds %v, want nothing", e.Err())
	}
	cause := fmt.Errorf("no region")
	e.Fail(cause)
	_ = e.Table() // adds its own
	if err := e.Err(); err == nil || !strings.Contains(err.Error(), "no region\nDAVIT_TABLE is not set") {
		t.Errorf("the error is %v, want both causes", err)
	}
}

func TestAVariableThatIsReadTwiceIsOneFault(t *testing.T) {
	e := config.New(func(string) (string, bool) { return "", false })
	_, _ = e.OwnerOnly(), e.OwnerOnly()
	if err := e.Err(); err == nil || strings.Count(err.Error(), "DAVIT_VISIBILITY") != 1 {
		t.Errorf("the error is %v, want DAVIT_VISIBILITY named once", err)
	}
}
