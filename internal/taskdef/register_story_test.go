package taskdef

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"davit/internal/run"
)

// definitionBody is a body of family job; equal numbers ask for the same.
func definitionBody(n int) []byte { return fmt.Appendf(nil, `{"family":"job","cpu":"%d"}`, n) }

// What comes of registering again and again: each step names a body, or a revision to deregister.
func TestRegisterStories(t *testing.T) {
	for name, c := range map[string]struct{ steps, want string }{
		"the same again":                    {"1 1 1", "201:1 200:1 200:1"},
		"there and back":                    {"1 2 1 1", "201:1 201:2 201:3 200:3"},
		"deregistered, and again":           {"1 -1 1", "201:1 201:2"},
		"deregistered, and the one before":  {"1 2 -2 1", "201:1 201:2 200:1"},
		"deregistered, and not the latest":  {"1 2 -1 1 2", "201:1 201:2 201:3 201:4"},
		"all deregistered, and again twice": {"1 2 -1 -2 2 2", "201:1 201:2 201:3 200:3"},
	} {
		t.Run(name, func(t *testing.T) {
			g := registrarOf(&fakeTaskDefinitions{})
			var got []string
			for step := range strings.FieldsSeq(c.steps) {
				if revision, is := strings.CutPrefix(step, "-"); is {
					if _, err := g.Deregister(context.Background(), "job:"+revision); err != nil {
						t.Fatal(err)
					}
					continue
				}
				got = append(got, registered(t, g, `{"family":"job","cpu":"`+step+`"}`))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

// registered is the status and revision that a registration is answered with.
func registered(t *testing.T, g *Registrar, body string) string {
	t.Helper()
	res, err := g.Register(context.Background(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if (Definition{Tags: res.Tags}).tag(ContentTag) == "" {
		t.Errorf("%s has the tags %v", res.Definition, res.Tags)
	}
	status, revision := 200, 0
	if res.Created {
		status = 201
	}
	if _, err := fmt.Sscanf(string(res.Definition), `{"family":"job","revision":%d,`, &revision); err != nil {
		t.Fatalf("%s: %v", res.Definition, err)
	}
	return fmt.Sprintf("%d:%d", status, revision)
}

// A reply that is lost costs no second revision: Davit looks, and so does the next try.
func TestRegisterWhoseReplyIsLost(t *testing.T) {
	for name, lost := range map[string]error{"dropped": lostReply(), "500": serverFault()} {
		t.Run(name, func(t *testing.T) {
			d := &fakeTaskDefinitions{}
			once := true
			d.after = func(op string) error {
				if op != "Register" || !once {
					return nil
				}
				once = false
				return lost
			}
			if got := registered(t, registrarOf(d), string(definitionBody(1))); got != "201:1" || len(d.revisions) != 1 {
				t.Errorf("%s, %d revisions", got, len(d.revisions))
			}
		})
		t.Run(name+" and the look too", func(t *testing.T) {
			d := &fakeTaskDefinitions{}
			silent := false
			d.before = func(string) error {
				if silent {
					return lost
				}
				return nil
			}
			d.after = func(op string) error {
				if op == "Register" {
					silent = true
					return lost
				}
				return nil
			}
			g := registrarOf(d)
			if _, err := g.Register(context.Background(), definitionBody(1)); run.CodeOf(err) != run.CodeUnavailable {
				t.Errorf("%v", err)
			}
			silent, d.after = false, nil
			if got := registered(t, g, string(definitionBody(1))); got != "200:1" || len(d.revisions) != 1 {
				t.Errorf("%s, %d revisions", got, len(d.revisions))
			}
		})
	}
}

// A definite refusal is not looked after: nothing was made.
func TestRegisterRefusedIsNotLookedFor(t *testing.T) {
	for name, refused := range map[string]error{"throttled": throttled(), "refused": refusal("ClientException", "no such role")} {
		d := &fakeTaskDefinitions{before: func(op string) error {
			if op == "Register" {
				return refused
			}
			return nil
		}}
		if _, err := registrarOf(d).Register(context.Background(), definitionBody(1)); err == nil || strings.Join(d.calls, ",") != "Describe job,Register" {
			t.Errorf("%s: %v after %v", name, err, d.calls)
		}
	}
}

// Two at once that both saw nothing make two revisions of the same content; whoever comes later gets the latest of them.
func TestRegisterTwiceAtOnce(t *testing.T) {
	d := &fakeTaskDefinitions{}
	d.put("job", "ACTIVE") // somebody's own, without a hash
	g := registrarOf(d)
	other := true
	d.after = func(op string) error {
		if op == "Describe" && other {
			other = false
			registered(t, g, string(definitionBody(1)))
		}
		return nil
	}
	// The other one registers between this one's look and its call.
	if got := registered(t, g, string(definitionBody(1))); got != "201:3" {
		t.Errorf("%s", got)
	}
	if got := registered(t, g, string(definitionBody(1))); got != "200:3" {
		t.Errorf("%s", got)
	}
}

// ECS may show a revision as a family's latest for a while after it was deregistered: it is INACTIVE, and no run could use it.
func TestRegisterWhileTheLatestIsInactive(t *testing.T) {
	hash, err := contentHash(definitionBody(1))
	if err != nil {
		t.Fatal(err)
	}
	for status, sent := range map[string]int{"ACTIVE": 0, "INACTIVE": 1, "DELETE_IN_PROGRESS": 1} {
		d := &fakeDefinitions{latest: fmt.Appendf(nil, `{"status":%q}`, status), tags: []Tag{{ContentTag, hash}}}
		switch res, err := registrarOf(d).Register(context.Background(), definitionBody(1)); {
		case err != nil:
			t.Errorf("%s: error %v", status, err)
		case len(d.sent) != sent:
			t.Errorf("%s: len(d.sent) is %v, want %v", status, len(d.sent), sent)
		case res.Created != (sent == 1):
			t.Errorf("%s: res.Created is %v, want %v", status, res.Created, (sent == 1))
		}
	}
}

// The tags of the caller and of Davit are judged together with the rest of the body.
func TestRegisterJudgesTags(t *testing.T) {
	d := &fakeTaskDefinitions{}
	_, err := registrarOf(d).Register(context.Background(), []byte(`{"family":"job","tags":[{"key":"`+ContentTag+`","value":"x"}]}`))
	if got := faults(run.ViolationsOf(err)); len(got) != 1 || got[0] != "/tags/0/key DV-22" || len(d.calls) > 0 {
		t.Errorf("%v, ECS was asked %v", err, d.calls)
	}
}
