package template

// Texts is a list of texts as a value.
func Texts(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// OneOrTexts is the only text of a list, or the list.
func OneOrTexts(texts []string) any {
	if len(texts) == 1 {
		return texts[0]
	}
	return Texts(texts)
}
