package doctor

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// meta is what the checks read of GET /meta. What an older server does not report is nil.
type meta struct {
	Version  string `json:"version"`
	Mode     string `json:"mode"`
	Features struct {
		Logs             *bool `json:"logs"`
		DefinitionWrites *bool `json:"definitionWrites"`
	} `json:"features"`
}

// off names what is switched off, with the parameter that switches it on.
func (m meta) off() string {
	var names []string
	if on := m.Features.Logs; on != nil && !*on {
		names = append(names, "logs (LogGroups)")
	}
	if on := m.Features.DefinitionWrites; on != nil && !*on {
		names = append(names, "def register (AllowDefinitionWrites)")
	}
	return strings.Join(names, ", ")
}

// version compares the server's with this program's, and names what the server has switched off.
func (x *examination) version(ctx context.Context) Check {
	a, err := x.target.Call(ctx, http.MethodGet, "/meta", nil, true)
	var m meta
	switch {
	case err != nil:
		return x.failed("version", err)
	case a.Status == http.StatusNotFound:
		return Check{Text: "version: the server is older than this program: it has no logs, rerun or meta", Do: "update it: the stack, or `davit local`"}
	case a.Status != http.StatusOK, json.Unmarshal(a.Body, &m) != nil, m.Version == "":
		return x.failed("version", problemOf(a))
	}
	text := "version: server " + m.Version
	if m.Mode == "local" {
		text = "version: local mode " + m.Version
	}
	return Check{OK: true, Text: text + part(", this program ", x.own) + part("; switched off: ", m.off())}
}
