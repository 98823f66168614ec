package clusterquery

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// host has something for every subject.
func host() *Instance {
	return &Instance{
		AgentConnected: true, AgentVersion: "1.14.5", EC2InstanceID: "i-abcd1234",
		RegisteredAt: time.Date(2018, 6, 18, 22, 28, 28, 0, time.UTC), RunningTasks: 2,
		Attributes: map[string]string{
			"ecs.instance-type": "g2.2xlarge", "ecs.availability-zone": "us-east-1a", "stack": "prod", "rank": "9",
			"path": `C:\a/b`, "note": "blue @ night", "bare": "",
		},
		Groups: []string{"service:production", "database"},
	}
}

func TestMatches(t *testing.T) {
	for text, want := range map[string]bool{
		// every operator by its symbol and by its word
		`attribute:stack == prod`:              true,
		`attribute:stack equals test`:          false,
		`attribute:stack != prod`:              false,
		`attribute:stack not_equals test`:      true,
		`attribute:rank > 10`:                  false,
		`attribute:rank greater_than 8.5`:      true,
		`attribute:rank >= 9`:                  true,
		`attribute:rank greater_than_equal 10`: false,
		`attribute:rank < 10`:                  true,
		`attribute:rank less_than 9`:           false,
		`attribute:rank <= 9`:                  true,
		`attribute:rank less_than_equal 8`:     false,
		`attribute:stack exists`:               true,
		`attribute:other exists`:               false,
		`attribute:stack !exists`:              false,
		`attribute:other not_exists`:           true,
		`attribute:stack in [test, prod]`:      true,
		`attribute:stack in [test]`:            false,
		`attribute:stack !in [test, prod]`:     false,
		`attribute:stack not_in [test]`:        true,
		`attribute:ecs.instance-type =~ g2.*`:  true,
		`attribute:stack matches p.?d`:         false,
		`attribute:stack !~ 'pr(od|o)'`:        false,
		`attribute:stack not_matches [a-o].*`:  true,
		// text
		`attribute:stack > papa`:             true,
		`attribute:stack == Prod`:            false,
		`attribute:path == C:\a/b`:           true,
		`attribute:note == 'blue @ night'`:   true,
		`attribute:note =~ "blue (@) .*"`:    true,
		`attribute:stack =~ pro`:             false, // a pattern is of the whole value
		`attribute:bare exists`:              true,
		`attribute:bare == ''`:               true,
		`attribute:other == ''`:              false,
		`attribute:other != prod`:            true,
		`attribute:other > 1`:                false,
		`attribute:other !~ .*`:              true,
		`attribute:stack==prod`:              true,
		`attribute:stack in['prod' ,"test"]`: true,
		// the other subjects
		`agentConnected == true`:                    true,
		`agentConnected != true`:                    false,
		`agentConnected in [false]`:                 false,
		`agentVersion < 1.14.5`:                     false,
		`agentVersion < 1.14.10`:                    true,
		`agentVersion >= 1.9`:                       true,
		`agentVersion == 1.14.5.0`:                  true,
		`ec2InstanceId in ['i-abcd1234', 'i-wxyz']`: true,
		`ec2InstanceId =~ i-ab.*`:                   true,
		`registeredAt < 2018-02-13`:                 false,
		`registeredAt > 2018-06-18`:                 true,
		`registeredAt == 2018-06-18T22:28:28Z`:      true,
		`registeredAt <= 2018-06-18T22:28:28`:       true,
		`registeredAt < 2018-06-19T00:28:29+02:00`:  true,
		`runningTasksCount == 2`:                    true,
		`runningTasksCount > 10`:                    false,
		`task:group == service:production`:          true,
		`task:group == database`:                    true,
		`not(task:group == database)`:               false,
		`task:group != cache`:                       true,
		`task:group != database`:                    false,
		`task:group in [cache, database]`:           true,
		`task:group exists`:                         true,
		// joined
		`attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d`: true,
		`attribute:ecs.instance-type =~ g2.*&&attribute:stack == test`:                          false,
		`attribute:a exists or attribute:b exists || attribute:stack exists`:                    true,
		// and binds closer than or
		`attribute:stack exists or attribute:a exists and attribute:b exists`:   true,
		`(attribute:stack exists or attribute:a exists) and attribute:b exists`: false,
		`!attribute:stack exists`:                         false,
		`not not attribute:stack exists`:                  true,
		`!(attribute:a exists) and attribute:stack==prod`: true,
		`not attribute:a exists or attribute:a exists`:    true,
		"((\tattribute:stack\n==\rprod))":                 true,
		`attribute:and == and`:                            false,
	} {
		q, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := q.Matches(host()); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]string{
		``:                                    "at character 1: a subject is missing",
		`   `:                                 "at character 4: a subject is missing",
		`stack == prod`:                       `at character 1: "stack" is not a subject`,
		`attribute: == prod`:                  `"attribute:" is not a subject`,
		`attribute:stack`:                     "at character 16: an operator is missing",
		`attribute:stack prod`:                "at character 17: an operator is missing",
		`attribute:stack = prod`:              "an operator is missing",
		`attribute:stack instead of`:          "an operator is missing",
		`attribute:stack ==`:                  "at character 19: the argument is missing",
		`attribute:stack == a b`:              `at character 22: "b" is not expected here`,
		`attribute:stack == 'prod`:            "the quotation mark ' is not closed",
		`attribute:stack in prod`:             "at character 20: a list is missing",
		`attribute:stack in []`:               "the argument is missing",
		`attribute:stack in [a b]`:            "the list is not closed by ]",
		`attribute:stack in [a,`:              "the argument is missing",
		`attribute:stack =~ '('`:              "at character 20: the pattern cannot be used",
		`attribute:stack =~ '(?=a)a'`:         "the pattern cannot be used",
		`attribute:stack == a and`:            "a subject is missing",
		`attribute:stack == a and and b == c`: `"and" is not a subject`,
		`(attribute:stack == a`:               "a closing parenthesis is missing",
		`attribute:stack == a)`:               `")" is not expected here`,
		`not`:                                 "a subject is missing",
		`agentConnected == maybe`:             "agentConnected: true or false is expected",
		`agentConnected > true`:               "greater_than cannot be used with agentConnected",
		`agentVersion =~ 1.*`:                 "matches cannot be used with agentVersion",
		`agentVersion == one`:                 "a version such as 1.14.5 is expected",
		`registeredAt == today`:               "a date such as 2018-06-18 or 2018-06-18T22:28:28Z is expected",
		`runningTasksCount in [1]`:            "in cannot be used with runningTasksCount",
		`runningTasksCount == -1`:             "a whole number is expected",
		`ec2InstanceId exists`:                "exists cannot be used with ec2InstanceId",
		"attribute:stack == \xff":             "the text is not UTF-8",
		strings.Repeat("(", 2001):             "at most 2000 characters, not 2001",
	} {
		_, err := Parse(text)
		if wrong := new(SyntaxError); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v does not say %q", text, err, want)
		}
	}
}

