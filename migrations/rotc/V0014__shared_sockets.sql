-- Why: cursors of event streams and sockets of the gateway are kept in tables that all systems have. Sockets that are open during
-- the upgrade stay open.

-- Whatever is written while this waits is copied too.
LOCK TABLE muster.stream_cursors, muster.ws_connections IN ACCESS EXCLUSIVE MODE;

INSERT INTO muster.event_cursors (stream, session, seq, stored_at)
SELECT stream, session, seq, stored_at FROM muster.stream_cursors;

INSERT INTO muster.sockets (connection_id, user_id, listener, joined_seq, seq, greeted, lease_until, connected_at)
SELECT connection_id, user_id,
       jsonb_build_object(
           'session', session, 'user', user_id::text, 'role', role, 'tenant', NULL,
           'topics', jsonb_build_array(jsonb_build_object('role', role), jsonb_build_object('user', user_id::text))
               || CASE WHEN role = 'cadet' AND cadet_id IS NOT NULL
                       THEN jsonb_build_array(
                           jsonb_build_object('record', jsonb_build_array('cadet', cadet_id::text)))
                       ELSE '[]'
                  END),
       joined_seq, seq, greeted, lease_until, connected_at
FROM muster.ws_connections;

DROP TABLE muster.stream_cursors, muster.ws_connections;
