// Package control is the control plane of the local ECS: clusters, task definitions, container instances and tasks, and the operations on them. It knows no HTTP.
package control
