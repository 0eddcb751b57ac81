package scenarios

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// validate checks a JSON value against a JSON Schema with the keywords that
// Schema uses; others are an error, so that none goes unnoticed.
func validate(root, sch map[string]any, v any) error {
	for keyword, want := range sch {
		if err := keywordHolds(root, sch, keyword, want, v); err != nil {
			return err
		}
	}
	return nil
}

func keywordHolds(root, sch map[string]any, keyword string, want, v any) error {
	list, _ := v.([]any)
	object, isObject := v.(map[string]any)
	text, isText := v.(string)
	number, isNumber := v.(float64)
	fail := fmt.Errorf("%v breaks %s %v", v, keyword, want)
	holds := true
	switch keyword {
	case "$schema", "$defs", "title", "description", "default", "examples":
	case "$ref":
		return validate(root, root["$defs"].(map[string]any)[strings.TrimPrefix(want.(string), "#/$defs/")].(map[string]any), v)
	case "type":
		holds = map[string]bool{"object": isObject, "array": list != nil, "string": isText, "number": isNumber,
			"integer": isNumber && number == math.Trunc(number), "boolean": reflect.TypeOf(v) == reflect.TypeFor[bool]()}[want.(string)]
	case "enum":
		holds = false
		for _, e := range want.([]any) {
			holds = holds || e == v
		}
	case "pattern":
		holds = !isText || regexp.MustCompile(want.(string)).MatchString(text)
	case "maxLength":
		holds = !isText || float64(utf8.RuneCountInString(text)) <= want.(float64)
	case "minLength":
		holds = !isText || float64(utf8.RuneCountInString(text)) >= want.(float64)
	case "minimum":
		holds = !isNumber || number >= want.(float64)
	case "maximum":
		holds = !isNumber || number <= want.(float64)
	case "exclusiveMinimum":
		holds = !isNumber || number > want.(float64)
	case "minItems":
		holds = list == nil || float64(len(list)) >= want.(float64)
	case "maxItems":
		holds = list == nil || float64(len(list)) <= want.(float64)
	case "items":
		for _, item := range list {
			if err := validate(root, want.(map[string]any), item); err != nil {
				return err
			}
		}
	case "required":
		for _, k := range want.([]any) {
			_, there := object[k.(string)]
			holds = holds && (!isObject || there)
		}
	case "properties":
		for k, of := range want.(map[string]any) {
			if inner, there := object[k]; there {
				if err := validate(root, of.(map[string]any), inner); err != nil {
					return fmt.Errorf("%s: %w", k, err)
				}
			}
		}
	case "additionalProperties":
		for k := range object {
			_, known := sch["properties"].(map[string]any)[k]
			holds = holds && known
		}
	case "anyOf", "oneOf":
		return someHold(root, want.([]any), v, keyword == "oneOf")
	default:
		return fmt.Errorf("the schema uses %s, which this test does not know", keyword)
	}
	if !holds {
		return fail
	}
	return nil
}

func someHold(root map[string]any, choices []any, v any, exactlyOne bool) error {
	hold := 0
	var errs []error
	for _, c := range choices {
		if err := validate(root, c.(map[string]any), v); err != nil {
			errs = append(errs, err)
		} else {
			hold++
		}
	}
	if hold == 0 || exactlyOne && hold > 1 {
		return fmt.Errorf("%d choices hold: %v", hold, errs)
	}
	return nil
}

// plainJSON returns a YAML file as JSON values.
func plainJSON(t *testing.T, src string) any {
	t.Helper()
	c := &reading{lines: strings.Split(src, "\n")}
	n := readYAML(c, src)
	if n == nil || len(c.errors) > 0 {
		t.Fatalf("%v\n%s", c.errors, src)
	}
	return jsonOf(n)
}

func jsonOf(n *node) any {
	switch n.kind {
	case mapping:
		m := map[string]any{}
		for i, k := range n.keys {
			m[k.text] = jsonOf(n.items[i])
		}
		return m
	case sequence:
		l := []any{}
		for _, item := range n.items {
			l = append(l, jsonOf(item))
		}
		return l
	case number:
		if v, err := strconv.ParseFloat(n.text, 64); err == nil {
			return v
		}
	case boolean:
		return n.text == "true"
	case null:
		return nil
	}
	return n.text
}

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	var sch map[string]any
	if err := json.Unmarshal(Schema(), &sch); err != nil {
		t.Fatal(err)
	}
	return sch
}

func TestSchemaAcceptsWhatParses(t *testing.T) {
	sch := readSchema(t)
	sources := map[string]string{"everything": string(everything(t))}
	for _, name := range shippedNames() {
		src, err := files.ReadFile("shipped/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		sources[name] = string(src)
	}
	for name, src := range sources {
		if err := validate(sch, sch, plainJSON(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s := parsed(t, src)
		if err := validate(sch, sch, plainJSON(t, string(s.Print()))); err != nil {
			t.Errorf("%s, printed: %v", name, err)
		}
	}
}

// TestSchemaDescribes holds if every key is explained to those who write.
func TestSchemaDescribes(t *testing.T) {
	var look func(path string, v any)
	look = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for k, p := range properties {
					if d, _ := p.(map[string]any)["description"].(string); len(d) < 8 {
						t.Errorf("%s.%s has no description", path, k)
					}
				}
			}
			for k, inner := range v {
				look(path+"."+k, inner)
			}
		case []any:
			for i, inner := range v {
				look(fmt.Sprint(path, ".", i), inner)
			}
		}
	}
	look("", readSchema(t))
}
