package template_test

import (
	"fmt"
	"slices"
	"testing"
)

// check returns the faults of a template; none when it is right.
type check func(s stack) faults

type faults []string

func (f *faults) addf(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// differ adds a fault for each item that only one side has.
func (f *faults) differ(what string, have, want []string) {
	for _, name := range want {
		if !slices.Contains(have, name) {
			f.addf("%s: %s is missing", what, name)
		}
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			f.addf("%s: %s is over", what, name)
		}
	}
}

var checks = map[string]check{
	"functions":   checkFunctions,
	"logs":        checkLogs,
	"alarms":      checkAlarms,
	"queues":      checkQueues,
	"table":       checkTable,
	"machine":     checkMachine,
	"rules":       checkEventRules,
	"stream":      checkStream,
	"routes":      checkRoutes,
	"scopes":      checkScopes,
	"invokers":    checkInvokers,
	"parameters":  checkParameters,
	"environment": checkEnvironment,
	"permissions": checkPermissions,
	"stars":       checkStars,
	"narrow":      checkNarrow,
}

func TestTemplate(t *testing.T) {
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			if needsPrograms[name] {
				programs(t)
			}
			for _, fault := range check(load(t)) {
				t.Error(fault)
			}
		})
	}
}

// needsPrograms are the checks that need the built functions.
var needsPrograms = map[string]bool{"environment": true, "permissions": true}
