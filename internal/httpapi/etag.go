package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// tagBytes is how many bytes of the body's hash its ETag holds.
const tagBytes = 15

// writeTagged writes value as a 200 with an ETag, or a 304 without a body where If-None-Match has it. The tag is of the body itself, so that it changes with the
// record, with the program that shows it, and with nothing else.
func (o Options) writeTagged(w http.ResponseWriter, r *http.Request, value any) {
	body, err := encode(value)
	if err != nil {
		o.writeJSON(w, r, http.StatusOK, value) // which reports it
		return
	}
	writeTaggedBody(w, r, "application/json", body)
}

// writeTaggedBody is writeTagged for an encoded body. A Link that is set already is part of the tag.
func writeTaggedBody(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	hash := sha256.New()
	for _, part := range []string{contentType, w.Header().Get("Link")} {
		if contentType != "application/json" { // whose body has everything
			_, _ = hash.Write([]byte(part + "\n")) // a hash never fails
		}
	}
	_, _ = hash.Write(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:tagBytes]) + `"`
	w.Header().Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeBody(w, http.StatusOK, contentType, body)
}

// matches reports whether one of the tags of If-None-Match is tag. As RFC 9110 asks, a weak one is compared by its text alone, and * is any.
func matches(fields []string, tag string) bool {
	for _, field := range fields {
		for given := range strings.SplitSeq(field, ",") {
			given = strings.TrimSpace(given)
			if given == "*" || strings.TrimPrefix(given, "W/") == tag {
				return true
			}
		}
	}
	return false
}
