// Package placement decides on which machine of the local ECS a task is placed: constraints, attributes, strategies, sizes and ports. It decides over machines
// and loads alone.
package placement
