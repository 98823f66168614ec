package httpapi

import (
	"encoding/json"
	"testing"
)

func TestMask(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, ``},
		{`{`, ``},
		{`{} {}`, ``},
		{`null`, `null`},
		{` 1.50 `, ` 1.50 `},
		{`{ "b" : 1.50 , "a" : [ true , null, "x<\u2028" ] }`, `{"b":1.50,"a":[true,null,"x<\u2028"]}`},
		{`{"environment":[{"name":"A","value":"v"}]}`, `{"environment":[{"name":"A","value":"***"}]}`},
		{`[[{"environment":[{"value":"v"}]}]]`, `[[{"environment":[{"value":"***"}]}]]`},
		{`{"environment":[{"value":"v","value":"w"},null,7,{"value":null},{"value":{"a":"v"}}]}`, `{"environment":[{"value":"***","value":"***"},null,7,{"value":null},{"value":"***"}]}`},
		{`{"environment":[],"environment":[{"value":"v"}]}`, `{"environment":[],"environment":[{"value":"***"}]}`},
		{`{"environment":"production","dockerLabels":{"environment":"x"}}`, `{"environment":"production","dockerLabels":{"environment":"x"}}`},
		{`{"environment":{"environment":[{"value":"v"}]}}`, `{"environment":{"environment":[{"value":"***"}]}}`},
		{`{"tags":[{"key":"a","value":"b"}],"environmentFiles":[{"value":"arn:x","type":"s3"}]}`, `{"tags":[{"key":"a","value":"b"}],"environmentFiles":[{"value":"arn:x","type":"s3"}]}`},
		{`{"logConfiguration":{"logDriver":"splunk","options":{"splunk-url":"https://x","splunk-token":"t"},"secretOptions":[{"name":"splunk-token","valueFrom":"arn:x"}]}}`, `{"logConfiguration":{"logDriver":"splunk","options":{"splunk-url":"https://x","splunk-token":"***"},"secretOptions":[{"name":"splunk-token","valueFrom":"arn:x"}]}}`},
		{`{"logConfiguration":{"options":{"apikey":7,"Token":null,"x":{"token":"t"}},"environment":[{"value":"v"}]}}`, `{"logConfiguration":{"options":{"apikey":"***","Token":null,"x":{"token":"t"}},"environment":[{"value":"***"}]}}`},
		{`{"options":{"token":"t"},"logConfiguration":"token"}`, `{"options":{"token":"t"},"logConfiguration":"token"}`},
		{`{"a\"\n\u00e9<":1}`, `{"a\"\né<":1}`},
	} {
		if got := string(mask(json.RawMessage(test.in))); got != test.want {
			t.Errorf("mask(%s)\n  is %s\nwant %s", test.in, got, test.want)
		}
	}
}
