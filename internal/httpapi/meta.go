package httpapi

import "net/http"

// Meta is what a Davit is and what it can do. It holds nothing secret, and nothing of a caller's.
type Meta struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"` // "" where the build does not record it
	Region  string `json:"region"`           // `local` in local mode
	// Prefix begins the startedBy of Davit's tasks.
	Prefix string `json:"prefix"`
	// Mode is ModeAWS or ModeLocal.
	Mode     string   `json:"mode"`
	Features Features `json:"features"`
}

// Values of Meta.Mode.
const (
	ModeAWS   = "aws"
	ModeLocal = "local"
)

// Features is what is switched on.
type Features struct {
	// TaskEvents reports whether ECS's events wake runs; without them they are polled.
	TaskEvents bool `json:"taskEvents"`
	// Logs reports whether the output of any container may be read.
	Logs bool `json:"logs"`
	// DefinitionWrites reports whether callers may register and deregister task definitions.
	DefinitionWrites bool `json:"definitionWrites"`
	// ExecuteCommand reports whether callers may ask for ECS Exec.
	ExecuteCommand bool `json:"executeCommand"`
	// Authorization is IAM, JWT or NONE.
	Authorization string `json:"authorization"`
	// OwnerScope is whose runs an owner's are: those of a role, or of one session of it.
	OwnerScope string `json:"ownerScope"`
	// Visibility is whose runs a caller sees: those of the stack, or its owner's.
	Visibility string `json:"visibility"`
}

// Values of Features.OwnerScope and Features.Visibility.
const (
	OwnerIsRole    = "role"
	OwnerIsSession = "session"
	SeesStack      = "stack"
	SeesOwn        = "owner"
)

// About is GET /meta: 200 with m and its ETag, or 304 where If-None-Match has that.
func About(m Meta, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, _ string) error {
		if err := checkNoQuery(r); err != nil {
			return err
		}
		o.writeTagged(w, r, m)
		return nil
	})
}
