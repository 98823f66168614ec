package render

import (
	"io"

	"davit/client"
)

// Definitions writes a table of task definitions. wide adds their ARNs.
func (s Style) Definitions(w io.Writer, definitions []client.DefinitionSummary, wide bool) error {
	t := table{style: s, head: []string{"DEFINITION", "STATUS"}}
	if wide {
		t.head = append(t.head, "ARN")
	}
	for _, d := range definitions {
		row := []cell{{text: s.cell(d.Name())}, {s.cell(d.Status), definitionColor(d.Status)}}
		if wide {
			row = append(row, cell{text: s.cell(d.ARN)})
		}
		t.add(cell{}, row...)
	}
	return t.write(w)
}

func definitionColor(status string) color {
	if status == "ACTIVE" {
		return plain
	}
	return dim
}
