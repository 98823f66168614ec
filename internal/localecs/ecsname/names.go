package ecsname

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"davit/internal/localecs/ecserror"
)

// ValidName is what ECS takes as the name of a family, a container or a cluster. Such a name is safe in a path.
var ValidName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// ValidStartedBy holds for every task; RunTask and StartTask differ in the length. ECS's pages allow fewer characters than ECS takes: its own
// tasks say "AWS Step Functions".
var ValidStartedBy = regexp.MustCompile(`^[\pL\pM\pN\pP\pS ]+$`)

// ValidToken is a client token: up to 64 characters of ASCII 33 to 126.
var ValidToken = regexp.MustCompile(`^[!-~]{1,64}$`)

// CheckInclude refuses what a describe call cannot include.
func CheckInclude[T interface {
	~string
	Values() []T
}](include []T) error {
	for _, f := range include {
		if !slices.Contains(f.Values(), f) {
			return ecserror.Invalid("include should be one of %s.", strings.Join(strings.Fields(fmt.Sprint(f.Values())), ", "))
		}
	}
	return nil
}
