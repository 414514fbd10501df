package declarative

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// FileUploader says how to fetch the file that a record is about. It is fetched where the catalog asks for the files of the stream.
type FileUploader struct {
	Requester Of[Requester]     `manifest:"requester,required"`
	Target    Of[Extractor]     `manifest:"download_target_extractor,required"`
	Content   Of[Extractor]     `manifest:"file_extractor"`
	Filename  manifest.Template `manifest:"filename_extractor"` // nothing: a name that no other file has
}

// UnmarshalManifest checks the requester.
func (c *FileUploader) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain FileUploader
	d.Decode(n, (*plain)(c))
	d.In("requester", func() { refuseLess(d, n.Get("requester"), &c.Requester) })
	if c.Content.Present() {
		d.WarnOf(n, "file_extractor", manifest.CodeInvalidValue, "it has no effect, here as in Airbyte: the whole response is the file")
	}
}

func (c *FileUploader) build(env *Env) (*fileUploader, error) {
	u := &fileUploader{env: env, filename: &c.Filename}
	var err error
	if u.requester, err = c.Requester.Build(env.uncached()); err != nil {
		return nil, err
	}
	u.target, err = c.Target.Build(env)
	return u, err
}

type fileUploader struct {
	env       *Env
	requester Requester
	target    Extractor
	filename  *manifest.Template
}

// fetch downloads the file that a record is about. There is none where the answer is an error that the requester does not mind.
func (u *fileUploader) fetch(ctx context.Context, to *staging, record *template.Dict) (*protocol.FileReference, error) {
	target, err := u.downloadTarget(ctx, record)
	if err != nil {
		return nil, err
	}
	name, err := u.name(record)
	if err != nil {
		return nil, err
	}
	file, err := to.file(u.env.stream, name)
	if err != nil {
		return nil, err
	}
	extra := template.NewDict(1)
	extra.Set("download_target", target)
	receive := func(body io.Reader) error { return file.fill(body, u.env.diskLimit()) }
	response, err := u.requester.Send(ctx, Call{Slice: Slice{Extra: extra}, Receive: receive})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("downloading a file: %w", err), file.discard())
	}
	defer response.Release()
	if response.Status >= http.StatusBadRequest {
		u.env.Log(protocol.LevelWarn, "stream %s: a record comes without its file: the API answered with status %d", u.env.stream, response.Status)
		return nil, file.discard()
	}
	return &file.reference, nil
}

var errNoTarget = errors.New("download_target_extractor finds no text in a record")

// downloadTarget is the first thing that the extractor finds.
func (u *fileUploader) downloadTarget(ctx context.Context, record *template.Dict) (string, error) {
	var target string
	err := u.target.Extract(ctx, record, func(v any) error {
		text, ok := v.(string)
		if !ok {
			return fmt.Errorf("%w: it finds %s", errNoTarget, template.Str(v))
		}
		target = text
		return errEnough
	})
	if errors.Is(err, errEnough) {
		return target, nil
	}
	if err == nil {
		err = errNoTarget
	}
	return "", err
}

func (u *fileUploader) name(record *template.Dict) (string, error) {
	if !u.filename.Present() {
		return uuid.NewString(), nil
	}
	name, err := u.filename.Text(map[string]any{"config": u.env.Config, "record": record})
	if err != nil {
		return "", fmt.Errorf("evaluating filename_extractor: %w", err)
	}
	return name, nil
}
