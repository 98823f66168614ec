// Package ecserror holds the errors that ECS's wire protocol answers.
package ecserror
