package task

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/process"
)

// Container is what one container of a task will run, overrides applied.
type Container struct {
	name, image string
	command     []string
	environment map[string]string
	files       []types.EnvironmentFile // read when the task starts; environment wins
	folder      string                  // the working folder asked for, empty for its own
	user        string                  // as asked for, empty for Davit's own
	limits      []process.Limit
	Essential   bool
	stopTimeout time.Duration
	// startTimeout is how long others wait for what they depend on, from this container's start; 0 is without end.
	startTimeout time.Duration
	dependsOn    []types.ContainerDependency
	check        *HealthCheck
	restart      *restartPolicy
	Size         placement.Resources
	memory       memory
}

// memory is in MiB: the hard and the soft limit, 0 when not set.
type memory struct{ hard, soft int32 }

// Plan works out the containers of a task.
func Plan(d *types.TaskDefinition, o *types.TaskOverride, stopTimeout time.Duration) []Container {
	var all []Container
	for _, c := range d.ContainerDefinitions {
		all = append(all, planContainer(c, placement.OverrideOf(o, *c.Name), stopTimeout))
	}
	return all
}

func planContainer(c types.ContainerDefinition, o types.ContainerOverride, stopTimeout time.Duration) Container {
	command := c.Command
	if len(o.Command) > 0 {
		command = o.Command
	}
	environment := map[string]string{}
	for _, kv := range slices.Concat(c.Environment, o.Environment) {
		environment[ecsname.Value(kv.Name)] = ecsname.Value(kv.Value)
	}
	if c.StopTimeout != nil {
		stopTimeout = time.Duration(*c.StopTimeout) * time.Second
	}
	files := c.EnvironmentFiles
	if len(o.EnvironmentFiles) > 0 {
		files = o.EnvironmentFiles
	}
	return Container{
		name: *c.Name, image: ecsname.Value(c.Image), command: slices.Concat(c.EntryPoint, command), environment: environment, files: files,
		folder: ecsname.Value(c.WorkingDirectory), user: ecsname.Value(c.User), limits: limits(c.Ulimits), Essential: IsEssential(c),
		stopTimeout: stopTimeout, startTimeout: ecsname.Seconds(c.StartTimeout), dependsOn: c.DependsOn,
		check: planHealth(c.HealthCheck), restart: planRestart(c.RestartPolicy),
		Size: placement.ContainerSize(c, o), memory: memory{hard: ecsname.First(o.Memory, c.Memory), soft: ecsname.First(o.MemoryReservation, c.MemoryReservation)},
	}
}

func limits(asked []types.Ulimit) []process.Limit {
	var all []process.Limit
	for _, u := range asked {
		all = append(all, process.Limit{Name: string(u.Name), Soft: int64(u.SoftLimit), Hard: int64(u.HardLimit)})
	}
	return all
}

// DescribeNew is the container as its task first shows it.
func (c Container) DescribeNew(task, cluster, taskID string) types.Container {
	shown := types.Container{
		ContainerArn: new(ecsname.ContainerARN(cluster, taskID, ecsname.NewUUID())), TaskArn: &task, Name: new(c.name), Image: new(c.image),
		LastStatus: new(Pending), HealthStatus: types.HealthStatusUnknown,
		Cpu: new(strconv.Itoa(c.Size.CPU)), NetworkInterfaces: []types.NetworkInterface{},
		NetworkBindings: []types.NetworkBinding{},
	}
	if c.memory.hard > 0 {
		shown.Memory = new(strconv.Itoa(int(c.memory.hard)))
	}
	if c.memory.soft > 0 {
		shown.MemoryReservation = new(strconv.Itoa(int(c.memory.soft)))
	}
	return shown
}

// environ is the whole environment of the container's process: the host's PATH, folders of its own, and what was asked for, which wins.
func (c Container) environ(path, folder string) []string {
	all := map[string]string{"PATH": path, "HOME": filepath.Join(folder, "home"), "TMPDIR": filepath.Join(folder, "tmp")}
	maps.Copy(all, c.environment)
	env := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	return env
}

// badEnvironment names a variable that no process can be given.
func (c Container) badEnvironment() (string, bool) {
	for name, v := range c.environment {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(v, 0) {
			return name, true
		}
	}
	return "", false
}

// IsEssential reports whether the end of the container ends its task, which it does unless said otherwise.
func IsEssential(c types.ContainerDefinition) bool { return c.Essential == nil || *c.Essential }
