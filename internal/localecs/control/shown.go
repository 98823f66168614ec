package control

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
)

// shownOverrides are the overrides with an entry for each container, as ECS shows them.
func shownOverrides(d *journal.Definition, o *types.TaskOverride) *types.TaskOverride {
	shown := types.TaskOverride{}
	if o != nil {
		shown = *o
	}
	shown.ContainerOverrides = []types.ContainerOverride{}
	for _, c := range d.ContainerDefinitions {
		own := placement.OverrideOf(o, *c.Name)
		own.Name = c.Name
		shown.ContainerOverrides = append(shown.ContainerOverrides, own)
	}
	return &shown
}
