// Package lambdaio converts Lambda payloads to calls of use cases, and their results to Lambda answers.
//
// HTTP serves payload 2.0 events of an API Gateway HTTP API with any http.Handler. Step serves the state machine's Task states.
// TaskEvent, Sweep and Schedule handle events of EventBridge, Notify those of a DynamoDB stream. All of them return a Function:
// lambda.Start runs it, and local mode calls it in its own process. One table, in errors.go, names the errors. The Retry and Catch of
// statemachine/run.asl.json match these names, so they are API.
package lambdaio
