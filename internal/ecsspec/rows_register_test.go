package ecsspec

import (
	"fmt"
	"strings"

	"davit/internal/run"
)

// registered is a definition of one container with the members given.
func registered(members string) string {
	return `"containerDefinitions":[{"name":"c",` + members + `}]`
}

func port(members string) string { return registered(`"portMappings":[{` + members + `}]`) }

func ranges(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"containerPortRange":"%d-%d"}`, 10*i+1, 10*i+10)
	}
	return registered(`"portMappings":[` + strings.Join(items, ",") + `]`)
}

// linked is a definition of a container with the links given, and two others.
func linked(links string) string {
	return `"containerDefinitions":[{"name":"c","links":[` + links + `]},{"name":"a"},{"name":"` + str(255) + `"}]`
}

func ulimit(members string) string { return registered(`"ulimits":[{` + members + `}]`) }

func health(members string) string {
	return registered(`"healthCheck":{"command":["CMD","true"],` + members + `}`)
}

// containers are a, b and c; a and b have the members given, and c waits for b.
func containers(a, b string) string {
	if a != "" {
		a = "," + a
	}
	if b != "" {
		b = "," + b
	}
	return `"containerDefinitions":[{"name":"a"` + a + `},{"name":"b"` + b + `},{"name":"c",` + on("b") + `}]`
}

func on(name string) string {
	return `"dependsOn":[{"containerName":"` + name + `","condition":"START"}]`
}

const (
	firstContainer = "/containerDefinitions/0"
	firstPort      = firstContainer + "/portMappings/0"
	ofHealth       = firstContainer + "/healthCheck"
)

// requiredCases leave one required member out, beside others that are there.
func requiredCases() []rowCase {
	at := func(id, good, bad, pointer string) rowCase {
		return rowCase{id, onRegister, registered(good), registered(bad), firstContainer + pointer}
	}
	withRole := func(id, good, bad, pointer string) rowCase {
		const role = `"executionRoleArn":"r",`
		return rowCase{id, onRegister, role + registered(good), role + registered(bad), firstContainer + pointer}
	}
	volume := func(good, bad, pointer string) rowCase {
		return rowCase{"RD-17", onRegister, `"volumes":[{"name":"v",` + good + `}]`, `"volumes":[{"name":"v",` + bad + `}]`, "/volumes/0" + pointer}
	}
	fsx := func(members string) string { return `"fsxWindowsFileServerVolumeConfiguration":{` + members + `}` }
	const whole = `"fileSystemId":"f","rootDirectory":"/","authorizationConfig":{"credentialsParameter":"p","domain":"d"}`
	return []rowCase{
		withRole("RD-02", `"secrets":[{"name":"n","valueFrom":"v"}]`, `"secrets":[{"valueFrom":"v"}]`, "/secrets/0/name"),
		withRole("RD-02", `"secrets":[]`, `"secrets":[{"name":"n"}]`, "/secrets/0/valueFrom"),
		withRole("RD-02", `"secrets":[]`, `"secrets":[{"name":"","valueFrom":"v"}]`, "/secrets/0/name"),
		withRole(run.RuleMaskedValue, `"secrets":[{"name":"n","valueFrom":"****"}]`, `"secrets":[{"name":"n","valueFrom":"***"}]`, "/secrets/0/valueFrom"),
		at(run.RuleMaskedValue, `"logConfiguration":{"logDriver":"splunk","options":{"splunk-token":"t"}}`, `"logConfiguration":{"logDriver":"splunk","options":{"splunk-token":"***"}}`,
			"/logConfiguration/options/splunk-token"),
		at("RD-02", logSecret(`"name":"n","valueFrom":"v"`), logSecret(`"valueFrom":"v"`), "/logConfiguration/secretOptions/0/name"),
		at("RD-02", logSecret(`"name":"n","valueFrom":"v"`), logSecret(`"name":"n"`), "/logConfiguration/secretOptions/0/valueFrom"),
		at("RD-02", `"repositoryCredentials":{"credentialsParameter":"p"}`, `"repositoryCredentials":{}`, "/repositoryCredentials/credentialsParameter"),
		at("RD-02", routed(`"type":"fluentbit"`), routed(`"options":{}`), "/firelensConfiguration/type"),
		at("RD-28", routed(`"type":"fluentbit"`), `"logConfiguration":{"logDriver":"awsfirelens"}`, "/logConfiguration/logDriver"),
		at("RD-28", routed(`"type":"fluentbit"`), `"firelensConfiguration":{"type":"fluentbit"}`, "/firelensConfiguration"),
		at("RD-02", `"restartPolicy":{"enabled":false}`, `"restartPolicy":{"restartAttemptPeriod":60}`, "/restartPolicy/enabled"),
		at("RD-02", `"linuxParameters":{"devices":[{"hostPath":"/d"}]}`, `"linuxParameters":{"devices":[{"containerPath":"/d"}]}`, "/linuxParameters/devices/0/hostPath"),
		at("RD-02", `"linuxParameters":{"tmpfs":[{"containerPath":"/t","size":1}]}`, `"linuxParameters":{"tmpfs":[{"size":1}]}`, "/linuxParameters/tmpfs/0/containerPath"),
		at("RD-02", `"linuxParameters":{"tmpfs":[]}`, `"linuxParameters":{"tmpfs":[{"containerPath":"/t"}]}`, "/linuxParameters/tmpfs/0/size"),
		{"RD-02", onRegister, `"proxyConfiguration":{"containerName":"c"}`, `"proxyConfiguration":{"type":"APPMESH"}`, "/proxyConfiguration/containerName"},
		{"RD-02", onRegister, `"inferenceAccelerators":[{"deviceName":"d","deviceType":"t"}]`, `"inferenceAccelerators":[{"deviceType":"t"}]`, "/inferenceAccelerators/0/deviceName"},
		{"RD-02", onRegister, `"inferenceAccelerators":[]`, `"inferenceAccelerators":[{"deviceName":"d"}]`, "/inferenceAccelerators/0/deviceType"},
		volume(`"efsVolumeConfiguration":{"fileSystemId":"f"}`, `"efsVolumeConfiguration":{"rootDirectory":"/"}`, "/efsVolumeConfiguration/fileSystemId"),
		volume(`"s3filesVolumeConfiguration":{"fileSystemArn":"f"}`, `"s3filesVolumeConfiguration":{}`, "/s3filesVolumeConfiguration/fileSystemArn"),
		volume(fsx(whole), fsx(`"rootDirectory":"/","authorizationConfig":{"credentialsParameter":"p","domain":"d"}`), "/fsxWindowsFileServerVolumeConfiguration/fileSystemId"),
		volume(fsx(whole), fsx(`"fileSystemId":"f","authorizationConfig":{"credentialsParameter":"p","domain":"d"}`), "/fsxWindowsFileServerVolumeConfiguration/rootDirectory"),
		volume(fsx(whole), fsx(`"fileSystemId":"f","rootDirectory":"/"`), "/fsxWindowsFileServerVolumeConfiguration/authorizationConfig"),
		volume(fsx(whole), fsx(`"fileSystemId":"f","rootDirectory":"/","authorizationConfig":{"domain":"d"}`), "/fsxWindowsFileServerVolumeConfiguration/authorizationConfig/credentialsParameter"),
		volume(fsx(whole), fsx(`"fileSystemId":"f","rootDirectory":"/","authorizationConfig":{"credentialsParameter":"p"}`), "/fsxWindowsFileServerVolumeConfiguration/authorizationConfig/domain"),
		at("RT-19", files(10), files(11), "/environmentFiles"),
		at("RT-19", files(1), `"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::b/a.txt"}]`, "/environmentFiles/0/value"),
		at("RT-19", files(1), `"environmentFiles":[{"type":"file","value":"arn:aws:s3:::b/a.env"}]`, "/environmentFiles/0/type"),
		at("RT-21", `"resourceRequirements":[{"type":"GPU","value":"ALL"}]`, `"resourceRequirements":[{"type":"CPU","value":"1"}]`, "/resourceRequirements/0/type"),
		at("RT-21", `"resourceRequirements":[{"type":"GPU","value":"1"}]`, `"resourceRequirements":[{"type":"GPU"}]`, "/resourceRequirements/0/value"),
		at("RT-21", `"resourceRequirements":[]`, `"resourceRequirements":[{"type":"GPU","sharingStrategy":{"nvidiaMps":{}}}]`, "/resourceRequirements/0/sharingStrategy/nvidiaMps/memory"),
		{"RT-25", onRegister, `"ephemeralStorage":{"sizeInGiB":21}`, `"ephemeralStorage":{"sizeInGiB":20}`, "/ephemeralStorage/sizeInGiB"},
		{"RT-25", onRegister, `"ephemeralStorage":{"sizeInGiB":200}`, `"ephemeralStorage":{"sizeInGiB":201}`, "/ephemeralStorage/sizeInGiB"},
		{"RT-25", onRegister, `"ephemeralStorage":null`, `"ephemeralStorage":{}`, "/ephemeralStorage/sizeInGiB"},
	}
}

// routed is a container that routes its own logs.
func routed(router string) string {
	return `"logConfiguration":{"logDriver":"awsfirelens"},"firelensConfiguration":{` + router + `}`
}

func logSecret(members string) string {
	return `"logConfiguration":{"logDriver":"splunk","secretOptions":[{` + members + `}]}`
}

func files(n int) string {
	return `"environmentFiles":` + list(n, `{"type":"s3","value":"arn:aws:s3:::b/a.env"}`)
}

func registerCases() []rowCase {
	return []rowCase{
		{"RD-01", onRegister, `"family":"` + str(255) + `"`, `"family":"` + str(256) + `"`, "/family"},
		{"RD-01", onRegister, `"family":"a-_9"`, `"family":"a:1"`, "/family"},
		{"RD-01", onRegister, `"family":"a"`, `"family":null`, "/family"},
		{"RD-02", onRegister, `"containerDefinitions":` + numbered(10, `{"name":"c%d"}`), `"containerDefinitions":` + numbered(11, `{"name":"c%d"}`), "/containerDefinitions"},
		{"RD-02", onRegister, `"family":"a"`, `"containerDefinitions":[]`, "/containerDefinitions"},
		{"RD-02", onRegister, registered(`"image":"i","dockerLabels":{"l":"` + str(65000) + `"}`), registered(`"image":"i","dockerLabels":{"l":"` + str(65500) + `"}`), ""},
		{"RD-03", onRegister, `"containerDefinitions":[{"name":"` + str(255) + `"}]`, `"containerDefinitions":[{"name":"` + str(256) + `"}]`, "/containerDefinitions/0/name"},
		{"RD-03", onRegister, `"containerDefinitions":[{"name":"a"}]`, `"containerDefinitions":[{"image":"i"}]`, "/containerDefinitions/0/name"},
		{"RD-03", onRegister, `"containerDefinitions":[{"name":"a"},{"name":"A"}]`, `"containerDefinitions":[{"name":"a"},{"name":"a"}]`, "/containerDefinitions/1/name"},
		{
			"RD-13", onRegister, `"containerDefinitions":[{"name":"a","essential":false},{"name":"b"}]`,
			`"containerDefinitions":[{"name":"a","essential":false},{"name":"b","essential":false}]`, "/containerDefinitions",
		},
		{"RD-23", onRegister, `"requiresCompatibilities":["EC2","MANAGED_INSTANCES"]`, `"requiresCompatibilities":["EC2","Fargate"]`, "/requiresCompatibilities/1"},
		{"RD-24", onRegister, `"networkMode":"awsvpc"`, `"networkMode":"vpc"`, "/networkMode"},
		{"RD-04", onRegister, registered(`"image":"` + str(255) + `"`), registered(`"image":"` + str(256) + `"`), firstContainer + "/image"},
		{"RD-04", onRegister, registered(`"image":"a.b:80/c_d-e:f#1"`), registered(`"image":"a b"`), firstContainer + "/image"},
		{
			"RD-04", onRegister, registered(`"image":"` + str(255) + `@sha256:` + strings.Repeat("0a", 32) + `"`),
			registered(`"image":"a@sha256:` + strings.Repeat("0a", 31) + `0"`), firstContainer + "/image",
		},
		{"RD-04", onRegister, registered(`"image":"a@sha512:x"`), registered(`"image":"a@sha256:` + strings.Repeat("0g", 32) + `"`), firstContainer + "/image"},
		{"RD-04", onRegister, registered(`"image":null`), registered(`"image":""`), firstContainer + "/image"},
		{"RD-05", onRegister, registered(`"cpu":0`), registered(`"cpu":-1`), firstContainer + "/cpu"},
		{"RD-06", onRegister, registered(`"memory":4`), registered(`"memory":3`), firstContainer + "/memory"},
		{"RD-06", onRegister, registered(`"memoryReservation":0`), registered(`"memoryReservation":-1`), firstContainer + "/memoryReservation"},
		{"RD-06", onRegister, registered(`"memory":64,"memoryReservation":64`), registered(`"memory":64,"memoryReservation":65`), firstContainer + "/memory"},
		{"RD-06", onRegister, `"memory":null,` + registered(`"memoryReservation":4`), `"memory":null`, firstContainer + "/memory"},
		{"RD-07", onRegister, linked(`"a:b_1","` + str(255) + `:` + str(255) + `"`), linked(`"a:` + str(256) + `"`), firstContainer + "/links/0"},
		{"RD-07", onRegister, linked(`"a"`), linked(`"a b"`), firstContainer + "/links/0"},
		{"RD-07", onRegister, linked(`"a"`), linked(`"a:"`), firstContainer + "/links/0"},
		{"RD-07", onRegister, linked(`"a"`), linked(`":a"`), firstContainer + "/links/0"},
		{"RD-07", onRegister, linked(`"a"`), linked(`""`), firstContainer + "/links/0"},
		{"RD-07", onRegister, `"networkMode":"bridge",` + linked(`"a"`), `"networkMode":"host",` + linked(`"a"`), firstContainer + "/links"},
		{"RD-07", onRegister, `"networkMode":"awsvpc",` + linked(``), `"networkMode":"awsvpc",` + linked(`"a"`), firstContainer + "/links"},
		{"RD-08", onRegister, port(`"hostPort":65535`), port(`"hostPort":65536`), firstPort + "/hostPort"},
		{"RD-08", onRegister, port(`"hostPort":0`), port(`"hostPort":-1`), firstPort + "/hostPort"},
		{"RD-08", onRegister, port(`"containerPort":65535`), port(`"containerPort":65536`), firstPort + "/containerPort"},
		{"RD-08", onRegister, `"networkMode":"awsvpc",` + port(`"hostPort":80,"containerPort":80`), `"networkMode":"awsvpc",` + port(`"hostPort":81,"containerPort":80`), firstPort + "/hostPort"},
		{"RD-08", onRegister, `"networkMode":"bridge",` + port(`"hostPort":81,"containerPort":80`), `"networkMode":"awsvpc",` + port(`"hostPort":1,"containerPort":80`), firstPort + "/hostPort"},
		{"RD-11", onRegister, port(`"protocol":"udp"`), port(`"protocol":"sctp"`), firstPort + "/protocol"},
		{"RD-12", onRegister, port(`"containerPortRange":"1-65535"`), port(`"containerPortRange":"1-65536"`), firstPort + "/containerPortRange"},
		{"RD-12", onRegister, port(`"containerPortRange":"1-2"`), port(`"containerPortRange":"0-2"`), firstPort + "/containerPortRange"},
		{"RD-12", onRegister, port(`"containerPortRange":"80-81"`), port(`"containerPortRange":"80-80"`), firstPort + "/containerPortRange"},
		{"RD-12", onRegister, port(`"containerPortRange":"80-81"`), port(`"containerPortRange":"80"`), firstPort + "/containerPortRange"},
		{"RD-12", onRegister, `"networkMode":"awsvpc",` + port(`"containerPortRange":"80-81"`), `"networkMode":"host",` + port(`"containerPortRange":"80-81"`), firstPort + "/containerPortRange"},
		{"RD-12", onRegister, ranges(100), ranges(101), firstContainer + "/portMappings"},
		{
			"RD-12", onRegister, registered(`"portMappings":[{"containerPortRange":"1-3"},{"containerPortRange":"4-5"},{"containerPortRange":"3-4","protocol":"udp"}]`),
			registered(`"portMappings":[{"containerPortRange":"1-3"},{"containerPortRange":"3-5","protocol":"tcp"}]`), firstContainer + "/portMappings/1/containerPortRange",
		},
		{"RD-14", onRegister, ulimit(`"name":"nofile","softLimit":0,"hardLimit":0`), ulimit(`"name":"files","softLimit":0,"hardLimit":0`), firstContainer + "/ulimits/0/name"},
		{"RD-14", onRegister, ulimit(`"name":"stack","softLimit":1,"hardLimit":1`), ulimit(`"softLimit":1,"hardLimit":1`), firstContainer + "/ulimits/0/name"},
		{"RD-14", onRegister, registered(`"ulimits":[]`), ulimit(`"name":"core","hardLimit":1`), firstContainer + "/ulimits/0/softLimit"},
		{"RD-14", onRegister, registered(`"ulimits":null`), ulimit(`"name":"core","softLimit":1`), firstContainer + "/ulimits/0/hardLimit"},
		{"RD-15", onRegister, registered(routed(`"type":"fluentd"`)), registered(`"logConfiguration":{"logDriver":"file"}`), firstContainer + "/logConfiguration/logDriver"},
		{"RD-15", onRegister, registered(`"logConfiguration":null`), registered(`"logConfiguration":{"options":{}}`), firstContainer + "/logConfiguration/logDriver"},
		{"RD-16", onRegister, registered(`"extraHosts":[{"hostname":"h","ipAddress":"10.0.0.1"}]`), registered(`"extraHosts":[{"ipAddress":"10.0.0.1"}]`), firstContainer + "/extraHosts/0/hostname"},
		{"RD-16", onRegister, registered(`"extraHosts":[]`), registered(`"extraHosts":[{"hostname":"h"}]`), firstContainer + "/extraHosts/0/ipAddress"},
		{
			"RD-16", onRegister, `"networkMode":"host",` + registered(`"extraHosts":[{"hostname":"h","ipAddress":"10.0.0.1"}]`),
			`"networkMode":"awsvpc",` + registered(`"extraHosts":[{"hostname":"h","ipAddress":"10.0.0.1"}]`), firstContainer + "/extraHosts",
		},
		{"RD-17", onRegister, `"volumes":[{"name":"` + str(255) + `"}]`, `"volumes":[{"name":"` + str(256) + `"}]`, "/volumes/0/name"},
		{"RD-17", onRegister, `"volumes":[{"name":"a-_9"}]`, `"volumes":[{"name":"a.b"}]`, "/volumes/0/name"},
		{
			"RD-18", onRegister, `"volumes":[{"name":"v"}],` + registered(`"mountPoints":[{"sourceVolume":"v","containerPath":"/v"}]`),
			`"volumes":[{"name":"v"}],` + registered(`"mountPoints":[{"sourceVolume":"w","containerPath":"/v"}]`), firstContainer + "/mountPoints/0/sourceVolume",
		},
		{
			"RD-18", onRegister, containers(`"volumesFrom":[{"sourceContainer":"b"}]`, ""),
			containers(`"volumesFrom":[{"sourceContainer":"d"}]`, ""), firstContainer + "/volumesFrom/0/sourceContainer",
		},
		{"RD-18", onRegister, containers(on("b"), ""), containers(on("d"), ""), firstContainer + "/dependsOn/0/containerName"},
		{"RD-18", onRegister, containers("", on("a")), containers(on("a"), ""), firstContainer + "/dependsOn/0/containerName"},
		{
			"RD-18", onRegister, containers(on("b"), ""), containers(`"dependsOn":[{"containerName":"b","condition":"STARTED"}]`, ""),
			firstContainer + "/dependsOn/0/condition",
		},
		{"RD-18", onRegister, containers(on("b"), ""), containers(`"dependsOn":[{"containerName":"b"}]`, ""), firstContainer + "/dependsOn/0/condition"},
		{"RD-18", onRegister, containers(on("b"), ""), containers(`"dependsOn":[{"condition":"START"}]`, ""), firstContainer + "/dependsOn/0/containerName"},
		{"RD-21", onRegister, `"taskRoleArn":"arn:aws:iam::123456789012:role/a/b"`, `"taskRoleArn":"arn:aws:iam::123456789012:role/"`, "/taskRoleArn"},
		{"RD-21", onRegister, `"taskRoleArn":"job"`, `"taskRoleArn":"arn:aws:sts::123456789012:assumed-role/a/b"`, "/taskRoleArn"},
		{"RD-21", onRegister, `"executionRoleArn":"ecsTaskExecutionRole"`, `"executionRoleArn":"job/1"`, "/executionRoleArn"},
		{"RD-22", onRegister, `"cpu":"1 vCPU"`, `"cpu":"one"`, "/cpu"},
		{"RD-22", onRegister, `"memory":"0.5GB"`, `"memory":"GB"`, "/memory"},
		{"RD-25", onRegister, health(`"interval":5`), health(`"interval":4`), ofHealth + "/interval"},
		{"RD-25", onRegister, health(`"interval":300`), health(`"interval":301`), ofHealth + "/interval"},
		{"RD-25", onRegister, health(`"timeout":2`), health(`"timeout":1`), ofHealth + "/timeout"},
		{"RD-25", onRegister, health(`"timeout":60`), health(`"timeout":61`), ofHealth + "/timeout"},
		{"RD-25", onRegister, health(`"retries":1`), health(`"retries":0`), ofHealth + "/retries"},
		{"RD-25", onRegister, health(`"retries":10`), health(`"retries":11`), ofHealth + "/retries"},
		{"RD-25", onRegister, health(`"startPeriod":0`), health(`"startPeriod":-1`), ofHealth + "/startPeriod"},
		{"RD-25", onRegister, health(`"startPeriod":300`), health(`"startPeriod":301`), ofHealth + "/startPeriod"},
		{"RD-25", onRegister, registered(`"healthCheck":null`), registered(`"healthCheck":{}`), ofHealth + "/command"},
	}
}
