package awsecs

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

func definition(d *types.TaskDefinition) run.Definition {
	kept := run.Definition{
		ARN:         aws.ToString(d.TaskDefinitionArn),
		Family:      aws.ToString(d.Family),
		Revision:    int(d.Revision),
		NetworkMode: string(d.NetworkMode),
		TaskRoleARN: aws.ToString(d.TaskRoleArn),
		Containers:  make([]run.Container, 0, len(d.ContainerDefinitions)),
	}
	for _, c := range d.ContainerDefinitions {
		k := container(c)
		k.ServesOthers = c.FirelensConfiguration != nil || d.ProxyConfiguration != nil && k.Name == aws.ToString(d.ProxyConfiguration.ContainerName)
		kept.Containers = append(kept.Containers, k)
	}
	return kept
}

// container keeps what decides and what finds the output. A container is essential unless it says otherwise (RD-13).
func container(c types.ContainerDefinition) run.Container {
	kept := run.Container{Name: aws.ToString(c.Name), Essential: c.Essential == nil || *c.Essential}
	if c.LogConfiguration != nil {
		kept.LogDriver = string(c.LogConfiguration.LogDriver)
		kept.LogOptions = logOptions(c.LogConfiguration.Options)
	}
	return kept
}

// logOptions keeps the options that say where the output goes: others may hold tokens of log services.
func logOptions(all map[string]string) map[string]string {
	var kept map[string]string
	for _, name := range []string{"awslogs-group", "awslogs-region", "awslogs-stream-prefix"} {
		value, ok := all[name]
		if !ok {
			continue
		}
		if kept == nil {
			kept = make(map[string]string)
		}
		kept[name] = value
	}
	return kept
}
