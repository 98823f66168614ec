// Package wiring holds the packages that make a function's parts of its environment. Each is named after what it links, at most one AWS
// service, because the start of a function pays for every service that it links:
//
//	runtime   AWS configuration, logs, and the start of the Lambda runtime
//	dynamodb  the store
//	ecs       the ECS client
//	sfn       the state machine
//	events    the event bus
//	web       the routes of the HTTP API
//	submit    the use case behind POST /runs and behind schedules
package wiring
