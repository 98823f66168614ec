// Package journal keeps the records of the local ECS in bbolt, in groups, so that they survive a restart.
package journal
