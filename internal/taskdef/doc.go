// Package taskdef holds the use cases of task definitions: register, describe, list and deregister. ECS holds the truth; nothing of a definition is kept here.
// It imports internal/run for errors, violations and what a stack allows, and knows no transport.
package taskdef
