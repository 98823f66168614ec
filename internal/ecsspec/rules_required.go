package ecsspec

import "davit/internal/ecsspec/row"

const (
	inVolumes   = "/volumes/*"
	ofFSx       = inVolumes + "/fsxWindowsFileServerVolumeConfiguration"
	neededLimit = "a value: ECS requires it beside what was given"
)

// requiredRules want the members that ECS's model requires of a task definition, beyond those that rows of their own speak of. They
// belong to the rows of containers and volumes.
var requiredRules = append(
	needed("RD-02",
		eachContainer+"/secrets/*/name", eachContainer+"/secrets/*/valueFrom",
		eachContainer+"/logConfiguration/secretOptions/*/name", eachContainer+"/logConfiguration/secretOptions/*/valueFrom",
		eachContainer+"/repositoryCredentials/credentialsParameter", eachContainer+"/firelensConfiguration/type",
		eachContainer+"/restartPolicy/enabled", eachContainer+"/linuxParameters/devices/*/hostPath",
		eachContainer+"/linuxParameters/tmpfs/*/containerPath", eachContainer+"/linuxParameters/tmpfs/*/size",
		"/proxyConfiguration/containerName", "/inferenceAccelerators/*/deviceName", "/inferenceAccelerators/*/deviceType",
	),
	needed("RD-17",
		inVolumes+"/efsVolumeConfiguration/fileSystemId", inVolumes+"/s3filesVolumeConfiguration/fileSystemArn",
		ofFSx+"/fileSystemId", ofFSx+"/rootDirectory", ofFSx+"/authorizationConfig",
		ofFSx+"/authorizationConfig/credentialsParameter", ofFSx+"/authorizationConfig/domain",
	)...,
)

func needed(id string, fields ...string) []rule {
	rows := make([]rule, len(fields))
	for i, field := range fields {
		rows[i] = rule{id: id, on: onRegister, field: field, limit: neededLimit, required: true, source: row.PageSDK}
	}
	return rows
}
