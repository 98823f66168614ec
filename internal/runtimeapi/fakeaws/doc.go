// Package fakeaws holds what stands in for AWS while a function is tried on one machine: DynamoDB, ECS, Step Functions and EventBridge
// on loopback ports, with the runs that the samples of package events speak of. It keeps nothing.
package fakeaws
