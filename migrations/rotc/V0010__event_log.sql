-- Why: rows of sync_events become visible in another order than their ids, so an id is no place to continue from; and clients
-- that come back must get what happened in between.

-- What has been broadcast, in the order in which it became visible: whoever appends holds a lock until its commit.
CREATE TABLE muster.event_log (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the event's number for clients
    event_id INTEGER NOT NULL UNIQUE, -- sync_events.id
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX event_log_created ON muster.event_log (created_at); -- for the clean-up

-- How far an event stream got, for clients that come back without saying it.
CREATE TABLE muster.stream_cursors (
    stream UUID PRIMARY KEY,
    session UUID NOT NULL,
    seq BIGINT NOT NULL,
    stored_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX stream_cursors_session ON muster.stream_cursors (session, seq);
CREATE INDEX stream_cursors_stored ON muster.stream_cursors (stored_at); -- for the clean-up

-- Open WebSockets of the gateway. It holds them; we only know their names.
CREATE TABLE muster.ws_connections (
    connection_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    cadet_id INTEGER,
    session UUID NOT NULL,
    joined_seq BIGINT NOT NULL, -- the newest event when it was opened: a replay ends here
    seq BIGINT NOT NULL, -- the newest event that was sent to it
    greeted BOOLEAN NOT NULL DEFAULT FALSE, -- the gateway takes nothing for a socket that is being opened
    lease_until TIMESTAMPTZ, -- while a worker sends to it
    connected_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ws_connections_waiting ON muster.ws_connections (seq);
