-- Why: work that follows a change (a file to delete, a picture to shrink) must be done once the change is committed, even when
-- the store is down at that moment or the process dies; and files that clients have sent must be known to be theirs.

-- A job is written in the transaction of the change that causes it.
CREATE TABLE muster.jobs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    run_at TIMESTAMPTZ, -- NULL: at once
    lease_until TIMESTAMPTZ, -- while it runs; a job whose lease is over was left by a dead worker
    last_error TEXT,
    created_by INTEGER,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ
);
CREATE INDEX jobs_waiting ON muster.jobs (kind, run_at, created_at) WHERE status IN ('queued', 'running');
CREATE INDEX jobs_finished ON muster.jobs (finished_at) WHERE finished_at IS NOT NULL; -- for the clean-up

-- Files sent on their own, before a record refers to them: whose they are.
CREATE TABLE muster.uploads (
    address TEXT PRIMARY KEY,
    uploaded_by INTEGER NOT NULL,
    kind TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX uploads_of ON muster.uploads (uploaded_by, created_at);

-- Files that a sweep found in the store and no record refers to. They are reported before they are deleted.
CREATE TABLE muster.orphan_files (
    address TEXT PRIMARY KEY,
    bytes BIGINT NOT NULL,
    found_at TIMESTAMPTZ NOT NULL
);
