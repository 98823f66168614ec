// Package faults makes the local ECS misbehave on order: throttle, answer late, lose replies, hide new tasks, refuse placements.
package faults
