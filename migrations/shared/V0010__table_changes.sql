-- Why: what a process caches of a table must not outlive a change of it, whoever commits the change: another process, the
-- legacy server, or somebody with psql.

-- One row for each table that a transaction writes. Rows are only inserted and only looked up by transaction, so that
-- writers never wait for each other; they become visible together with the change itself, or never.
CREATE TABLE muster.table_changes (
    xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
    table_name TEXT NOT NULL -- without its schema
);
CREATE INDEX table_changes_xid ON muster.table_changes (xid);
COMMENT ON TABLE muster.table_changes IS 'Which tables recent transactions have written; for the caches of all processes.';

-- What was committed when: a row above may go when a snapshot of some minutes ago has seen its transaction end.
CREATE TABLE muster.table_change_snapshots (
    taken_at TIMESTAMPTZ PRIMARY KEY,
    snapshot PG_SNAPSHOT NOT NULL
);
