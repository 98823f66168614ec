// Package fakeaws serves fakes of DynamoDB, ECS, Step Functions, EventBridge and CloudWatch Logs on loopback ports, so that a function can be invoked without
// AWS. They hold the task definition, the runs and the output that the samples of package events refer to. Nothing is kept after Close.
package fakeaws
