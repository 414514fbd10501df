package pipeline

import (
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/protocol"
)

// Namespace decides in which namespace of the destination streams arrive.
type Namespace string

// The rules for namespaces.
const (
	NamespaceSource      Namespace = "source"       // the source's own
	NamespaceDestination Namespace = "destination"  // the destination's default
	NamespaceCustom      Namespace = "customformat" // [Naming].Format
)

// Naming says what streams are called in the destination. The zero value keeps their names. See
// https://docs.airbyte.com/platform/using-airbyte/core-concepts/namespaces.
type Naming struct {
	Namespace Namespace // "": NamespaceSource
	Format    string    // for NamespaceCustom; ${SOURCE_NAMESPACE} stands for the source's namespace
	Prefix    string    // before each stream's name
}

// Target is the name of a stream in the destination.
func (n Naming) Target(d protocol.StreamDescriptor) protocol.StreamDescriptor {
	return protocol.StreamDescriptor{Name: n.name(d.Name), Namespace: n.namespace(d.Namespace)}
}

func (n Naming) name(name string) string {
	if strings.TrimSpace(n.Prefix) == "" {
		return name
	}
	return n.Prefix + name
}

func (n Naming) namespace(namespace string) string {
	switch n.Namespace {
	case NamespaceDestination:
		return ""
	case NamespaceCustom:
		namespace = strings.ReplaceAll(n.Format, "${SOURCE_NAMESPACE}", namespace)
	}
	if strings.TrimSpace(namespace) == "" {
		return ""
	}
	return namespace
}

// collision says that two streams would be written to one place.
func collision(a, b, target protocol.StreamDescriptor) error {
	return fmt.Errorf("streams %s and %s would both be written to %s: give the connection a namespace format that keeps them "+
		"apart, or select only one of them", a, b, target)
}
