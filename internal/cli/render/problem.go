package render

import (
	"io"
	"net/http"
	"strconv"

	"davit/client"
)

// Problem writes what the API refused, with a line a broken rule.
func (s Style) Problem(w io.Writer, p *client.Problem) error {
	if err := write(w, s.paint(red, clean(problemHead(p)))+"\n"); err != nil {
		return err
	}
	field, rule := 0, 0
	for _, v := range p.Errors {
		field, rule = max(field, columns(clean(v.Field))), max(rule, columns(clean(v.Rule)))
	}
	for _, v := range p.Errors {
		l := line{style: s, room: -1}
		l.gap(2)
		l.add(cell{text: clean(v.Field)}, field)
		l.gap(2)
		l.add(cell{clean(v.Rule), dim}, rule)
		l.gap(2)
		l.add(cell{text: clean(v.Detail)}, 0)
		if err := write(w, l.String()+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// problemHead returns what a problem is in one line. A refusal with rules needs no more; of others the detail counts, and the request's id for who looks for it.
func problemHead(p *client.Problem) string {
	if len(p.Errors) > 0 && p.Status < http.StatusInternalServerError {
		return "refused, nothing was recorded"
	}
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	text += " (" + strconv.Itoa(p.Status)
	if p.Type != "" {
		text += " " + p.Type
	}
	if p.RequestID != "" {
		text += ", request " + p.RequestID
	}
	return text + ")"
}
