-- Why: a notice for everyone is one row without a user, so its is_read cannot say who has read it.

CREATE TABLE muster.notification_states (
    user_id INTEGER NOT NULL,
    notification_id INTEGER NOT NULL,
    read_at TIMESTAMPTZ,
    dismissed_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, notification_id)
);
COMMENT ON TABLE muster.notification_states IS
    'Who has read or dismissed a notice that is addressed to everyone; private notices use notifications.is_read.';

-- No foreign keys into the legacy tables: the legacy server must stay free to truncate or replace them. What points to a
-- notice or user that is gone is removed by the nightly clean-up.
CREATE INDEX notification_states_notification ON muster.notification_states (notification_id);
