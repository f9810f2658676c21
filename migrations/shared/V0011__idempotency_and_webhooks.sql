-- Why: clients and providers send the same request again when they have seen no response; it must have its effect once.

-- What a request with an idempotency key was answered. A row without a status is a request that is still running.
CREATE TABLE muster.idempotency_keys (
    scope TEXT NOT NULL, -- tenant, user and path: a key means nothing outside
    key TEXT NOT NULL,
    request BYTEA NOT NULL, -- SHA-256 of the body
    status SMALLINT,
    response BYTEA, -- the JSON
    lease_until TIMESTAMPTZ, -- after that a request that is still running was left by a dead process
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_expired ON muster.idempotency_keys (expires_at); -- for the clean-up

-- Events of providers, stored before anything is done about them.
CREATE TABLE muster.webhook_events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source TEXT NOT NULL, -- the provider
    event_id TEXT NOT NULL, -- the provider's
    body BYTEA, -- as it was sent, for the job that acts; NULL when it is not kept
    received_at TIMESTAMPTZ NOT NULL,
    UNIQUE (source, event_id)
);
CREATE INDEX webhook_events_received ON muster.webhook_events (received_at); -- for the clean-up
