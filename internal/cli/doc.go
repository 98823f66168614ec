// Package cli is the command line of Davit: a command for each thing that a person does with runs, on cobra. It talks to the API with package client, finds it with
// package target, and writes what package render makes of the answers.
//
// Data is written to stdout; progress, hints and refusals are written to stderr.
package cli
