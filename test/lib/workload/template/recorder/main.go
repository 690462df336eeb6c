// Renders the templates of ../cases.yaml with Go's text/template and sprig, and reads the documents of
// ../documents.yaml as kubectl and kube-burner do: what they give is what ours must give.
//
//	TZ=UTC go run . > ../recorded.json && npx biome check --write ../recorded.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"gonum.org/v1/gonum/stat/combin"
	"gopkg.in/yaml.v3"
	manifest "sigs.k8s.io/yaml"
)

type group struct {
	Data       map[string]any `yaml:"data"`
	MissingKey string         `yaml:"missingKey"`
	Templates  []string       `yaml:"templates"`
}

type rendering struct {
	Template string  `json:"template"`
	Output   *string `json:"output,omitempty"`
	Error    string  `json:"error,omitempty"`
	// The line that the error names; 0 where it names none.
	Line int `json:"line,omitempty"`
}

type float struct {
	// The sixteen hexadecimal digits of the float64.
	Bits  string   `json:"bits"`
	Texts []string `json:"texts"`
}

type reading struct {
	Text  string          `json:"text"`
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

var place = regexp.MustCompile(`^template: case:(\d+):`)

func main() {
	var groups []group
	readYAML("../cases.yaml", &groups)
	var texts []string
	readYAML("../documents.yaml", &texts)
	recorded := struct {
		Renderings [][]rendering `json:"renderings"`
		Documents  []reading     `json:"documents"`
		Formats    []string      `json:"formats"`
		Floats     []float       `json:"floats"`
	}{}
	for _, g := range groups {
		var results []rendering
		for _, text := range g.Templates {
			results = append(results, render(text, g))
		}
		recorded.Renderings = append(recorded.Renderings, results)
	}
	for _, text := range texts {
		recorded.Documents = append(recorded.Documents, read(text))
	}
	recorded.Formats = []string{"%v", "%.3f", "%.0f", "%f", "%e", "%.2e", "%g", "%.5g", "%.17g", "%#g", "%+012.4f"}
	recorded.Floats = floats(recorded.Formats)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(recorded); err != nil {
		log.Fatal(err)
	}
}

func readYAML(path string, into any) {
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		log.Fatal(err)
	}
}

// The functions that kube-burner has: sprig's and its own, as its pkg/util/template.go adds them.
func functions() template.FuncMap {
	all := sprig.GenericFuncMap()
	all["Binomial"] = combin.Binomial
	all["IndexToCombination"] = combin.IndexToCombination
	all["GetSubnet24"] = func(index int) string {
		return netip.AddrFrom4([4]byte{byte(index>>16 + 1), byte(index >> 8), byte(index), 0}).String() + "/24"
	}
	all["GetIPAddress"] = func(addresses string, iteration int, count int) string {
		return strings.Join(strings.Split(addresses, " ")[iteration*count:iteration*count+count], " ")
	}
	return all
}

func render(text string, g group) rendering {
	result := rendering{Template: text}
	fail := func(err error) rendering {
		result.Error = err.Error()
		if found := place.FindStringSubmatch(result.Error); found != nil {
			result.Line, _ = strconv.Atoi(found[1])
		}
		return result
	}
	missingKey := g.MissingKey
	if missingKey == "" {
		missingKey = "error"
	}
	parsed, err := template.New("case").Option("missingkey=" + missingKey).Funcs(functions()).Parse(text)
	if err != nil {
		return fail(err)
	}
	data := map[string]any{}
	for key, value := range g.Data {
		data[key] = value
	}
	var output bytes.Buffer
	if err := parsed.Execute(&output, data); err != nil {
		return fail(err)
	}
	printed := output.String()
	result.Output = &printed
	return result
}

// All magnitudes, what lies on the edge between two roundings, and short decimals.
func floats(formats []string) []float {
	source := rand.New(rand.NewPCG(1, 2))
	values := []float64{0, math.Copysign(0, -1), 0.5, 1.5, 2.5, 0.125, 0.375, 1e23, 9.5, 99.5, 0.0005, 1e15, 1e16, 123456.5,
		math.MaxFloat64, math.SmallestNonzeroFloat64, 2.2250738585072014e-308, math.Inf(1), math.Inf(-1), math.NaN()}
	for range 150 {
		values = append(values, math.Float64frombits(source.Uint64()))
	}
	for range 150 {
		values = append(values, (source.Float64()-0.5)*math.Pow(10, float64(source.IntN(24)-8)))
	}
	for range 100 {
		values = append(values, float64(source.IntN(2_000_000)-1_000_000)/math.Pow(2, float64(source.IntN(6))))
	}
	var results []float
	for _, value := range values {
		result := float{Bits: fmt.Sprintf("%016x", math.Float64bits(value))}
		for _, format := range formats {
			result.Texts = append(result.Texts, fmt.Sprintf(format, value))
		}
		results = append(results, result)
	}
	return results
}

func read(text string) reading {
	data, err := manifest.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return reading{Text: text, Error: err.Error()}
	}
	return reading{Text: text, JSON: data}
}
