package target_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/cli/target"
)

func kindOf(err error) target.Kind {
	var e *target.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func load(t *testing.T, text string) (*target.Config, string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "davit", "config.yaml")
	if text != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := target.Load(file)
	return c, file, err
}

func TestConfig_SavedAndLoaded_IsTheSame(t *testing.T) {
	c, file, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []target.Context{
		{Name: "prod", URL: "https://a1.execute-api.eu-west-1.amazonaws.com", Stack: "davit", Region: "eu-west-1", Profile: "work", Auth: target.SigV4},
		{Name: "ci", URL: "https://jobs.example.com", Token: "abc"},
	} {
		if err := c.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Use("prod"); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := target.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c.All(), again.All()); d != "" {
		t.Errorf("saved and loaded differ (-saved +loaded):\n%s", d)
	}
	if got := again.Current(); got != "prod" {
		t.Errorf("current %q, want prod", got)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v, want 0600", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".config-*")); len(left) > 0 {
		t.Errorf("got left over files %v, want none", left)
	}
}

func TestConfig_BadFile_NamesTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a misspelled member": {"contexts:\n  - name: prod\n    url: https://a\n    profil: work\n", "line 4: field profil not found"},
		"no YAML":             {"contexts: [\n", "line 1"},
		"a name twice":        {"contexts:\n  - {name: a, url: https://a}\n  - {name: a, url: https://b}\n", "context a is there twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, c.text)
			if kindOf(err) != target.KindFile {
				t.Errorf("kind %q, want %q", kindOf(err), target.KindFile)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestConfig_Local_AlwaysExists(t *testing.T) {
	c, _, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	x, err := c.Find(c.Current())
	if err != nil || x.URL != "http://127.0.0.1:3000" || x.Auth != target.None {
		t.Errorf("got %+v, error %v, want local mode's", x, err)
	}
	if err := c.Remove("local"); kindOf(err) != target.KindContext {
		t.Errorf("removed, error %v, want a refusal", err)
	}
	if err := c.Add(target.Context{Name: "local", URL: "http://127.0.0.1:4000"}); err != nil {
		t.Errorf("local on another port: error %v, want none", err)
	}
	if n := len(c.All()); n != 1 {
		t.Errorf("got %d contexts, want 1", n)
	}
	if err := c.Add(target.Context{Name: "local", URL: "https://example.com"}); kindOf(err) != target.KindContext {
		t.Errorf("local elsewhere: error %v, want a refusal", err)
	}
}

func TestConfig_RemoveTheCurrent_LocalIsCurrent(t *testing.T) {
	c, _, err := load(t, "current: a\ncontexts:\n  - {name: a, url: https://a}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Add(target.Context{Name: "a", URL: "https://b"}); err != nil {
		t.Fatal(err)
	}
	if x, err := c.Find("a"); err != nil || x.URL != "https://b" {
		t.Errorf("got %+v, error %v, want the new address", x, err)
	}
	if err := c.Remove("a"); err != nil {
		t.Fatal(err)
	}
	if got := c.Current(); got != "local" {
		t.Errorf("current %q, want local", got)
	}
	if err := c.Use("a"); kindOf(err) != target.KindContext {
		t.Errorf("error %v, want that there is none", err)
	}
}

func TestConfig_Save_ThroughALink_KeepsTheLink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	_, real, _ := load(t, "current: local\n")
	link := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	c, err := target.Load(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.Readlink(link); err != nil || got != real {
		t.Errorf("link to %q, error %v, want %q", got, err, real)
	}
}

func TestResolve_TokensThatOthersCanRead_AreExposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	for text, exposed := range map[string]bool{
		"contexts: [{name: a, url: https://a}]":             false,
		"contexts: [{name: a, url: https://a, token: abc}]": true,
	} {
		_, file, _ := load(t, text)
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := target.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		x, err := target.Resolve(t.Context(), c, target.Options{Context: "local"})
		if err != nil {
			t.Fatal(err)
		}
		if got := x.Exposed(); (got == file) != exposed {
			t.Errorf("%s: exposed %q, want %v", text, got, exposed)
		}
	}
}

func TestFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("other variables")
	}
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"home":           {map[string]string{"HOME": "/home/a"}, "/home/a/.config/davit/config.yaml"},
		"XDG":            {map[string]string{"HOME": "/home/a", "XDG_CONFIG_HOME": "/x"}, "/x/davit/config.yaml"},
		"a relative XDG": {map[string]string{"HOME": "/home/a", "XDG_CONFIG_HOME": "x"}, "/home/a/.config/davit/config.yaml"},
		"nothing":        {nil, ""},
	} {
		for _, variable := range []string{"HOME", "XDG_CONFIG_HOME"} {
			t.Setenv(variable, c.env[variable])
		}
		got, err := target.File()
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: got %q, error %v, want %q", name, got, err, c.want)
		}
	}
}
