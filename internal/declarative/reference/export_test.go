package reference

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Untold are the components and fields that texts.yaml tells of and manifests do not have.
func Untold() (names []string) {
	var told map[string]text
	if err := yaml.Unmarshal(texts, &told); err != nil {
		panic(err)
	}
	for name, t := range told {
		c, ok := Find(name)
		if !ok || c.Name != name {
			names = append(names, name)
			continue
		}
		for field := range t.Fields {
			if !slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Name == field }) {
				names = append(names, name+"."+field)
			}
		}
	}
	slices.Sort(names)
	return names
}
