package ecsspec

import (
	"slices"
	"strings"

	"davit/internal/ecsspec/refusals"
	"davit/internal/ecsspec/row"
)

// Rows is the whole table in the order of its ids, V before P before N. Several rows may share an id.
func Rows() []row.Row {
	var all []row.Row
	for _, r := range rules {
		all = append(all, r.row())
	}
	for _, r := range definitionAware {
		all = append(all, r.row())
	}
	all = append(all, refusals.Rows()...)
	for _, b := range behaviours {
		all = append(all, row.Row{ID: b.id, Kind: row.Behaviour, Operations: b.on, Field: b.field, Limit: b.is, Test: b.test, Source: b.source})
	}
	slices.SortStableFunc(all, func(a, b row.Row) int {
		if a.Kind != b.Kind {
			return strings.Index("VPN", string(a.Kind)) - strings.Index("VPN", string(b.Kind))
		}
		return rank(a.ID) - rank(b.ID)
	})
	return all
}

// rank returns the place of an id: by operation, then by number.
func rank(id string) int {
	letters, number, _ := strings.Cut(id, "-")
	place := slices.Index([]string{"RT", "ST", "SP", "DT", "DD", "DR", "RD", "RO", "DV"}, letters)
	return place*100 + int(number[0]-'0')*10 + int(number[1]-'0')
}

func (r rule) row() row.Row {
	return row.Row{
		ID: r.id, Kind: row.Checked, Operations: r.on, Field: r.field, Limit: r.allowed(), Message: "…; allowed: " + r.allowed(), Words: r.words, Source: r.source,
	}
}
