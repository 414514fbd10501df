package declarative

import "github.com/airfielddev/airfield/manifest"

// The fields that read their part of a manifest themselves tell [manifest.Describe] how it may be spelled.
var _ = []manifest.Speller{
	StreamList{}, DynamicStreamList{}, streamConfigs{}, RequestParameters{}, propertyList{},
	Routers{}, SchemaLoaders{}, PrimaryKey{}, TokenOption{}, TargetType{}, TokenList{},
}

// ConditionalStreams spells streams that a configuration may want or not.
type ConditionalStreams struct {
	Condition manifest.Template `manifest:"condition,required"`
	Streams   []Of[*Stream]     `manifest:"streams,required,default=DeclarativeStream"`
}

// RequestPath spells a page token that is the path of the next request, or the whole URL.
type RequestPath struct{}

// Spellings are streams, bare or under conditions.
func (StreamList) Spellings() []any { return []any{[]Of[*Stream]{}, []ConditionalStreams{}} }

// Spellings are templates of streams.
func (DynamicStreamList) Spellings() []any { return []any{[]Of[*dynamicStreams]{}} }

// Spellings are one list of the configuration or several.
func (streamConfigs) Spellings() []any { return []any{ComponentsConfig{}, []ComponentsConfig{}} }

// Spellings are a query, or properties under a name of it.
func (RequestParameters) Spellings() []any {
	return []any{manifest.Tree{}, map[string]QueryProperties{}}
}

// Spellings are the names of properties, or where they are asked for.
func (propertyList) Spellings() []any { return []any{[]string{}, PropertiesFromEndpoint{}} }

// Spellings are the name of a type, several, or a type with a type inside.
func (TargetType) Spellings() []any { return []any{"", []string{}, ComplexFieldType{}} }

// Spellings are one router or several.
func (Routers) Spellings() []any { return []any{Of[PartitionRouter]{}, []Of[PartitionRouter]{}} }

// Spellings are one loader or several.
func (SchemaLoaders) Spellings() []any { return []any{Of[SchemaLoader]{}, []Of[SchemaLoader]{}} }

// Spellings are one field, several, or several paths.
func (PrimaryKey) Spellings() []any { return []any{"", []string{}, [][]string{}} }

// Spellings are a part of the request or its whole path.
func (TokenOption) Spellings() []any { return []any{RequestOption{}, RequestPath{}} }
