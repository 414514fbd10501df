package airfieldtest_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
)

const aesKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func mapper(kind cloud.MapperType, config string, values ...any) cloud.Mapper {
	return cloud.Mapper{Type: kind, Config: json.RawMessage(fmt.Sprintf(config, values...))}
}

// The same people are synced twice, as they are and through every kind of mapper, and the two tables compared.
func TestMappers(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	server := airfieldtest.New(t)
	plainPath, mappedPath := filepath.Join(t.TempDir(), "plain.db"), filepath.Join(t.TempDir(), "mapped.db")
	syncUsers(t, server, plainPath)
	plain := table(t, plainPath, `select id, name, email, telephone, occupation, gender, updated_at from users`)
	connection, result := syncUsers(t, server, mappedPath,
		mapper(cloud.MapperRowFiltering, `{"conditions":{"type":"NOT","conditions":[{"type":"EQUAL","fieldName":"gender","comparisonValue":%q}]}}`, plain[0]["gender"]),
		mapper(cloud.MapperFieldRenaming, `{"originalFieldName":"id","newFieldName":"user_id"}`),
		mapper(cloud.MapperFieldRenaming, `{"originalFieldName":"occupation","newFieldName":"job"}`),
		mapper(cloud.MapperHashing, `{"targetField":"name","method":"SHA-256","fieldNameSuffix":"_hashed"}`),
		mapper(cloud.MapperFieldFiltering, `{"targetField":"address"}`),
		mapper(cloud.MapperEncryption, `{"algorithm":"AES","targetField":"email","fieldNameSuffix":"_aes","key":%q,"mode":"CBC","padding":"PKCS5Padding"}`, aesKey),
		mapper(cloud.MapperEncryption, `{"algorithm":"RSA","targetField":"telephone","fieldNameSuffix":"_rsa","publicKey":"%x"}`, public))

	mapped := table(t, mappedPath, `select * from users`)
	byID := map[string]map[string]string{}
	for _, row := range mapped {
		for _, gone := range []string{"id", "name", "email", "telephone", "occupation", "address"} {
			if _, ok := row[gone]; ok {
				t.Fatalf("the table still has a column %s", gone)
			}
		}
		byID[row["user_id"]] = row
	}
	kept := 0
	for _, want := range plain {
		row, ok := byID[want["id"]]
		if ok != (want["gender"] != plain[0]["gender"]) {
			t.Fatalf("user %s, %s: in the table %v", want["id"], want["gender"], ok)
		}
		if !ok {
			continue
		}
		kept++
		got := map[string]string{
			"id": row["user_id"], "name": row["name_hashed"], "email": openAES(t, row["email_aes"]), "telephone": openRSA(t, private, row["telephone_rsa"]),
			"occupation": row["job"], "gender": row["gender"], "updated_at": want["updated_at"],
		}
		sum := sha256.Sum256([]byte(want["name"]))
		want["name"] = hex.EncodeToString(sum[:])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("user %s (-want +got):\n%s", want["id"], diff)
		}
	}
	if kept == 0 || kept == len(plain) || kept != len(mapped) {
		t.Errorf("%d of %d users in %d rows", kept, len(plain), len(mapped))
	}
	if n, err := result.RecordsSynced(t.Context()); err != nil || n != int64(kept) {
		t.Errorf("the job counts %d records, %v; want %d", n, err, kept)
	}
	saysLeftOut(t, result, len(plain)-kept, len(plain))
	keepsKey(t, connection, mappedPath, len(mapped))
}

// syncUsers syncs the users of a source, the same for all, to a database file.
func syncUsers(t *testing.T, server *airfieldtest.Server, path string, mappers ...cloud.Mapper) (*cloud.Connection, *cloud.SyncResult) {
	t.Helper()
	source, err := server.Workspace.DeploySource(t.Context(), "people", cloud.Configuration{"sourceType": "faker", "count": 300, "seed": 7}, cloud.AllowDuplicateName())
	if err != nil {
		t.Fatal(err)
	}
	destination, err := server.Workspace.DeployDestination(t.Context(), filepath.Base(path), cloud.Configuration{"destinationType": "sqlite", "destination_path": path})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := server.Workspace.DeployConnection(t.Context(), cloud.ConnectionSpec{
		Name: path, Source: source, Destination: destination,
		Streams: []cloud.Stream{{Name: "users", SyncMode: cloud.IncrementalDedupedHistory, Mappers: mappers}},
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := connection.RunSync(t.Context(), cloud.PollEvery(5*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	return connection, result
}

// table reads a query as texts by the names of columns.
func table(t *testing.T, path, query string) []map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for rows.Next() {
		values, places := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, name := range columns {
			row[name] = values[i].String
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%d rows of %s, %v", len(out), path, err)
	}
	return out
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	out, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func openAES(t *testing.T, text string) string {
	t.Helper()
	block, err := aes.NewCipher(fromHex(t, aesKey))
	if err != nil {
		t.Fatal(err)
	}
	sealed := fromHex(t, text)
	if len(sealed) < 32 || len(sealed)%16 != 0 {
		t.Fatalf("%q is not encrypted in blocks", text)
	}
	out := make([]byte, len(sealed)-16)
	cipher.NewCBCDecrypter(block, sealed[:16]).CryptBlocks(out, sealed[16:])
	return string(out[:len(out)-int(out[len(out)-1])])
}

func openRSA(t *testing.T, key *rsa.PrivateKey, text string) string {
	t.Helper()
	out, err := rsa.DecryptPKCS1v15(nil, key, fromHex(t, text)) //nolint:staticcheck // what Airbyte writes is padded so
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// saysLeftOut looks for the filtered rows in the log.
func saysLeftOut(t *testing.T, result *cloud.SyncResult, left, all int) {
	t.Helper()
	want := fmt.Sprintf("stream users: mappers left out %d of %d records", left, all)
	for entry, err := range result.Logs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(entry.Message, want) {
			return
		}
	}
	t.Errorf("the log does not say %q", want)
}

// keepsKey edits the stream with its key masked, as it was read, and syncs everything again.
func keepsKey(t *testing.T, connection *cloud.Connection, path string, rows int) {
	t.Helper()
	streams, err := connection.Streams(t.Context())
	if err != nil || len(streams) != 1 {
		t.Fatal(streams, err)
	}
	read, err := json.Marshal(streams[0].Mappers)
	if err != nil || strings.Contains(string(read), aesKey) || !strings.Contains(string(read), `"key":"**********"`) {
		t.Errorf("the answer has %s, %v", read, err)
	}
	edited := cloud.Stream{Name: "users", SyncMode: cloud.FullRefreshOverwrite, Mappers: streams[0].Mappers}
	if err := connection.UpdateStream(t.Context(), edited); err != nil {
		t.Fatal(err)
	}
	if _, err := connection.RunSync(t.Context(), cloud.PollEvery(5*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	again := table(t, path, `select * from users`)
	if len(again) != rows || !strings.Contains(openAES(t, again[0]["email_aes"]), "@") {
		t.Errorf("%d rows instead of %d, the first: %v", len(again), rows, again[0])
	}
}
