// Package config reads a Lambda function's environment: once, at its start, typed.
//
// A function asks an Env for the variables that it needs and for no others. What is missing or not allowed is collected, so that one
// start names every fault, with the variable and what it may be. The packages of functions/internal/wiring make the
// function's parts of it.
package config
