// Package statemachine embeds the definition of Davit's state machine. SAM substitutes its ${Placeholders} when it deploys, the local
// interpreter when it starts.
package statemachine

import _ "embed"

// Run is the definition, in the Amazon States Language.
//
//go:embed run.asl.json
var Run []byte
