package run

import (
	"regexp"
	"strings"
)

// secretNames are parts of the names of options that hold secrets: splunk-token, apikey, http_passwd, license_key. The options of drivers and of FireLens' outputs are a
// plugin's own, so that no list of them is whole.
var secretNames = regexp.MustCompile(`token|secret|passw|pwd|credential|api[-_.]?key|access[-_.]?key|license[-_.]?key|private[-_.]?key|shared[-_.]?key|signature|authorization|^auth$|^header`)

// SecretOption reports whether an option of a log configuration is named like one that holds a secret. Its value is masked in answers.
func SecretOption(name string) bool { return secretNames.MatchString(strings.ToLower(name)) }
