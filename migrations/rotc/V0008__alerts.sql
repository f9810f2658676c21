-- Why: an alert must be told once however many processes see it, and lists must stay fast on databases that the legacy
-- server has filled with alerts (one notice for everyone every 30 seconds, for years).

CREATE TABLE muster.alerts (
    kind TEXT PRIMARY KEY,
    raised_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE muster.alerts IS 'When administrators were last told of each kind of trouble.';

-- The newest notices for everyone: of the kinds cadets and staff get, and of all kinds.
CREATE INDEX IF NOT EXISTS idx_muster_notifications_global ON public.notifications (created_at DESC, id DESC)
    WHERE user_id IS NULL;
CREATE INDEX IF NOT EXISTS idx_muster_notifications_global_type ON public.notifications (type, created_at DESC, id DESC)
    WHERE user_id IS NULL;

-- For the clean-up.
CREATE INDEX IF NOT EXISTS idx_muster_notifications_read ON public.notifications (created_at) WHERE is_read;
CREATE INDEX IF NOT EXISTS idx_muster_sync_events_processed ON public.sync_events (processed_at) WHERE processed;
CREATE INDEX mails_sent ON muster.mails (sent_at) WHERE sent_at IS NOT NULL;
