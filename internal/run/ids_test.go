package run

import (
	"regexp"
	"strings"
	"testing"
)

var idForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

func TestKeyIDKeepsCallersApart(t *testing.T) {
	if got := keyID("role/a", "k"); got != "rpjy3fhiddyfbieat3irftqd5i" {
		t.Errorf("a key's run is named %s: records of earlier versions would not be found", got)
	}
	seen := map[string]string{}
	text := "role/abc\x00123456789\x00key" // every split of one text is another caller and key
	for i := range len(text) + 1 {
		id := keyID(text[:i], text[i:])
		if !idForm.MatchString(id) || !ValidID(id) {
			t.Fatalf("%q is no id", id)
		}
		if other, has := seen[id]; has {
			t.Errorf("%q and %q meet", other, text[:i])
		}
		seen[id] = text[:i]
	}
	for _, pair := range [][4]string{{"a", "1b", "a1", "b"}, {"", "3abc", "abc", ""}, {"c\x001\x00", "x", "c", "1\x00x"}} {
		if keyID(pair[0], pair[1]) == keyID(pair[2], pair[3]) {
			t.Errorf("%q", pair)
		}
	}
}

func TestRandomIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := randomText(idLength)
		if !ValidID(id) || seen[id] {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
	if len(randomText(incarnationLength)) != incarnationLength {
		t.Error("born")
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		testID: true, strings.Repeat("2", 26): true, "": false, testID[:25]: false, testID + "a": false,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ": false, "abcdefghijklm1opqrstuvwxyz": false, "abcdefghijklm-opqrstuvwxyz": false, strings.Repeat("é", 13): false,
		"abcdefghijklm/opqrstuvwxyz": false,
	} {
		if got := ValidID(id); got != want {
			t.Errorf("%q: %v, want %v", id, got, want)
		}
	}
}

func TestStartedByRoundTrip(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{1,36}$`)
	for _, prefix := range []string{"d", "davit", "abcdef"} {
		for attempt := 1; attempt <= 20; attempt++ {
			text := StartedBy(prefix, testID, attempt)
			if !form.MatchString(text) {
				t.Errorf("%q is no startedBy of StartTask", text)
			}
			id, n, ok := ParseStartedBy(prefix, text)
			if !ok || id != testID || n != attempt {
				t.Errorf("%q reads %q %d %v", text, id, n, ok)
			}
			if next := nextStartedBy(text, attempt+1); next != StartedBy(prefix, testID, attempt+1) {
				t.Errorf("after %q comes %q", text, next)
			}
		}
	}
	for _, foreign := range []string{
		"", "davit", "davit-", "ecs-svc/123", "other-" + testID + "-01", "davit-" + testID, "davit-" + testID + "-1", "davit-" + testID + "-001",
		"davit-" + testID + "-00", "davit-" + testID + "-+1", "davit-" + testID + "--1", "davit-" + testID + "-xx", "davit-" + strings.ToUpper(testID) + "-01",
		"davit-" + testID + "_01", "davits-" + testID + "-01",
	} {
		if id, n, ok := ParseStartedBy("davit", foreign); ok {
			t.Errorf("%q reads as %q %d", foreign, id, n)
		}
	}
}

func TestExecutionNameRoundTrip(t *testing.T) {
	for _, generation := range []int{1, 2, 10, 999_999_999} {
		x := Execution{testID, testIncarnation, generation}
		if len(x.Name()) > 80 || strings.ContainsAny(x.Name(), " <>{}[]?*\"#%\\^|~`$&,;:/") {
			t.Errorf("%q is no execution name", x.Name())
		}
		switch got, ok := ParseExecution(x.Name()); {
		case !ok:
			t.Error("ok is false, want true")
		case got != x:
			t.Errorf("got is %v, want %v", got, x)
		}
	}
	good := Execution{testID, testIncarnation, 1}.Name()
	for _, bad := range []string{"", "x", good[1:], good + "-1", strings.TrimSuffix(good, "1"), strings.TrimSuffix(good, "1") + "0", strings.TrimSuffix(good, "1") + "01", strings.TrimSuffix(good, "1") + "+1"} {
		if x, ok := ParseExecution(bad); ok {
			t.Errorf("%q reads as %+v", bad, x)
		}
	}
}

func TestTokens(t *testing.T) {
	r, reincarnated := newRun(1), newRun(1)
	reincarnated.Incarnation = "anotherx"
	seen := map[string]bool{}
	for _, one := range []*Run{r, reincarnated} {
		for attempt := 1; attempt <= 20; attempt++ {
			for call := 1; call <= 10; call++ {
				token := one.token(attempt, call)
				if len(token) > 64 || strings.IndexFunc(token, func(c rune) bool { return c < 33 || c > 126 }) >= 0 {
					t.Fatalf("%q is no client token", token)
				}
				if token != one.Clone().token(attempt, call) {
					t.Fatal("a token changes when it is made again")
				}
				if seen[token] {
					t.Fatalf("attempt %d call %d has the token of another call", attempt, call)
				}
				seen[token] = true
			}
		}
	}
}

func TestFamilyOf(t *testing.T) {
	for name, want := range map[string]string{
		"job": "job", "job:3": "job", "arn:aws:ecs:eu-west-1:1:task-definition/job:3": "job", "": "", ":": "", "a/": "",
	} {
		if got := familyOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
