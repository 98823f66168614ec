package awsecs

import (
	"davit/internal/run"
	"davit/internal/taskdef"
)

var (
	_ run.Engine          = (*Engine)(nil)
	_ run.Catalog         = (*Catalog)(nil)
	_ taskdef.Definitions = (*Registrar)(nil)
)

// API is what an Engine calls; *ecs.Client has it.
type API interface {
	LaunchAPI
	DescribeAPI
	ListAPI
	StopAPI
}

// Engine is run.Engine on ECS. It is safe for concurrent use, as its parts are.
type Engine struct {
	*Launcher
	*Describer
	*Lister
	*Stopper
}

// New makes an Engine of a client.
func New(client API) *Engine {
	return &Engine{
		Launcher:  NewLauncher(client),
		Describer: NewDescriber(client),
		Lister:    NewLister(client),
		Stopper:   NewStopper(client),
	}
}
