-- Why: whoever is shown a certificate must be able to ask whether it is one of ours, and still stands. And what a job has printed must be found by who asked for it, and by nobody else.

-- One row for each certificate that was printed. The signature covers the code, the activity, the cadet and the snapshot, so
-- that a row which somebody alters is not taken for a certificate.
CREATE TABLE muster.certificates (
    id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code TEXT NOT NULL UNIQUE CHECK (code ~ '^[0-9A-Z]{20}$'), -- drawn at random; the address of its page
    activity_id INTEGER NOT NULL, -- no foreign key: a certificate outlives what it was given for
    cadet_id INTEGER, -- none for a name that was typed
    fingerprint BYTEA NOT NULL, -- of what it says without its date: who asks twice gets the same certificate
    snapshot JSONB NOT NULL, -- what is printed
    key_id TEXT NOT NULL,
    signature BYTEA NOT NULL, -- Ed25519
    issued_at TIMESTAMPTZ NOT NULL,
    issued_by INTEGER,
    revoked_at TIMESTAMPTZ,
    revoked_by INTEGER,
    revoked_reason TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE UNIQUE INDEX certificates_standing ON muster.certificates (fingerprint) WHERE revoked_at IS NULL;
CREATE INDEX certificates_cadet ON muster.certificates (cadet_id, activity_id);

-- Files that jobs have printed. They are kept for some days in a place that no address leads to.
CREATE TABLE muster.report_files (
    task_id UUID PRIMARY KEY, -- the job; the name of the file, so that a job which runs twice makes one
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL, -- as it is offered
    content_type TEXT NOT NULL,
    started_by INTEGER NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX report_files_made ON muster.report_files (made_at); -- for the clean-up
