-- Why: live events of every system: an outbox for those whose legacy server had none, and what all of them keep about the
-- clients that listen.
--
-- No name here is one that the migrations of a system have used: on a new database these files run before those of the system,
-- on an older one after them. A system that kept cursors or sockets in tables of its own moves them in a file of its own.

-- What has happened. A row is an outbox entry until it has a number, and then an entry of the log.
CREATE TABLE muster.events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq BIGINT UNIQUE, -- its number for clients: rows become visible in another order than their ids
    kind TEXT NOT NULL, -- lesson.published
    tenant TEXT DEFAULT muster.tenant(), -- that of the transaction; NULL is for listeners of every tenant and of none
    audience JSONB NOT NULL, -- topics; whoever belongs to one of them hears it
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX events_unnumbered ON muster.events (id) WHERE seq IS NULL;
CREATE INDEX events_created ON muster.events (created_at); -- for the clean-up

CREATE SEQUENCE muster.event_numbers OWNED BY muster.events.seq;

-- Wakes whoever broadcasts. Also the trigger function of outboxes of legacy servers.
CREATE OR REPLACE FUNCTION muster.events_stored() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('muster_events', '');
    RETURN NULL;
END $$;

CREATE TRIGGER trg_muster_events_stored AFTER INSERT ON muster.events
    FOR EACH STATEMENT EXECUTE FUNCTION muster.events_stored();

-- How far an event stream got, for clients that come back without saying it.
CREATE TABLE muster.event_cursors (
    stream UUID PRIMARY KEY,
    session UUID NOT NULL,
    seq BIGINT NOT NULL,
    stored_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX event_cursors_session ON muster.event_cursors (session, seq);
CREATE INDEX event_cursors_stored ON muster.event_cursors (stored_at); -- for the clean-up

-- Open WebSockets of the gateway. It holds them; we only know their names.
CREATE TABLE muster.sockets (
    connection_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL, -- for people who look; the program reads the listener
    listener JSONB NOT NULL, -- session, user, role, tenant and topics when it was opened
    joined_seq BIGINT NOT NULL, -- the newest event when it was opened: a replay ends here
    seq BIGINT NOT NULL, -- the newest event that was sent to it
    greeted BOOLEAN NOT NULL DEFAULT FALSE, -- the gateway takes nothing for a socket that is being opened
    lease_until TIMESTAMPTZ, -- while a worker sends to it
    connected_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX sockets_waiting ON muster.sockets (seq);
