package cli

import (
	"bytes"
	"encoding/json"
)

// writeRaw writes an answer of the API as it came, on one line.
func (p *program) writeRaw(answer []byte) error {
	_, err := p.Out.Write(append(bytes.TrimRight(answer, "\n"), '\n'))
	return err
}

// writeIndented writes an answer for a person.
func (p *program) writeIndented(answer []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(answer), "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := p.Out.Write(b.Bytes())
	return err
}

// writeList writes entries as a list of the API has them, under the member's name.
func (p *program) writeList(member string, entries []json.RawMessage) error {
	answer, err := json.Marshal(map[string][]json.RawMessage{member: entries})
	if err != nil {
		return err
	}
	return p.writeRaw(answer)
}
