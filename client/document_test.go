package client_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"davit/client"
)

// schemas are those of docs/api.yaml, each with the names of its properties.
func schemas(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile("../docs/api.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type schema struct {
		Properties map[string]yaml.Node `yaml:"properties"`
		AllOf      []struct {
			Properties map[string]yaml.Node `yaml:"properties"`
		} `yaml:"allOf"`
	}
	var doc struct {
		Components struct {
			Schemas map[string]schema `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for name, s := range doc.Components.Schemas {
		for property := range s.Properties {
			all[name] = append(all[name], property)
		}
		for _, part := range s.AllOf {
			for property := range part.Properties {
				all[name] = append(all[name], property)
			}
		}
	}
	return all
}

// members are the JSON names of a struct's fields, those of embedded structs too.
func members(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Anonymous {
			names = append(names, members(f.Type)...)
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func TestTypes_HaveWhatTheDocumentHas(t *testing.T) {
	documented := schemas(t)
	for name, c := range map[string]struct {
		value any
		left  []string // out, as Run.JSON has them
	}{
		"Summary":        {client.Summary{}, nil},
		"Run":            {client.Run{}, nil},
		"DryRun":         {client.Run{}, nil},
		"Attempt":        {client.Attempt{}, nil},
		"Refusal":        {client.Refusal{}, nil},
		"Outcome":        {client.Outcome{}, nil},
		"Failure":        {client.Failure{}, nil},
		"Task":           {client.Task{}, []string{"tags", "attachments"}},
		"Log":            {client.Log{}, nil},
		"LogEvent":       {client.LogEvent{}, nil},
		"LogUnavailable": {client.Unavailable{}, nil},
		"Problem":        {client.Problem{}, nil},
		"Violation":      {client.Violation{}, nil},
		"Rerun":          {client.Rerun{}, nil},
		"Meta":           {client.Meta{}, nil},
		"Features":       {client.Features{}, nil},
		"SubmittedBy":    {client.Submitter{}, nil},
	} {
		if len(documented[name]) == 0 {
			t.Errorf("docs/api.yaml has no schema %s", name)
		}
		has := members(reflect.TypeOf(c.value))
		for _, property := range documented[name] {
			if !slices.Contains(has, property) && !slices.Contains(c.left, property) {
				t.Errorf("%s has no %s, which docs/api.yaml has", name, property)
			}
		}
	}
}
