package declarative

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/manifest"
)

// parts are components of the published schema that stand in one place only, so that they are structs without a name here.
var parts = []string{
	"AddedFieldDefinition", "ConcurrencyLevel", "ConditionalStreams", "RecordExpander", "HttpResponseFilter", "KeyTransformation", "MinMaxDatetime",
	"RequestOption", "RequestPath", "Spec", "ConfigMigration", "SchemaTypeIdentifier", "TypesMap", "ComplexFieldType", "DynamicStreamCheckConfig",
	"QueryProperties", "GroupByKeyMergeStrategy", "JsonSchemaPropertySelector", "PropertiesFromEndpoint", "PropertyChunking",
	"ComponentMappingDefinition", "StreamConfig", "StreamParametersDefinition", "AsyncJobStatusMap",
	"PaginationReset", "PaginationResetLimits", "QuotaStatusSource", "TokenQuota", "BlockSimultaneousSyncsAction",
	"PageSizeReduction", "RequestWindowSplitting", "ParentFieldPath",
}

// TestEveryComponentIsKnown compares the registry with the published schema of manifests: what is not supported must be known
// not to be.
func TestEveryComponentIsKnown(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../shared/openapi/declarative_component_schema.yaml")
	if err != nil {
		t.Skip("no published schema at hand")
	}
	doc, err := manifest.Parse("schema.yaml", []byte(strings.ReplaceAll(string(text), `"$ref": "#/`, `"ref": "`)))
	if err != nil {
		t.Fatal(err)
	}
	known := append(slices.Concat(parts, Registry().Names()), "DeclarativeSource")
	for name, definition := range doc.Root().Get("definitions").Fields() {
		properties := definition.Get("properties")
		if properties == nil || properties.Get("type") == nil || properties.Get("type").Get("enum") == nil || strings.HasPrefix(name, "Custom") {
			continue
		}
		for _, value := range properties.Get("type").Get("enum").Items() {
			if !slices.Contains(known, value.Text()) {
				t.Errorf("nothing is known of %s", value.Text())
			}
		}
	}
}
