package devnull

import (
	"encoding/json"

	"github.com/airfielddev/airfield/connector"
)

// config is what spec.json describes.
type config struct {
	Type            string        `json:"test_destination_type"`
	MillisPerRecord int64         `json:"millis_per_record"`
	NumMessages     int64         `json:"num_messages"`
	Logging         loggingConfig `json:"logging_config"`
}

type loggingConfig struct {
	Type          string   `json:"logging_type"`
	MaxEntryCount float64  `json:"max_entry_count"`
	NthEntry      int64    `json:"nth_entry_to_log"`
	SamplingRatio *float64 `json:"sampling_ratio"`
	Seed          *float64 `json:"seed"`
}

func parseConfig(raw json.RawMessage) (*config, error) {
	var c struct {
		Test *config `json:"test_destination"`
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, connector.ConfigError("reading the configuration: %w", err)
	}
	if c.Test == nil {
		return nil, connector.ConfigError("test_destination is missing")
	}
	return c.Test, c.Test.validate()
}

func (c *config) validate() error {
	switch c.Type {
	case "SILENT":
		return nil
	case "LOGGING":
		return c.Logging.validate()
	case "THROTTLED":
		if c.MillisPerRecord < 0 {
			return connector.ConfigError("millis_per_record is negative")
		}
		return nil
	case "FAILING":
		if c.NumMessages < 0 {
			return connector.ConfigError("num_messages is negative")
		}
		return nil
	}
	return connector.ConfigError("test_destination_type %q is not one of SILENT, LOGGING, THROTTLED and FAILING", c.Type)
}

// validate also fills in the defaults.
func (c *loggingConfig) validate() error {
	if c.MaxEntryCount == 0 {
		c.MaxEntryCount = 100
	}
	if c.MaxEntryCount < 1 || c.MaxEntryCount > 1000 {
		return connector.ConfigError("max_entry_count is not between 1 and 1000")
	}
	switch c.Type {
	case "FirstN":
		c.NthEntry = 1
		return nil
	case "EveryNth":
		if c.NthEntry < 1 || c.NthEntry > 1000 {
			return connector.ConfigError("nth_entry_to_log is not between 1 and 1000")
		}
		return nil
	case "RandomSampling":
		return c.validateRatio()
	}
	return connector.ConfigError("logging_type %q is not one of FirstN, EveryNth and RandomSampling", c.Type)
}

func (c *loggingConfig) validateRatio() error {
	if c.SamplingRatio == nil {
		c.SamplingRatio = new(0.001)
	}
	if *c.SamplingRatio < 0 || *c.SamplingRatio > 1 {
		return connector.ConfigError("sampling_ratio is not between 0 and 1")
	}
	return nil
}
