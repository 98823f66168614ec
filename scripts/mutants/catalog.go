package main

import "slices"

const domain = "internal/run/"

// definition is the state machine's. Its own package has no tests.
const (
	definition      = "statemachine/run.asl.json"
	definitionTests = "./internal/lambdaio ./internal/local " + simulator
)

// catalog returns all mistakes.
func catalog() []mutant {
	return slices.Concat(unclearCalls(), launchCalls(), records(), notice(), locks(), untested(), edges(), stores(), definitions())
}
