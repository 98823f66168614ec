// Package lambdaio turns Lambda's payloads into calls, and what comes of them into what Lambda answers.
//
// HTTP serves payload 2.0 events of an API Gateway HTTP API with any http.Handler. Step is Launch and Observe
// in the state machine. TaskEvent and Sweep take events of EventBridge. All of them are a Function: lambda.Start runs
// it, and local mode calls it in its own process. Errors leave under the names of one table, names.go,
// which the Retry and Catch of statemachine/run.asl.json match; they are API.
package lambdaio
