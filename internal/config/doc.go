// Package config reads a Lambda function's environment: once, at its start, typed.
//
// A function asks an Env for the variables that it needs and for no others. What is missing or not allowed is collected, so that one
// start names every fault, with the variable and what it may be. The packages below this one make the function's parts of it; each of
// them imports at most one AWS service, because the start of a function pays for every service that it links:
//
//	boot     AWS configuration, logs, and the start of the Lambda runtime
//	table    the store on DynamoDB
//	engine   the ECS client
//	machine  the state machine
//	bus      the event bus
//	web      the routes of the HTTP API
package config
