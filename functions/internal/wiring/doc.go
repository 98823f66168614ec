// Package wiring holds the packages that build a function's parts from its environment variables. Each is named after what it links and
// links at most one AWS service, because every linked service lengthens a function's cold start:
//
//	runtime         the AWS configuration, the logger, and the start of the Lambda runtime
//	dynamodb        the store
//	ecs             the ECS client
//	sfn             the state machine
//	events          the event bus
//	cloudwatchlogs  the output of containers
//	web             the routes of the HTTP API
//	submit          the use case behind POST /runs and behind schedules
package wiring
