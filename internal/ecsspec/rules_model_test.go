package ecsspec

import (
	"slices"
	"strings"
	"testing"

	"davit/internal/run"
)

// modelCases has the cases of tags again for those of a volume, and the limits of a shared GPU.
func modelCases() []rowCase {
	var cases []rowCase
	tagged := func(tags string) string {
		return volume(`"sizeInGiB":1,"tagSpecifications":[{"resourceType":"volume",` + tags + `}]`)
	}
	for _, c := range rowCases() {
		if slices.Contains([]string{"RT-35", "RT-36", "RT-37", "RT-38"}, c.id) {
			cases = append(cases, rowCase{c.id, onLaunch, tagged(c.good), tagged(c.bad), ebsPointer + "/tagSpecifications/0" + c.pointer})
		}
	}
	shared := func(members string) string {
		return `"resourceRequirements":[{"type":"GPU","sharingStrategy":{"nvidiaMps":{` + members + `}}}]`
	}
	const inside = "/resourceRequirements/0/sharingStrategy/nvidiaMps"
	for _, of := range []struct {
		on      []run.Operation
		in      func(string) string
		pointer string
	}{
		{onLaunch, override, firstOverride + inside},
		{onRegister, func(m string) string { return `"containerDefinitions":[{"name":"c",` + m + `}]` }, "/containerDefinitions/0" + inside},
	} {
		cases = append(cases,
			rowCase{"RT-21", of.on, of.in(shared(`"memory":1`)), of.in(shared(`"memory":0`)), of.pointer + "/memory"},
			rowCase{"RT-21", of.on, of.in(shared(`"memory":1,"maxComputePercent":100`)), of.in(shared(`"memory":1,"maxComputePercent":101`)), of.pointer + "/maxComputePercent"},
			rowCase{"RT-21", of.on, of.in(shared(`"memory":1,"maxComputePercent":1`)), of.in(shared(`"memory":1,"maxComputePercent":0`)), of.pointer + "/maxComputePercent"},
		)
	}
	return cases
}

// ECS's shapes find what no row is about, each field once, and none that a row has found.
func TestShapes(t *testing.T) {
	tests := []struct {
		name string
		op   run.Operation
		body string
		want []string
	}{
		{"required, with a row", registerTaskDefinition, `{"family":"f","containerDefinitions":[{"name":"c","memory":8,"dependsOn":[{"condition":"START"},{"containerName":null}]}]}`, []string{
			"RD-18 /containerDefinitions/0/dependsOn/0/containerName",
			"RD-18 /containerDefinitions/0/dependsOn/1/condition", "RD-18 /containerDefinitions/0/dependsOn/1/containerName",
		}},
		{"an enum", registerTaskDefinition, `{"family":"f","containerDefinitions":[{"name":"c","memory":8,"versionConsistency":"on"}],"pidMode":""}`, []string{
			"DV-24 /containerDefinitions/0/versionConsistency", "DV-24 /pidMode",
		}},
		{"a row has spoken", run.RunTask, `{"launchType":"ec2","volumeConfigurations":[{"managedEBSVolume":{"sizeInGiB":1,"roleArn":"r","filesystemType":"fat"}}]}`, []string{
			"RT-01 /taskDefinition", "RT-04 /launchType", "RT-42 /volumeConfigurations/0/name", "DV-24 /volumeConfigurations/0/managedEBSVolume/filesystemType",
		}},
		{"the codec has spoken", run.RunTask, `{"taskDefinition":[],"overrides":{"ephemeralStorage":{"sizeInGiB":"x"}}}`, []string{
			"DV-05 /taskDefinition", "DV-05 /overrides/ephemeralStorage/sizeInGiB",
		}},
		{"members of the other operation", run.StartTask, `{"taskDefinition":"a","containerInstances":["i"],"launchType":"ec2","clientToken":"k"}`, []string{"ST-05 /launchType"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, v := range checkInput(tt.op, tt.body) {
				got = append(got, v.Rule+" "+v.Field)
				if !strings.Contains(v.Detail, "allowed: ") && v.Rule != run.RuleWrongType {
					t.Errorf("%s", v.Detail)
				}
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
