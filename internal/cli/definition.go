package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"davit/client"
)

// definition is what the flags need to know of a task definition.
type definition struct {
	Family     string              `json:"family"`
	CPU        string              `json:"cpu"`
	Memory     string              `json:"memory"`
	Containers []containerOfFamily `json:"containerDefinitions"`
}

type containerOfFamily struct {
	Name      string          `json:"name"`
	Essential *bool           `json:"essential"`
	CPU       int             `json:"cpu"`
	Memory    int             `json:"memory"`
	Router    json.RawMessage `json:"firelensConfiguration"`
}

// readDefinition describes a task definition: a family, family:revision or an ARN.
func readDefinition(ctx context.Context, c *client.Client, name string) (*definition, error) {
	answer, err := c.Definition(ctx, name)
	if err != nil {
		return nil, err
	}
	var d struct {
		TaskDefinition definition `json:"taskDefinition"`
	}
	if err := json.Unmarshal(answer, &d); err != nil {
		return nil, fmt.Errorf("the task definition %s cannot be read: %w", name, err)
	}
	return &d.TaskDefinition, nil
}

// essential returns the names of the containers that do the work: essential ones that do not route logs.
func (d *definition) essential() []string {
	var names []string
	for _, c := range d.Containers {
		if (c.Essential == nil || *c.Essential) && c.Router == nil {
			names = append(names, c.Name)
		}
	}
	return names
}

// target returns the container that a command and variables are for: the named one, or the one that is essential.
func (d *definition) target(named string) (string, error) {
	names := d.essential()
	switch {
	case named == "" && len(names) == 1:
		return names[0], nil
	case named == "":
		return "", usagef("several containers of %s are essential (%s): name one with -c", d.Family, strings.Join(names, ", "))
	}
	for _, c := range d.Containers {
		if c.Name == named {
			return named, nil
		}
		names = append(names, c.Name)
	}
	return "", usagef("-c %s: %s has no such container; it has %s", named, d.Family, strings.Join(d.all(), ", "))
}

func (d *definition) all() []string {
	var names []string
	for _, c := range d.Containers {
		names = append(names, c.Name)
	}
	return names
}

// applySizes sets CPU and memory where the definition has them: on the task, on the container that -c names or that alone is essential, or on both. Where it has neither
// the task's size is set.
func (f *jobFlags) applySizes(body object, d func() (*definition, error)) error {
	if f.cpu == 0 && f.memory == 0 {
		return nil
	}
	def, err := d()
	if err != nil {
		return err
	}
	own := def.sized(f.container)
	if f.cpu > 0 {
		err = f.size(body, "cpu", f.cpu, def.CPU != "", own != nil && own.CPU > 0, own)
	}
	if err == nil && f.memory > 0 {
		err = f.size(body, "memory", f.memory, def.Memory != "", own != nil && own.Memory > 0, own)
	}
	return err
}

// sized returns the container whose size is changed, nil where that is not clear.
func (d *definition) sized(named string) *containerOfFamily {
	name, err := d.target(named)
	for i := range d.Containers {
		if err == nil && d.Containers[i].Name == name {
			return &d.Containers[i]
		}
	}
	return nil
}

func (f *jobFlags) size(body object, what string, n int, ofTask, ofContainer bool, c *containerOfFamily) error {
	if ofContainer {
		override, err := containerOverride(body, c.Name)
		if err != nil {
			return err
		}
		override[what] = json.Number(strconv.Itoa(n))
	}
	if ofContainer && !ofTask {
		return nil
	}
	overrides, err := member(body, "", "overrides")
	if err != nil {
		return err
	}
	overrides[what] = strconv.Itoa(n)
	return nil
}
