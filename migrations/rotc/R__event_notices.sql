-- Why: whoever broadcasts events must be woken when one is committed, by whichever server; and new notices and changed settings
-- are events too, whoever writes them.
--
-- Triggers here: sync_events trg_muster_events_stored; notifications trg_muster_notices_stored;
-- system_settings trg_muster_setting_stored.

-- One event for all notices of a statement; their words stay in their own table.
CREATE OR REPLACE FUNCTION muster.notices_stored() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, payload)
    SELECT 'notifications_created', jsonb_build_object('ids', jsonb_agg(id ORDER BY id)) FROM stored HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION muster.setting_stored() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, payload)
    VALUES ('system_setting_updated', jsonb_build_object('key', NEW.key));
    RETURN NULL;
END $$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = 'public.sync_events'::regclass AND tgname = 'trg_muster_events_stored'
    ) THEN
        CREATE TRIGGER trg_muster_events_stored AFTER INSERT ON public.sync_events
            FOR EACH STATEMENT EXECUTE FUNCTION muster.events_stored();
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = 'public.notifications'::regclass AND tgname = 'trg_muster_notices_stored'
    ) THEN
        CREATE TRIGGER trg_muster_notices_stored AFTER INSERT ON public.notifications
            REFERENCING NEW TABLE AS stored
            FOR EACH STATEMENT EXECUTE FUNCTION muster.notices_stored();
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = 'public.system_settings'::regclass AND tgname = 'trg_muster_setting_stored'
    ) THEN
        CREATE TRIGGER trg_muster_setting_stored AFTER INSERT OR UPDATE OF value ON public.system_settings
            FOR EACH ROW EXECUTE FUNCTION muster.setting_stored();
    END IF;
END $$;
