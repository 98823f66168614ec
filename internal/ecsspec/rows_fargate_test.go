package ecsspec

import (
	"fmt"
	"slices"
	"testing"

	"davit/internal/run"
)

// onFargateWith is a definition that FARGATE is required of, with members of its one container and of its own.
func onFargateWith(container, members string) string {
	if container != "" {
		container = "," + container
	}
	if members != "" {
		members = "," + members
	}
	return `"requiresCompatibilities":["EC2","FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"512","containerDefinitions":[{"name":"c"` + container + `}]` + members
}

// sized is the same with another size.
func sized(cpu, memory string) string {
	return `"requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":` + cpu + `,"memory":` + memory
}

func fargateCases() []rowCase {
	fine := onFargateWith("", "")
	invalid := func(good, bad, pointer string) rowCase {
		return rowCase{"RD-26", onRegister, onFargateWith(good, ""), onFargateWith(bad, ""), firstContainer + pointer}
	}
	return []rowCase{
		{"RD-22", onRegister, fine, sized("null", `"512"`), "/cpu"},
		{"RD-22", onRegister, fine, sized(`"256"`, "null") + `,"containerDefinitions":[{"name":"c","memory":64}]`, "/memory"},
		{"RD-22", onRegister, sized(`".25 vcpu"`, `"0.5 GB"`), sized(`".25 vcpu"`, `"0.4 GB"`), "/memory"},
		{
			"RD-22", onRegister, sized(`"1024"`, `"2 GB"`) + `,"runtimePlatform":{"operatingSystemFamily":"WINDOWS_SERVER_2022_CORE"}`,
			sized(`"512"`, `"2 GB"`) + `,"runtimePlatform":{"operatingSystemFamily":"WINDOWS_SERVER_2022_CORE"}`, "/memory",
		},
		{"RD-24", onRegister, `"networkMode":"awsvpc"`, `"networkMode":"vpc"`, "/networkMode"},
		{"RD-24", onRegister, fine, onFargateWith("", `"networkMode":null`), "/networkMode"},
		{"RD-24", onRegister, fine, onFargateWith("", `"networkMode":"bridge"`), "/networkMode"},
		{
			"RD-15", onRegister, onFargateWith(`"logConfiguration":{"logDriver":"splunk"}`, ""),
			onFargateWith(`"logConfiguration":{"logDriver":"json-file"}`, ""), firstContainer + "/logConfiguration/logDriver",
		},
		{"RD-26", onRegister, onFargateWith("", `"ipcMode":null`), onFargateWith("", `"ipcMode":"task"`), "/ipcMode"},
		{
			"RD-26", onRegister, onFargateWith("", `"placementConstraints":[]`),
			onFargateWith("", `"placementConstraints":[{"type":"memberOf","expression":"x"}]`), "/placementConstraints",
		},
		invalid(`"disableNetworking":false`, `"disableNetworking":true`, "/disableNetworking"),
		invalid(`"dnsServers":[]`, `"dnsServers":["10.0.0.1"]`, "/dnsServers"),
		invalid(`"dnsSearchDomains":[]`, `"dnsSearchDomains":["x"]`, "/dnsSearchDomains"),
		invalid(`"dockerSecurityOptions":null`, `"dockerSecurityOptions":["x"]`, "/dockerSecurityOptions"),
		invalid(`"privileged":false`, `"privileged":true`, "/privileged"),
		invalid(`"linuxParameters":{"initProcessEnabled":true}`, `"linuxParameters":{"maxSwap":0}`, "/linuxParameters/maxSwap"),
		invalid(`"linuxParameters":{}`, `"linuxParameters":{"swappiness":1}`, "/linuxParameters/swappiness"),
		invalid(`"resourceRequirements":[]`, `"resourceRequirements":[{"type":"GPU","value":"1"}]`, "/resourceRequirements/0/type"),
	}
}

// besides is a container with the members given, and one called x.
func besides(members string) string {
	return `"containerDefinitions":[{"name":"c",` + members + `},{"name":"x"}]`
}

// memories are the values of all sizes, and what lies half a GiB beside them.
func memories() []int {
	var all []int
	for _, size := range FargateSizes() {
		for _, m := range size.Memory {
			all = append(all, m-512, m, m+512)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Each size with each of its memory values is a pair; no other value is.
func TestFargateSizes(t *testing.T) {
	pairs := 0
	for _, size := range FargateSizes() {
		for _, memory := range memories() {
			if memory > 2*size.Memory[len(size.Memory)-1] {
				break
			}
			legal := slices.Contains(size.Memory, memory)
			if legal {
				pairs++
			}
			for op, body := range map[run.Operation]string{
				registerTaskDefinition: sized(fmt.Sprintf("%q", fmt.Sprint(size.CPU)), fmt.Sprintf("%q", fmt.Sprint(memory))),
				run.RunTask:            fmt.Sprintf(`"launchType":"FARGATE","overrides":{"cpu":"%g vCPU","memory":"%g GB"}`, float64(size.CPU)/1024, float64(memory)/1024),
			} {
				if found := checkInput(op, smallest(t, op, body)); (len(found) == 0) != legal {
					t.Errorf("%s: %d with %d: %v", op, size.CPU, memory, found)
				}
			}
		}
	}
	if want := 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3; pairs != want {
		t.Errorf("%d pairs, want %d", pairs, want)
	}
}

// Fargate's rules pass over definitions for EC2 only; several faults of one definition are all reported.
func TestFargateRulesAreForFargate(t *testing.T) {
	other := `"requiresCompatibilities":["EC2"],"ipcMode":"host","cpu":"300","memory":"700","networkMode":"bridge",` +
		besides(`"privileged":true,"links":["x"],"logConfiguration":{"logDriver":"json-file"},"linuxParameters":{"maxSwap":1}`)
	if found := checkInput(registerTaskDefinition, smallest(t, registerTaskDefinition, other)); len(found) > 0 {
		t.Error(found)
	}
	both := onFargateWith("", `"ipcMode":"task",`+besides(`"privileged":true,"links":["x"],"extraHosts":[{"hostname":"h","ipAddress":"i"}]`))
	var got []string
	for _, v := range checkInput(registerTaskDefinition, smallest(t, registerTaskDefinition, both)) {
		got = append(got, v.Rule+" "+v.Field)
	}
	want := []string{
		"RD-07 /containerDefinitions/0/links", "RD-16 /containerDefinitions/0/extraHosts", "RD-26 /ipcMode", "RD-26 /containerDefinitions/0/extraHosts",
		"RD-26 /containerDefinitions/0/links", "RD-26 /containerDefinitions/0/privileged",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
