// Package config reads and checks a Lambda function's environment variables, once at its start.
//
// A function reads from an Env the variables that it needs and no others. Env collects what is missing or not allowed, so that one
// start reports every fault, with the variable and its allowed values. The packages of functions/internal/wiring build the
// function's parts from an Env.
package config
