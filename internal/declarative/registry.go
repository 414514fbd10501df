package declarative

import (
	"net/http"

	"github.com/airfielddev/airfield/manifest"
)

// Registry lists the components that manifests can use, by the slots they stand in.
func Registry() *manifest.Registry {
	r := manifest.NewRegistry()
	addStreams(r)
	addRequesters(r)
	addAuthenticators(r)
	addErrorHandlers(r)
	addPaginators(r)
	addDecoders(r)
	addRecords(r)
	addCursors(r)
	addRouters(r)
	addConfigRules(r)
	return r
}

// add lists a component for the slots of kind T.
func add[T any, C manifest.Builder[T, *Env]](r *manifest.Registry, name string, defaults func() C) {
	manifest.Add[T](r, name, defaults)
}

// zero is the configuration of a component without defaults.
func zero[C any]() *C { return new(C) }

func addStreams(r *manifest.Registry) {
	add[*Stream](r, "DeclarativeStream", zero[StreamConfig])
	add[*dynamicStreams](r, "DynamicDeclarativeStream", zero[DynamicDeclarativeStream])
	add[ComponentsResolver](r, "HttpComponentsResolver", zero[HTTPComponentsResolver])
	add[ComponentsResolver](r, "ConfigComponentsResolver", zero[ConfigComponentsResolver])
	add[ComponentsResolver](r, "ParametrizedComponentsResolver", zero[ParametrizedComponentsResolver])
	add[Checker](r, "CheckStream", zero[CheckStream])
	add[Checker](r, "CheckDynamicStream", func() *CheckDynamicStream { return &CheckDynamicStream{Availability: true} })
	add[Retriever](r, "SimpleRetriever", zero[SimpleRetriever])
	add[Retriever](r, "AsyncRetriever", zero[AsyncRetriever])
	add[SchemaLoader](r, "InlineSchemaLoader", zero[InlineSchemaLoader])
	add[SchemaLoader](r, "JsonFileSchemaLoader", zero[JSONFileSchemaLoader])
	add[SchemaLoader](r, "DynamicSchemaLoader", zero[DynamicSchemaLoader])
}

func addRequesters(r *manifest.Registry) {
	add[Requester](r, "HttpRequester", func() *HTTPRequester { return &HTTPRequester{Method: "GET"} })
	add[RequestBody](r, "RequestBodyJsonObject", zero[JSONBody])
	add[RequestBody](r, "RequestBodyUrlEncodedForm", zero[FormBody])
	add[RequestBody](r, "RequestBodyPlainText", zero[TextBody])
	add[RequestBody](r, "RequestBodyGraphQL", zero[GraphQLBody])
	add[*apiBudget](r, "HTTPAPIBudget", func() *HTTPAPIBudget {
		return &HTTPAPIBudget{ResetHeader: "ratelimit-reset", RemainingHeader: "ratelimit-remaining", HitStatuses: []int{429}}
	})
	add[RatePolicy](r, "FixedWindowCallRatePolicy", zero[FixedWindowPolicy])
	add[RatePolicy](r, "MovingWindowCallRatePolicy", zero[MovingWindowPolicy])
	add[RatePolicy](r, "UnlimitedCallRatePolicy", zero[UnlimitedPolicy])
}

func addAuthenticators(r *manifest.Registry) {
	add[Authenticator](r, "NoAuth", zero[NoAuth])
	add[Authenticator](r, "ApiKeyAuthenticator", zero[APIKeyAuthenticator])
	add[Authenticator](r, "BearerAuthenticator", zero[BearerAuthenticator])
	add[Authenticator](r, "BasicHttpAuthenticator", zero[BasicAuthenticator])
	add[Authenticator](r, "OAuthAuthenticator", zero[OAuthAuthenticator])
	add[Authenticator](r, "SessionTokenAuthenticator", zero[SessionTokenAuthenticator])
	add[Authenticator](r, "RateLimitedMultipleTokenAuthenticator", func() *RateLimitedMultipleTokenAuthenticator {
		return &RateLimitedMultipleTokenAuthenticator{
			Delimiter: ",", Method: "Bearer", Header: "Authorization", Source: QuotaStatusSource{Method: http.MethodGet},
			MaxWait: manifest.NewTemplate("PT2H"), Reserve: 0.1, MinReserve: 50,
		}
	})
	add[Authenticator](r, "LegacySessionTokenAuthenticator", zero[LegacySessionTokenAuthenticator])
	add[Authenticator](r, "JwtAuthenticator", zero[JWTAuthenticator])
	add[Authenticator](r, "SelectiveAuthenticator", zero[SelectiveAuthenticator])
	add[SessionRequest](r, "ApiKey", zero[SessionAPIKey])
	add[SessionRequest](r, "Bearer", zero[SessionBearer])
}

