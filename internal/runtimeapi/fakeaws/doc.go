// Package fakeaws serves fakes of DynamoDB, ECS, Step Functions and EventBridge on loopback ports, so that a function can be invoked without
// AWS. They hold the task definition and the runs that the samples of package events refer to. Nothing is kept after Close.
package fakeaws
