package run

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"davit/internal/jsontree"
)

// maxSeconds bounds every duration of a policy: one year.
const maxSeconds = 31_536_000

// DecodePolicy returns the defaults with what the policy sets, and every broken rule of it (the first 1,000). null is absent.
func DecodePolicy(n jsontree.Node) (Policy, []Violation) {
	p := DefaultPolicy()
	d := &policyReader{}
	top := d.object("/policy", n)
	top.member("retry", func(at string, v jsontree.Node) { d.retry(at, v, &p.Retry) })
	top.number("timeoutSeconds", maxSeconds, &p.TimeoutSeconds)
	top.number("startTimeoutSeconds", maxSeconds, &p.StartTimeoutSeconds)
	top.number("launchTimeoutSeconds", maxSeconds, &p.LaunchTimeoutSeconds)
	top.number("deadlineSeconds", maxSeconds, &p.DeadlineSeconds)
	top.member("overlap", func(at string, v jsontree.Node) { d.overlap(at, v, &p) })
	top.choice("placement", []string{Fill, AllOrNone, BestEffort}, &p.Placement)
	top.member("verdict", func(at string, v jsontree.Node) { d.verdict(at, v, &p.Verdict) })
	top.rest()
	sort.SliceStable(d.found, func(i, j int) bool { return d.found[i].Field < d.found[j].Field })
	return p, d.found
}

func (d *policyReader) retry(at string, n jsontree.Node, into *Retry) {
	o := d.object(at, n)
	o.number("maxAttempts", 20, &into.MaxAttempts)
	o.member("on", func(at string, v jsontree.Node) {
		if list, ok := d.texts(at, v); ok {
			d.classes(at, list)
			into.On = list
		}
	})
	o.number("intervalSeconds", 86_400, &into.IntervalSeconds)
	o.member("backoffRate", func(at string, v jsontree.Node) {
		rate, ok := v.Float64()
		if !ok || rate < 1 || rate > 100 {
			d.fault(at, RulePolicyValue, "allowed: a number from 1 to 100")
			return
		}
		into.BackoffRate = rate
	})
	o.number("maxIntervalSeconds", 86_400, &into.MaxIntervalSeconds)
	o.rest()
}

// classes adds a fault for each item that retry.on may not name.
func (d *policyReader) classes(at string, list []string) {
	for i, name := range list {
		if code, isExit := strings.CutPrefix(name, "EXIT:"); isExit {
			n, err := strconv.Atoi(code)
			if code == "*" || (err == nil && n >= 0 && n <= 255 && strconv.Itoa(n) == code) {
				continue
			}
		}
		switch Class(name) {
		case NeverStarted, StartedInPart, Interrupted, OutOfMemory, ClassTimeout:
		default:
			d.fault(fmt.Sprintf("%s/%d", at, i), RulePolicyValue, "allowed: NEVER_STARTED, STARTED_IN_PART, INTERRUPTED, OUT_OF_MEMORY, TIMED_OUT, EXIT:<0..255>, EXIT:*")
		}
	}
}

func (d *policyReader) overlap(at string, n jsontree.Node, p *Policy) {
	o := d.object(at, n)
	v := Overlap{Mode: OverlapAllow, Limit: 1, MaxQueued: 1000}
	o.member("key", func(at string, n jsontree.Node) {
		if length := utf8.RuneCountInString(n.Text); n.Kind != jsontree.String || length < 1 || length > 255 || strings.ContainsFunc(n.Text, unicode.IsControl) {
			d.fault(at, RuleGroup, "allowed: text of 1 to 255 characters, none of them a control character")
			return
		}
		v.Key = n.Text
	})
	o.choice("mode", []string{OverlapAllow, OverlapForbid, OverlapReplace, OverlapQueue}, &v.Mode)
	o.number("limit", 1000, &v.Limit)
	o.number("maxQueued", 5000, &v.MaxQueued)
	o.number("queueTimeoutSeconds", maxSeconds, &v.QueueTimeoutSeconds)
	if !o.has("key") && v.Mode != OverlapAllow {
		d.fault(at+"/key", RulePolicyValue, "required with mode "+v.Mode+": the key whose runs must not overlap")
	}
	o.rest()
	if v.Mode != OverlapAllow {
		p.Overlap = &v
	}
}

func (d *policyReader) verdict(at string, n jsontree.Node, into *Verdict) {
	o := d.object(at, n)
	o.member("container", func(at string, v jsontree.Node) {
		if v.Kind != jsontree.String || v.Text == "" {
			d.fault(at, RulePolicyValue, "allowed: the name of a container of the task definition")
			return
		}
		into.Container = v.Text
	})
	o.member("successExitCodes", func(at string, v jsontree.Node) {
		if !isListOf(v, isNumber) || len(v.Items) == 0 || len(v.Items) > 256 {
			d.fault(at, RulePolicyValue, "allowed: a list of 1 to 256 exit codes")
			return
		}
		into.SuccessExitCodes = nil
		for i, item := range v.Items {
			code, ok := item.Float64()
			if !ok || code != math.Trunc(code) || code < 0 || code > 255 {
				d.fault(fmt.Sprintf("%s/%d", at, i), RulePolicyValue, "allowed: a whole number from 0 to 255")
				continue
			}
			into.SuccessExitCodes = append(into.SuccessExitCodes, int(code))
		}
	})
	o.rest()
}
