package scripted

import (
	"strings"
	"sync"

	"davit/internal/localecs/process"
)

// ByEnv picks by the value of an environment variable; a value that is not in the map has the zero Script.
func ByEnv(name string, scripts map[string]Script) Pick {
	return func(spec process.Spec) Script { return scripts[Env(spec, name)] }
}

// ByCommand picks by the first word of the command.
func ByCommand(scripts map[string]Script) Pick {
	return func(spec process.Spec) Script {
		if len(spec.Argv) == 0 {
			return Script{}
		}
		return scripts[spec.Argv[0]]
	}
}

// InTurn hands each process that starts the next script, and the last one to all that follow.
func InTurn(scripts ...Script) Pick {
	var mu sync.Mutex
	return func(process.Spec) Script {
		mu.Lock()
		defer mu.Unlock()
		if len(scripts) == 0 {
			return Script{}
		}
		next := scripts[0]
		if len(scripts) > 1 {
			scripts = scripts[1:]
		}
		return next
	}
}

// Env is a variable of the process's environment, empty when it is not set.
func Env(spec process.Spec, name string) string {
	for _, kv := range spec.Env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}
