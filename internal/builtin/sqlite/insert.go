package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/builtin/table"
)

// maxBound is how many values one statement binds at most. SQLite allows 32,766; beyond some hundreds nothing is gained.
const maxBound = 1000

// insert holds the statements that insert rows of one stream: one for many rows, one for the rest.
type insert struct {
	stream   *stream
	width    int
	batch    int // rows of the statement for many
	many     driver.Stmt
	single   driver.Stmt
	args     []driver.NamedValue
	numeric  []bool // by column: bound as an integer
	keys     []int  // columns whose null leaves duplicates
	deleted  int    // the column that marks deleted rows, or -1
	nullKey  bool   // a row since the last commit has a null key
	removals bool   // a row since the last commit is marked deleted
}

// metaBefore is how many columns stand before the stream's own.
const metaBefore = 3

func newInsert(s *stream) *insert {
	width := len(s.columns) + 4
	ins := &insert{stream: s, width: width, batch: max(1, maxBound/width), deleted: -1, numeric: make([]bool, width)}
	ins.args = make([]driver.NamedValue, width*ins.batch)
	for i := range ins.args {
		ins.args[i].Ordinal = i + 1
	}
	ins.numeric[metaBefore-1] = true
	for i, c := range s.columns {
		ins.numeric[metaBefore+i] = c.Type == table.Integer
	}
	if s.key == nil {
		return ins
	}
	for _, p := range s.key.Paths {
		ins.keys = append(ins.keys, metaBefore+p.Column)
		ins.nullKey = ins.nullKey || len(p.Inner) > 0
	}
	if i := slices.IndexFunc(s.columns, func(c table.Column) bool { return c.Field == deletedAt }); i >= 0 {
		ins.deleted = metaBefore + i
	}
	return ins
}

// sql is the statement that inserts a number of rows.
func (ins *insert) sql(rows int) string {
	s := ins.stream
	row := "(?" + strings.Repeat(",?", ins.width-1) + ")"
	text := "INSERT INTO " + quote(s.target) + " (" + strings.Join(s.columnNames(), ", ") + ") VALUES " + row + strings.Repeat(","+row, rows-1)
	if s.key != nil {
		text += s.upsert()
	}
	return text
}

// run inserts all rows of cells.
func (ins *insert) run(ctx context.Context, c driver.ConnPrepareContext, cells string) error {
	if err := ins.prepare(ctx, c); err != nil {
		return err
	}
	for len(cells) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := 0
		for rows < ins.batch && len(cells) > 0 {
			cells = ins.bind(ins.args[rows*ins.width:], cells)
			rows++
		}
		if err := ins.execute(rows); err != nil {
			return err
		}
	}
	return nil
}

func (ins *insert) prepare(ctx context.Context, c driver.ConnPrepareContext) error {
	if ins.many != nil {
		return nil
	}
	single, err := c.PrepareContext(ctx, ins.sql(1))
	if err != nil {
		return err
	}
	many, err := c.PrepareContext(ctx, ins.sql(ins.batch))
	if err != nil {
		_ = single.Close() // the other statement's error says more
		return err
	}
	ins.single, ins.many = single, many
	return nil
}

// execute runs outside ctx, because a statement takes no time worth interrupting and watching ctx costs more than it.
func (ins *insert) execute(rows int) error {
	if rows == ins.batch {
		_, err := ins.many.(driver.StmtExecContext).ExecContext(context.Background(), ins.args)
		return err
	}
	row := slices.Clone(ins.args[:ins.width])
	for r := range rows {
		for i := range row {
			row[i].Value = ins.args[r*ins.width+i].Value
		}
		if _, err := ins.single.(driver.StmtExecContext).ExecContext(context.Background(), row); err != nil {
			return err
		}
	}
	return nil
}

// bind takes one row off cells.
func (ins *insert) bind(args []driver.NamedValue, cells string) (rest string) {
	for i := range ins.width {
		n, size := uvarint(cells)
		cells = cells[size:]
		if n == 0 {
			args[i].Value = nil
			ins.nullKey = ins.nullKey || slices.Contains(ins.keys, i)
			continue
		}
		args[i].Value = ins.value(i, cells[:n-1])
		ins.removals = ins.removals || i == ins.deleted
		cells = cells[n-1:]
	}
	return cells
}

func (ins *insert) value(i int, cell string) any {
	if c := i - metaBefore; c >= 0 && c < len(ins.stream.columns) && ins.stream.columns[c].Type == table.Boolean {
		return cell == "true"
	}
	if ins.numeric[i] {
		if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
			return n
		}
	}
	return cell
}

// afterwards are the statements to run before a commit.
func (ins *insert) afterwards() []string {
	var list []string
	s := ins.stream
	if s.key != nil && ins.nullKey {
		list = append(list, s.dropDuplicatesSQL(s.nullKeys()))
	}
	if ins.removals && ins.deleted >= 0 {
		list = append(list, "DELETE FROM "+quote(s.target)+" WHERE "+quote(s.columns[ins.deleted-metaBefore].Name)+" IS NOT NULL")
	}
	ins.removals = false
	return list
}

// close lets go of the statements; they have done what they were for.
func (ins *insert) close() {
	if ins.many != nil {
		_ = ins.many.Close()
		_ = ins.single.Close()
	}
}

// uvarint reads what [binary.AppendUvarint] wrote.
func uvarint(s string) (n, size int) {
	var head [binary.MaxVarintLen64]byte
	v, size := binary.Uvarint(head[:copy(head[:], s)])
	return int(v), size
}
