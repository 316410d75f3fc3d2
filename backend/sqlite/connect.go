package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/mattn/go-sqlite3"
)

// connector opens connections that do not trust the schema of what they open: a
// database may have come with a backup, and what stands in its triggers, checks
// and generated columns may then be somebody else's. Such SQL can call nothing
// that has an effect outside of the database. It has to be said on each
// connection, and the driver's DSN has no word for it.
type connector string

var _ driver.Connector = connector("")

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(string(c)) }

// Driver implements driver.Connector.
func (connector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		_, err := conn.Exec("PRAGMA trusted_schema = OFF", nil)
		return err
	}}
}

// pool opens every database of this package.
func pool(dsn string) *sql.DB { return sql.OpenDB(connector(dsn)) }
