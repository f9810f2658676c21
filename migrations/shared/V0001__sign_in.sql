-- Why: sessions, sign-in links and the count of failures must survive a cold start and be seen by every function.
--
-- User ids have no foreign key: each system keeps its own users, and this schema knows none of them.
-- Tokens and codes are stored as hashes only.

CREATE TABLE muster.sessions (
    id UUID PRIMARY KEY,
    user_id INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_used_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    idle_expires_at TIMESTAMPTZ NOT NULL,
    absolute_expires_at TIMESTAMPTZ NOT NULL,
    refresh_hash BYTEA,
    previous_refresh_hash BYTEA, -- seen again after rotation: the token was stolen or sent twice
    refresh_generation INTEGER NOT NULL DEFAULT 0,
    refreshed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    user_agent TEXT,
    address TEXT,
    revoked_at TIMESTAMPTZ,
    revoked_reason TEXT
);
CREATE INDEX sessions_user ON muster.sessions (user_id);
CREATE UNIQUE INDEX sessions_refresh_hash ON muster.sessions (refresh_hash);
CREATE INDEX sessions_previous_refresh_hash ON muster.sessions (previous_refresh_hash)
    WHERE previous_refresh_hash IS NOT NULL;
CREATE INDEX sessions_absolute_expiry ON muster.sessions (absolute_expires_at); -- for the clean-up

CREATE TABLE muster.signin_links (
    id UUID PRIMARY KEY,
    code_hash BYTEA NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ -- a link works once
);
CREATE INDEX signin_links_user ON muster.signin_links (user_id, created_at);

CREATE TABLE muster.signin_failures (
    account TEXT NOT NULL, -- user:<id>, or a fingerprint of a name that belongs to nobody
    address TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX signin_failures_account ON muster.signin_failures (account, at);
CREATE INDEX signin_failures_address ON muster.signin_failures (address, at);

CREATE TABLE muster.lockouts (
    account TEXT PRIMARY KEY,
    locked_until TIMESTAMPTZ NOT NULL
);

CREATE TABLE muster.secrets (
    name TEXT PRIMARY KEY,
    value BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE muster.secrets IS
    'Keys made by Muster itself where none is configured, so that all processes on this database share them.';
