package template

import "testing"

func BenchmarkValue(b *testing.B) {
	config := NewDict(2)
	config.Set("api_key", "abcdef0123456789")
	config.Set("start_date", "2024-01-31T00:00:00Z")
	record := NewDict(2)
	record.Set("id", int64(12345))
	record.Set("updated", "2024-01-31T00:00:00Z")
	vars := Vars{"config": config, "record": record}
	for _, text := range []string{
		"{{ config['api_key'] }}",
		"/v1/items/{{ record.id }}",
		"{{ record.get('updated', none) }}",
		"{{ record.updated >= config.start_date and record.id is not none }}",
		"{{ format_datetime(record.updated, '%Y-%m-%d') }}",
	} {
		tmpl, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tmpl.Value(vars, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("/v1/{{ config['region'] | lower }}/items/{{ record.get('id') if record.id is defined else 0 }}"); err != nil {
			b.Fatal(err)
		}
	}
}
