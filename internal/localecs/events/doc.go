// Package events hands task state change events over, at least once and in order for each task.
package events
