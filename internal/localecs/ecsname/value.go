package ecsname

import "time"

// Value returns what p points to; the zero value for nil.
func Value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// OrDefault returns v, and def where v is not above 0.
func OrDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// OrEmpty returns the list, and an empty one for nil: ECS shows lists that are empty.
func OrEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// First returns the override, else the container's own value, else 0.
func First(override, own *int32) int32 {
	if override != nil {
		return *override
	}
	return Value(own)
}

// Seconds returns a duration of n seconds; 0 for nil.
func Seconds(n *int32) time.Duration { return time.Duration(Value(n)) * time.Second }
