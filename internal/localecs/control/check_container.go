package control

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/task"
)

const maxIgnoredCodes = 50

// checkContainerLife refuses what would make a container's start, health or end otherwise than it is written.
func checkContainerLife(c types.ContainerDefinition) error {
	name := *c.Name
	if err := checkFilesOf(name, c.EnvironmentFiles); err != nil {
		return err
	}
	if err := checkHealth(name, c.HealthCheck); err != nil {
		return err
	}
	if r := c.RestartPolicy; r != nil && ecsname.Value(r.Enabled) {
		if err := between(name, "restartPolicy.restartAttemptPeriod", r.RestartAttemptPeriod, 60, 1800); err != nil {
			return err
		}
		if len(r.IgnoredExitCodes) > maxIgnoredCodes {
			return ecserror.Client("Invalid setting for container '%s'. 'restartPolicy.ignoredExitCodes' must not have more than 50 items.", name)
		}
	}
	for _, u := range c.Ulimits {
		if !slices.Contains(u.Name.Values(), u.Name) {
			return ecserror.Client("Invalid setting for container '%s'. Unknown ulimit '%.64s'.", name, u.Name)
		}
	}
	if ecsname.Value(c.StartTimeout) < 0 {
		return ecserror.Client("Invalid setting for container '%s'. 'startTimeout' must not be negative.", name)
	}
	return nil
}

func checkHealth(name string, h *types.HealthCheck) error {
	if h == nil {
		return nil
	}
	if len(h.Command) == 0 || len(h.Command) == 1 && task.HasCommand(h) {
		return ecserror.Client("Invalid setting for container '%s'. 'healthCheck.command' must have a command.", name)
	}
	for _, n := range []struct {
		field       string
		value       *int32
		least, most int32
	}{
		{"healthCheck.interval", h.Interval, 5, 300}, {"healthCheck.timeout", h.Timeout, 2, 60},
		{"healthCheck.retries", h.Retries, 1, 10}, {"healthCheck.startPeriod", h.StartPeriod, 0, 300},
	} {
		if err := between(name, n.field, n.value, n.least, n.most); err != nil {
			return err
		}
	}
	return nil
}

func between(container, field string, n *int32, least, most int32) error {
	if n != nil && (*n < least || *n > most) {
		return ecserror.Client("Invalid setting for container '%s'. '%s' must be between %d and %d.", container, field, least, most)
	}
	return nil
}