// TestLength holds the limit of 2,000 characters, which are not bytes.
func TestLength(t *testing.T) {
	for _, fill := range []string{"a", "é"} {
		text := "attribute:stack == "
		text += strings.Repeat(fill, 2000-len(text))
		if _, err := Parse(text); err != nil {
			t.Errorf("2000 characters: %v", err)
		}
		if _, err := Parse(text + fill); err == nil {
			t.Error("2001 characters are taken")
		}
	}
}

// TestNegationIsTheOpposite compares each negated operator with its counterpart on instances with and without the attribute.
func TestNegationIsTheOpposite(t *testing.T) {
	for _, pair := range [][2]string{{"==", "!="}, {"=~", "!~"}, {"exists", "!exists"}, {"in", "!in"}} {
		for _, subject := range []string{"attribute:stack", "attribute:none", "task:group"} {
			argument := map[string]string{"==": "prod", "=~": "prod", "in": "[prod, database]"}[pair[0]]
			plain, err1 := Parse(fmt.Sprintf("%s %s %s", subject, pair[0], argument))
			negated, err2 := Parse(fmt.Sprintf("%s %s %s", subject, pair[1], argument))
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			if plain.Matches(host()) == negated.Matches(host()) {
				t.Errorf("%s %s: %s says the same", subject, pair[0], pair[1])
			}
		}
	}
}

// FuzzParse looks for texts that crash, and for expressions that do not stand in parentheses or negated as they stand alone.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`attribute:a == b`, `not(task:group != x) or attribute:y in ['1',2]`, `agentVersion < 1.14.5 && registeredAt >= 2018-02-13`, `attribute:x =~ g2.*||!a`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			return
		}
		wrapped, err := Parse("!(" + text + ")")
		if len(text) > maxLength-3 {
			return
		}
		if err != nil || wrapped.Matches(host()) == q.Matches(host()) {
			t.Errorf("!(%s): %v", text, err)
		}
	})
}
