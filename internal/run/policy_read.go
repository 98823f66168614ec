package run

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// maxSeconds bounds every duration of a policy: one year.
const maxSeconds = 31_536_000

// DecodePolicy reads a policy over the defaults and reports every broken rule of it. null is absent.
func DecodePolicy(raw json.RawMessage) (Policy, []Violation) {
	p := DefaultPolicy()
	d := &policyReader{}
	top := d.object("/policy", raw)
	top.member("retry", func(at string, v json.RawMessage) { d.retry(at, v, &p.Retry) })
	top.number("timeoutSeconds", maxSeconds, &p.TimeoutSeconds)
	top.number("startTimeoutSeconds", maxSeconds, &p.StartTimeoutSeconds)
	top.number("launchTimeoutSeconds", maxSeconds, &p.LaunchTimeoutSeconds)
	top.number("deadlineSeconds", maxSeconds, &p.DeadlineSeconds)
	top.member("overlap", func(at string, v json.RawMessage) { d.overlap(at, v, &p) })
	top.choice("placement", []string{Fill, AllOrNone, BestEffort}, &p.Placement)
	top.member("verdict", func(at string, v json.RawMessage) { d.verdict(at, v, &p.Verdict) })
	top.rest()
	sort.SliceStable(d.found, func(i, j int) bool { return d.found[i].Field < d.found[j].Field })
	return p, d.found
}

func (d *policyReader) retry(at string, raw json.RawMessage, into *Retry) {
	o := d.object(at, raw)
	o.number("maxAttempts", 20, &into.MaxAttempts)
	o.member("on", func(at string, v json.RawMessage) {
		if list, ok := d.texts(at, v); ok {
			d.classes(at, list)
			into.On = list
		}
	})
	o.number("intervalSeconds", 86_400, &into.IntervalSeconds)
	o.member("backoffRate", func(at string, v json.RawMessage) {
		var rate float64
		if json.Unmarshal(v, &rate) != nil || rate < 1 || rate > 100 {
			d.fault(at, RulePolicyValue, "allowed: a number from 1 to 100")
			return
		}
		into.BackoffRate = rate
	})
	o.number("maxIntervalSeconds", 86_400, &into.MaxIntervalSeconds)
	o.rest()
}

// classes checks what retry.on may name.
func (d *policyReader) classes(at string, list []string) {
	for i, name := range list {
		if code, isExit := strings.CutPrefix(name, "EXIT:"); isExit {
			n, err := strconv.Atoi(code)
			if code == "*" || (err == nil && n >= 0 && n <= 255 && strconv.Itoa(n) == code) {
				continue
			}
		}
		switch Class(name) {
		case NeverStarted, Interrupted, OutOfMemory, ClassTimeout:
		default:
			d.fault(fmt.Sprintf("%s/%d", at, i), RulePolicyValue, "allowed: NEVER_STARTED, INTERRUPTED, OUT_OF_MEMORY, TIMED_OUT, EXIT:<0..255>, EXIT:*")
		}
	}
}

func (d *policyReader) overlap(at string, raw json.RawMessage, p *Policy) {
	o := d.object(at, raw)
	v := Overlap{Mode: OverlapAllow, Limit: 1, MaxQueued: 1000}
	o.member("key", func(at string, raw json.RawMessage) {
		if json.Unmarshal(raw, &v.Key) != nil || len([]rune(v.Key)) < 1 || len([]rune(v.Key)) > 255 {
			d.fault(at, RuleGroup, "allowed: text of 1 to 255 characters")
		}
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

func (d *policyReader) verdict(at string, raw json.RawMessage, into *Verdict) {
	o := d.object(at, raw)
	o.member("container", func(at string, v json.RawMessage) {
		if json.Unmarshal(v, &into.Container) != nil || into.Container == "" {
			d.fault(at, RulePolicyValue, "allowed: the name of a container of the task definition")
		}
	})
	o.member("successExitCodes", func(at string, v json.RawMessage) {
		var codes []*float64
		if json.Unmarshal(v, &codes) != nil || len(codes) == 0 || len(codes) > 256 {
			d.fault(at, RulePolicyValue, "allowed: a list of 1 to 256 exit codes")
			return
		}
		into.SuccessExitCodes = nil
		for i, c := range codes {
			if c == nil || *c != math.Trunc(*c) || *c < 0 || *c > 255 {
				d.fault(fmt.Sprintf("%s/%d", at, i), RulePolicyValue, "allowed: a whole number from 0 to 255")
				continue
			}
			into.SuccessExitCodes = append(into.SuccessExitCodes, int(*c))
		}
	})
	o.rest()
}
