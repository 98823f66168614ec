package ecsspec

import "davit/internal/run"

// strictCases are definitions that ECS refuses although its model of the request allows them.
func strictCases() []rowCase {
	at := func(id, good, bad, pointer string) rowCase {
		return rowCase{id, onRegister, registered(good), registered(bad), firstContainer + pointer}
	}
	whole := func(id, good, bad, pointer string) rowCase { return rowCase{id, onRegister, good, bad, pointer} }
	const volumes, role = `"volumes":[{"name":"v"}],`, `"executionRoleArn":"r"`
	return []rowCase{
		at("RD-02", `"environment":[{"name":"n"}]`, `"environment":[{"value":"v"}]`, "/environment/0/name"),
		at("RD-02", `"environment":[{"name":"n","value":""}]`, `"environment":[{"name":"","value":"v"}]`, "/environment/0/name"),
		at("RD-02", `"dnsServers":["10.0.0.1"]`, `"dnsServers":["10.0.0.1",""]`, "/dnsServers/1"),
		at("RD-02", `"dnsSearchDomains":["x"]`, `"dnsSearchDomains":[""]`, "/dnsSearchDomains/0"),
		at("RD-02", `"dockerSecurityOptions":["no-new-privileges"]`, `"dockerSecurityOptions":[""]`, "/dockerSecurityOptions/0"),
		at("RD-02", `"credentialSpecs":["c"]`, `"credentialSpecs":[""]`, "/credentialSpecs/0"),
		at("RD-02", `"command":[""],"entryPoint":[""]`, `"resourceRequirements":[{"type":"GPU","value":""}]`, "/resourceRequirements/0/value"),
		at("RD-02", `"linuxParameters":{"capabilities":{"add":["ALL"]}}`, `"linuxParameters":{"capabilities":{"add":[""]}}`, "/linuxParameters/capabilities/add/0"),
		at("RD-02", `"linuxParameters":{"capabilities":{"drop":["ALL"]}}`, `"linuxParameters":{"capabilities":{"drop":[""]}}`, "/linuxParameters/capabilities/drop/0"),
		at("RD-02", tmpfs(`"noexec"`), tmpfs(`""`), "/linuxParameters/tmpfs/0/mountOptions/0"),
		whole("RD-02", volumes+registered(mount("/v")), volumes+registered(mount("")), firstContainer+"/mountPoints/0/containerPath"),
		at("RD-06", `"memory":512`, `"memory":513`, "/memory"),
		at("RD-06", `"memoryReservation":512`, `"memoryReservation":513`, "/memoryReservation"),
		whole("RD-07", linked(`"a"`), linked(`"c"`), firstContainer+"/links/0"),
		whole("RD-07", linked(`"a"`), linked(`"a","d:e"`), firstContainer+"/links/1"),
		whole("RD-08", twoPorts(`"hostPort":80`, `"hostPort":80,"protocol":"udp"`), twoPorts(`"hostPort":80`, `"hostPort":80,"protocol":"tcp"`), "/containerDefinitions/1/portMappings/0/hostPort"),
		whole("RD-08", twoPorts(`"hostPort":0`, `"hostPort":0`), `"networkMode":"host",`+twoPorts(`"hostPort":80`, `"hostPort":80`), "/containerDefinitions/1/portMappings/0/hostPort"),
		whole("RD-17", `"volumes":[{"name":"v"},{"name":"V"}]`, `"volumes":[{"name":"v"},{"name":"w"},{"name":"v"}]`, "/volumes/2/name"),
		at("RD-25", `"healthCheck":{"command":["/healthcheck"]}`, `"healthCheck":{"command":[]}`, "/healthCheck/command"),
		at("RD-25", `"healthCheck":{"command":["CMD-SHELL",""]}`, `"healthCheck":{"command":["CMD"]}`, "/healthCheck/command"),
		at("RD-25", `"healthCheck":{"command":["NONE"]}`, `"healthCheck":{"command":[""]}`, "/healthCheck/command/0"),
		whole("RD-27", role+","+registered(`"secrets":[{"name":"n","valueFrom":"v"}]`), registered(`"secrets":[{"name":"n","valueFrom":"v"}]`), "/executionRoleArn"),
		whole("RD-27", onFargateWith(`"logConfiguration":{"logDriver":"awslogs"}`, role), onFargateWith(`"logConfiguration":{"logDriver":"awslogs"}`, ""), "/executionRoleArn"),
		whole("RD-27", registered(`"logConfiguration":{"logDriver":"awslogs"}`), onFargateWith(`"image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"`, `"executionRoleArn":""`), "/executionRoleArn"),
		whole("RD-27", onFargateWith(`"image":"public.ecr.aws/a:1"`, ""), onFargateWith(`"image":"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a"`, ""), "/executionRoleArn"),
		whole("RD-26", onFargateWith("", `"volumes":[{"name":"v","host":{}}]`), onFargateWith("", `"volumes":[{"name":"v","host":{"sourcePath":"/x"}}]`), "/volumes/0/host/sourcePath"),
		whole("RD-26", `"volumes":[{"name":"v","dockerVolumeConfiguration":{"scope":"task"}}]`, onFargateWith("", `"volumes":[{"name":"v","dockerVolumeConfiguration":{}}]`), "/volumes/0/dockerVolumeConfiguration"),
		whole("RD-26", onFargateWith("", `"pidMode":"task"`), onFargateWith("", `"pidMode":"host"`), "/pidMode"),
		whole("RD-26", onFargateWith(`"stopTimeout":120`, ""), onFargateWith(`"stopTimeout":121`, ""), firstContainer+"/stopTimeout"),
		whole("RD-26", registered(`"linuxParameters":{"devices":[{"hostPath":"/d"}]}`), onFargateWith(`"linuxParameters":{"devices":[{"hostPath":"/d"}]}`, ""), firstContainer+"/linuxParameters/devices"),
		whole("RD-26", registered(`"linuxParameters":{"sharedMemorySize":64}`), onFargateWith(`"linuxParameters":{"sharedMemorySize":64}`, ""), firstContainer+"/linuxParameters/sharedMemorySize"),
		at(run.RuleMaskedValue, `"environment":[{"name":"n","value":"a***"}]`, `"environment":[{"name":"n","value":"***"}]`, "/environment/0/value"),
		at(run.RuleMaskedValue, logSecret(`"name":"n","valueFrom":"v"`), logSecret(`"name":"n","valueFrom":"***"`), "/logConfiguration/secretOptions/0/valueFrom"),
	}
}

func mount(path string) string {
	return `"mountPoints":[{"sourceVolume":"v","containerPath":"` + path + `"}]`
}

func tmpfs(option string) string {
	return `"linuxParameters":{"tmpfs":[{"containerPath":"/t","size":1,"mountOptions":[` + option + `]}]}`
}

// twoPorts is a definition of two containers with a port mapping each.
func twoPorts(a, b string) string {
	return `"containerDefinitions":[{"name":"a","portMappings":[{` + a + `}]},{"name":"b","portMappings":[{` + b + `}]}]`
}
