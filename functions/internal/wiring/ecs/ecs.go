// Package ecs builds a function's parts that call ECS. Package awsecs sets how often each call is tried.
package ecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awsecs"
)

// Engine returns the part that launches, describes, lists and stops tasks. A function's binary holds only those operations that it calls.
func Engine(rt *runtime.Runtime) *awsecs.Engine { return awsecs.New(ecs.NewFromConfig(rt.AWS)) }

// Catalog returns the part that looks up task definitions and clusters.
func Catalog(rt *runtime.Runtime) *awsecs.Catalog {
	return awsecs.NewCatalog(ecs.NewFromConfig(rt.AWS))
}

// Registrar returns the part that registers, describes, lists and deregisters task definitions.
func Registrar(rt *runtime.Runtime) *awsecs.Registrar {
	return awsecs.NewRegistrar(ecs.NewFromConfig(rt.AWS))
}
