-- Why: a broadcast is one row for everybody, so that somebody who deletes it may only lose it from their own list; and a push
-- message must reach each device once, however often its delivery is tried.

CREATE TABLE muster.hidden_broadcasts (
    user_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    hidden_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, message_id)
);
COMMENT ON TABLE muster.hidden_broadcasts IS 'Who has deleted a broadcast (admin_messages) from their own list.';
CREATE INDEX hidden_broadcasts_message ON muster.hidden_broadcasts (message_id);

-- One row for each notice and device. It stays for a while after it is done: a job may run twice.
CREATE TABLE muster.push_deliveries (
    notification_id INTEGER NOT NULL,
    subscription_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL, -- whom it is for: a device that changes hands in between gets nothing
    created_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ,
    status SMALLINT, -- what the push service answered last; NULL: it did not
    PRIMARY KEY (notification_id, subscription_id)
);
CREATE INDEX push_deliveries_created ON muster.push_deliveries (created_at); -- for the clean-up
CREATE INDEX IF NOT EXISTS idx_muster_push_subscriptions_user ON public.push_subscriptions (user_id);
