package ecsspec

import (
	"strings"
	"testing"
)

func TestParse_MisplacedMember_SaysWhereItBelongs(t *testing.T) {
	for name, want := range map[string]string{
		"TaskDefinitionArn":  "here it is taskDefinition",
		"TaskCount":          "here it is count",
		"TaskDefinition":     `"taskDefinition" is`,
		"LaunchType":         `"launchType" is`,
		"task_definition":    `"taskDefinition" is`,
		"containerOverrides": "it belongs into overrides",
		"environment":        overrideHint,
		"subnets":            networkHint,
		"idempotency_key":    keyHint,
		"retry":              policyHint,
		"maxAttempts":        retryHint,
	} {
		_, found := Spec{}.Parse([]byte(`{"taskDefinition":"a","` + name + `":"x"}`))
		if len(found) != 1 || found[0].Field != "/"+name {
			t.Errorf("%s: got %v, want one violation of it", name, found)
			continue
		}
		if got := found[0].Detail; !strings.HasSuffix(got, "is not a member of this object; "+want) && !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %q, want it to end in %q", name, got, want)
		}
	}
}

// Each member that describing adds is named as one that may go.
func TestParseTaskDefinition_DescribeOnlyMembers_MayGo(t *testing.T) {
	names := []string{
		"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt",
	}
	for _, name := range names {
		_, found := Spec{}.ParseTaskDefinition([]byte(smallest(t, registerTaskDefinition, `"`+name+`":"x"`)))
		if len(found) != 1 || found[0].Rule != "DV-04" || !strings.HasSuffix(found[0].Detail, describedHint) {
			t.Errorf("%s: got %v, want DV-04 with %q", name, found, describedHint)
		}
	}
	for name, want := range map[string]string{"image": containerHint, "count": launchHint, "execution_role_arn": `"executionRoleArn" is`} {
		_, found := Spec{}.ParseTaskDefinition([]byte(smallest(t, registerTaskDefinition, `"`+name+`":"x"`)))
		if len(found) != 1 || !strings.HasSuffix(found[0].Detail, want) {
			t.Errorf("%s: got %v, want %q", name, found, want)
		}
	}
}
