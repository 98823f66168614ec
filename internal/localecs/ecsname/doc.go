// Package ecsname holds the names of the local ECS: ARNs, ids, the pages of lists by name, and reading optional members.
package ecsname
