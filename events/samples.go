package events

import "embed"

// Samples are all files of this folder: for each function its triggers' events, in the shape in which the service sends them.
// <function>.json is the plainest of them, <function>-<variant>.json the others. env.json is not an event but what
// `sam local invoke --env-vars` and lambda-invoke give the functions.
//
//go:embed *.json
var Samples embed.FS
