package control

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// beyond returns what a container asks for and cannot get, and what there is instead; empty when a process can do justice to it.
func beyond(c types.ContainerDefinition) string {
	switch {
	case len(c.Secrets) > 0:
		return "secrets, and the local ECS has no Secrets Manager and no Parameter Store to read them from. " +
			"Give the values as environment in the overrides, or as environmentFiles (davit local --s3-dir)"
	case len(c.MountPoints) > 0:
		return "mountPoints, and the local ECS mounts no volumes: a process sees the files of this machine. Use workingDirectory, or paths as they are here"
	case len(c.VolumesFrom) > 0:
		return "volumesFrom, and the local ECS mounts no volumes: a process sees the files of this machine"
	}
	for _, r := range c.ResourceRequirements {
		if r.Type == types.ResourceTypeInferenceAccelerator {
			return "inference accelerators, which ECS no longer has"
		}
	}
	return ""
}