func addErrorHandlers(r *manifest.Registry) {
	add[ErrorHandler](r, "DefaultErrorHandler", zero[DefaultErrorHandler])
	add[ErrorHandler](r, "CompositeErrorHandler", zero[CompositeErrorHandler])
	add[Backoff](r, "ConstantBackoffStrategy", zero[ConstantBackoff])
	add[Backoff](r, "ExponentialBackoffStrategy", zero[ExponentialBackoff])
	add[Backoff](r, "WaitTimeFromHeader", zero[WaitTimeFromHeader])
	add[Backoff](r, "WaitUntilTimeFromHeader", zero[WaitUntilTimeFromHeader])
	add[Backoff](r, "WaitTimeFromResponse", zero[WaitTimeFromResponse])
}

func addPaginators(r *manifest.Registry) {
	add[Paginator](r, "NoPagination", zero[NoPagination])
	add[Paginator](r, "DefaultPaginator", zero[DefaultPaginator])
	add[PageStrategy](r, "PageIncrement", zero[PageIncrement])
	add[PageStrategy](r, "OffsetIncrement", zero[OffsetIncrement])
	add[PageStrategy](r, "CursorPagination", zero[CursorPagination])
}

func addDecoders(r *manifest.Registry) {
	add[Decoder](r, "JsonDecoder", zero[JSONDecoder])
	add[Decoder](r, "JsonlDecoder", zero[JSONLDecoder])
	add[Decoder](r, "JsonItemsDecoder", func() *JSONItemsDecoder { return &JSONItemsDecoder{Encoding: "utf-8"} })
	add[Decoder](r, "IterableDecoder", zero[IterableDecoder])
	add[Decoder](r, "CsvDecoder", func() *CSVDecoder { return &CSVDecoder{Encoding: "utf-8", Delimiter: ","} })
	add[Decoder](r, "XmlDecoder", zero[XMLDecoder])
	add[Decoder](r, "GzipDecoder", zero[GzipDecoder])
	add[Decoder](r, "ZipfileDecoder", zero[ZipfileDecoder])
}

func addRecords(r *manifest.Registry) {
	add[RecordSelector](r, "RecordSelector", zero[Selector])
	add[Extractor](r, "DpathExtractor", zero[DpathExtractor])
	add[Extractor](r, "CombinedExtractor", func() *CombinedExtractor { return &CombinedExtractor{Mode: combineAll} })
	add[Extractor](r, "ResponseToFileExtractor", zero[ResponseToFileExtractor])
	add[Filter](r, "RecordFilter", zero[RecordFilter])
	add[Transformation](r, "AddFields", zero[AddFields])
	add[Transformation](r, "RemoveFields", zero[RemoveFields])
	add[Transformation](r, "KeysToLower", zero[KeysToLower])
	add[Transformation](r, "KeysReplace", zero[KeysReplace])
	add[Transformation](r, "KeysToSnakeCase", zero[KeysToSnakeCase])
	add[Transformation](r, "FlattenFields", func() *FlattenFields { return &FlattenFields{Lists: true} })
	add[Transformation](r, "DpathFlattenFields", zero[DpathFlattenFields])
}

func addConfigRules(r *manifest.Registry) {
	add[ConfigRewriter](r, "ConfigAddFields", zero[ConfigAddFields])
	add[ConfigRewriter](r, "ConfigRemoveFields", zero[ConfigRemoveFields])
	add[ConfigRewriter](r, "ConfigRemapField", zero[ConfigRemapField])
	add[ConfigValidator](r, "DpathValidator", zero[DpathValidator])
	add[ConfigValidator](r, "PredicateValidator", zero[PredicateValidator])
	add[ValidationStrategy](r, "ValidateAdheresToSchema", zero[ValidateAdheresToSchema])
}
