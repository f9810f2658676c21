-- Why: what the running program keeps beside the systems' own data: request counts, mail to send, and facts about itself.

-- Unlogged: losing the counts in a crash is harmless, and each request writes one.
CREATE UNLOGGED TABLE muster.rate_limits (
    key TEXT PRIMARY KEY,
    window_start TIMESTAMPTZ NOT NULL,
    hits INTEGER NOT NULL
);
CREATE INDEX rate_limits_window ON muster.rate_limits (window_start); -- for the clean-up

-- Mail is written in the transaction of the change it tells about, and sent after the commit.
CREATE TABLE muster.mails (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    sent_at TIMESTAMPTZ,
    tries INTEGER NOT NULL DEFAULT 0,
    next_try_at TIMESTAMPTZ, -- NULL: at once
    last_error TEXT
);
CREATE INDEX mails_unsent ON muster.mails (next_try_at, id) WHERE sent_at IS NULL;

CREATE TABLE muster.meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
COMMENT ON TABLE muster.meta IS 'Facts about this database, such as demo_seeded.';
