package sim

import (
	"encoding/json"
	"fmt"
	"time"
)

// startClient lets a client begin at its time.
func (w *world) startClient(c *Client) {
	w.clients++
	for n := range max(c.Copies, 1) {
		copyNo := n
		if copyNo > 0 {
			w.clients++
		}
		w.after(c.At+time.Duration(copyNo)*c.Apart, func() {
			w.newProcess(fmt.Sprintf("client %s", c.Key), "", 1000*time.Hour, func(p *process) {
				defer func() { w.clients-- }()
				w.act(p, c, copyNo == 0)
			})
		})
	}
}

// act submits until the run is accepted or refused, and stops it where that is the client's wish.
func (w *world) act(p *process, c *Client, first bool) {
	id := w.submit(p, c)
	if id == "" || !first || c.StopAfter == 0 {
		return
	}
	p.sleep(c.StopAfter)
	for !p.ended {
		if status, _ := p.request(fnStop, id, "POST", "/runs/"+id+"/stop", "", `{"reason":"enough"}`); status == 202 || status == 404 {
			w.judge.stopped(id, status)
			return
		}
		p.sleep(w.upTo(20 * time.Second))
	}
}

func (w *world) submit(p *process, c *Client) string {
	for !p.ended {
		var status int
		var body []byte
		if c.Schedule {
			status, body = p.fire(c)
		} else {
			status, body = p.request(fnSubmit, "", "POST", "/runs", c.Key, c.body())
		}
		var run struct {
			RunID  string `json:"runId"`
			Status string `json:"status"`
		}
		_ = json.Unmarshal(body, &run)
		switch {
		case status == 202:
			p.run = run.RunID
			w.say(run.RunID, "the client of %s is told %s", c.Key, run.Status)
			w.judge.accepted(c, run.RunID)
			return run.RunID
		case status >= 400 && status < 500 && status != 429:
			w.judge.refused(c, status, string(body))
			return ""
		}
		p.sleep(w.upTo(20 * time.Second))
	}
	return ""
}

// fire is a schedule's delivery, which is repeated until it is taken.
func (p *process) fire(c *Client) (int, []byte) {
	payload := encode(map[string]any{"schedule": c.Key, "scheduledTime": start.Format(time.RFC3339), "run": json.RawMessage(c.body())})
	f := p.w.fate(ScheduleTimer)
	if f.fault == Twice || f.fault == TwiceLate {
		p.w.after(p.w.upTo(time.Minute), func() { p.w.invoke(fnSchedule, "", payload, func([]byte, error) {}) })
	}
	if f.fault == Late {
		p.sleep(p.w.upTo(time.Minute))
	}
	body, err := p.invoke(fnSchedule, "", payload)
	if err != nil {
		return 0, nil
	}
	return 202, body
}

// invoke calls a function and waits for its answer.
func (p *process) invoke(function, run string, payload []byte) (body []byte, err error) {
	p.await(func(done func()) {
		p.w.invoke(function, run, payload, func(b []byte, e error) {
			body, err = b, e
			done()
		})
	})
	return body, err
}

// request makes an HTTP request through the gateway. Status 0: no answer.
func (p *process) request(function, run, method, path, key, body string) (int, []byte) {
	w := p.w
	headers := map[string]string{"content-type": "application/json"}
	if key != "" {
		headers["idempotency-key"] = key
	}
	event := encode(map[string]any{
		"version": "2.0", "rawPath": path, "headers": headers, "body": body,
		"requestContext": map[string]any{
			"requestId": "r", "stage": "$default", "http": map[string]string{"method": method, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
			"authorizer": map[string]any{"iam": map[string]any{"callerId": "AROADBQP57FF2AEXAMPLE:ci"}},
		},
	})
	f := w.fate(HTTPRequest)
	p.travel()
	switch f.fault {
	case LostRequest:
		p.sleep(w.upTo(10 * time.Second))
		return 0, nil
	case Twice:
		w.invoke(function, run, event, func([]byte, error) {})
	case TwiceLate, Late:
		w.after(w.upTo(time.Minute), func() { w.invoke(function, run, event, func([]byte, error) {}) })
		if f.fault == Late {
			return 0, nil
		}
	}
	answer, err := p.invoke(function, run, event)
	var response struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err != nil || f.fault == LostReply || json.Unmarshal(answer, &response) != nil {
		return 0, nil
	}
	return response.StatusCode, []byte(response.Body)
}
