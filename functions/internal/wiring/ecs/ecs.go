// Package ecs makes a function's parts that call ECS. Package awsecs sets how often each call is tried.
package ecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awsecs"
)

// Engine launches, describes, lists and stops tasks. What a function does not call, its binary does not hold.
func Engine(rt *runtime.Runtime) *awsecs.Engine { return awsecs.New(ecs.NewFromConfig(rt.AWS)) }

// Catalog looks task definitions and clusters up.
func Catalog(rt *runtime.Runtime) *awsecs.Catalog {
	return awsecs.NewCatalog(ecs.NewFromConfig(rt.AWS))
}

// Registrar registers, describes, lists and deregisters task definitions.
func Registrar(rt *runtime.Runtime) *awsecs.Registrar {
	return awsecs.NewRegistrar(ecs.NewFromConfig(rt.AWS))
}
