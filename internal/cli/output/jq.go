package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/itchyny/gojq"
)

func compile(expression string) (*gojq.Code, error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, fmt.Errorf("reading the --jq expression: %w", err)
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, fmt.Errorf("reading the --jq expression: %w", err)
	}
	return code, nil
}

// ask prints what the expression gives: strings as they are, so that a shell can use them, and everything else as JSON.
func (p *Printer) ask(text json.RawMessage) error {
	var input any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&input); err != nil {
		return fmt.Errorf("applying the --jq expression: %w", err)
	}
	answers := p.query.Run(input)
	for answer, ok := answers.Next(); ok; answer, ok = answers.Next() {
		if err, failed := answer.(error); failed {
			return halt(err)
		}
		if err := p.answer(answer); err != nil {
			return err
		}
	}
	return nil
}

// halt tells the end that an expression asked for from a failure.
func halt(err error) error {
	var end *gojq.HaltError
	if errors.As(err, &end) && end.Value() == nil {
		return nil
	}
	return fmt.Errorf("applying the --jq expression: %w", err)
}

func (p *Printer) answer(answer any) error {
	if text, ok := answer.(string); ok {
		_, err := fmt.Fprintln(p.out, text)
		return err
	}
	text, err := gojq.Marshal(answer)
	if err != nil {
		return fmt.Errorf("formatting the result: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%s\n", text)
	return err
}
