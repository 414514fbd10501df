package declarative

import (
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// FileUploader says how to fetch the file that a record is about. No destination here takes files, so records come without them.
type FileUploader struct {
	Requester Of[Requester]     `manifest:"requester,required"`
	Target    Of[Extractor]     `manifest:"download_target_extractor,required"`
	Content   Of[Extractor]     `manifest:"file_extractor"` // nothing: the whole response
	Filename  manifest.Template `manifest:"filename_extractor"`
}

// UnmarshalManifest checks the requester.
func (c *FileUploader) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain FileUploader
	d.Decode(n, (*plain)(c))
	d.In("requester", func() { refuseLess(d, n.Get("requester"), &c.Requester) })
}

// withoutFiles tells that the files of a stream stay where they are. It is an error if they were asked for.
func (s *streamRead) withoutFiles(asked bool) error {
	if !s.stream.files {
		return nil
	}
	if asked {
		return connector.ConfigError("the files of stream %s were selected, but cannot be copied here; select its records alone", s.stream.Name)
	}
	s.log(protocol.LevelInfo, "stream %s: the records are read, but not the files that belong to them", s.stream.Name)
	return nil
}
