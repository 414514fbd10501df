package sqlite

import (
	"errors"

	"modernc.org/sqlite" // also the driver called "sqlite"

	"github.com/airfielddev/airfield/connector"
)

// The primary result codes of SQLite that say more than that something failed: https://www.sqlite.org/rescode.html.
const (
	codePerm     = 3
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeIOErr    = 10
	codeFull     = 13
	codeCantOpen = 14
	codeAuth     = 23
	codeNotADB   = 26
)

// classify says of an error whether a person has to act or time may help. Errors that are classified already stay as they are.
func classify(err error) error {
	var known *connector.Error
	var failure *sqlite.Error
	if errors.As(err, &known) || !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() & 0xff {
	case codePerm, codeReadOnly, codeCantOpen, codeAuth, codeNotADB:
		return connector.ConfigError("%w", err)
	case codeBusy, codeLocked, codeIOErr, codeFull:
		return connector.TransientError("%w", err)
	}
	return err
}
