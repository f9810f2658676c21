-- Why: every change of the merit ledger and of a grade must reach the audit log and the live clients, whoever makes it.
--
-- Function and trigger of the ledger keep their legacy names: the legacy server replaces them at its start, and this file
-- replaces them back at the next migration, so there is never one trigger of each.
-- Triggers here: merit_demerit_logs trg_merit_demerit_audit; grades trg_muster_grade_updated.

-- Same rows and payloads as the legacy function, with two repairs. When a cadet is deleted, the cascade reaches the ledger
-- after the cadet is gone: the event then has no cadet, where the legacy function broke the foreign key and with it the
-- delete. And a row without an issuer is put down to the acting user.
CREATE OR REPLACE FUNCTION public.fn_merit_demerit_audit() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    -- The row that names the cadet, the kind and the issuer: the old one when it is deleted, else the new one.
    entry public.merit_demerit_logs := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    actor INTEGER := nullif(current_setting('muster.actor', true), '')::int;
    audit JSONB;
    event_type TEXT;
    event JSONB := jsonb_build_object('log_id', entry.id);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        audit := jsonb_build_object(
            'before', jsonb_build_object('points', OLD.points, 'type', OLD.type, 'reason', OLD.reason),
            'after', jsonb_build_object('points', NEW.points, 'type', NEW.type, 'reason', NEW.reason));
        event_type := 'ledger_updated';
    ELSE
        audit := jsonb_build_object(
            'cadet_id', entry.cadet_id, 'type', entry.type, 'points', entry.points, 'reason', entry.reason);
        IF TG_OP = 'INSERT' THEN
            audit := audit || jsonb_build_object('issued_by_name', entry.issued_by_name);
        END IF;
        event_type := CASE entry.type WHEN 'merit' THEN 'merit' ELSE 'demerit' END
            || CASE TG_OP WHEN 'INSERT' THEN '_added' ELSE '_deleted' END;
        event := event || jsonb_build_object('points', entry.points, 'reason', entry.reason);
    END IF;

    INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
    VALUES ('merit_demerit_logs', TG_OP, entry.id, coalesce(entry.issued_by_user_id, actor), audit);

    INSERT INTO public.sync_events (event_type, cadet_id, payload)
    VALUES (event_type, (SELECT id FROM public.cadets WHERE id = entry.cadet_id), event);

    RETURN NULL;
END $$;

-- Replaced every time, as the legacy server may have left another one under this name. It is the only table that a repeated
-- migration locks; the other triggers are made only where they are missing (shared/R__watched_tables.sql says why).
CREATE OR REPLACE TRIGGER trg_merit_demerit_audit
    AFTER INSERT OR UPDATE OR DELETE ON public.merit_demerit_logs
    FOR EACH ROW EXECUTE FUNCTION public.fn_merit_demerit_audit();

-- Tells the clients of a cadet that the grade has changed. lifetime_merit_points is left out: it follows merit_points, and
-- its nightly reconciliation would wake every client at once. The event names what has changed: sockets tell examinations
-- apart; event streams leave it out.
CREATE OR REPLACE FUNCTION muster.grade_updated() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, cadet_id, payload)
    VALUES (
        'grade_updated',
        (SELECT id FROM public.cadets WHERE id = NEW.cadet_id), -- none for an orphan grade
        jsonb_build_object('cadetId', NEW.cadet_id, 'changed', (
            SELECT coalesce(jsonb_agg(key ORDER BY key), '[]') FROM jsonb_each(to_jsonb(NEW)) AS now
            JOIN jsonb_each(to_jsonb(OLD)) AS before USING (key)
            WHERE now.value IS DISTINCT FROM before.value AND key <> 'lifetime_merit_points')));
    RETURN NULL;
END $$;

DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = 'public.grades'::regclass AND tgname = 'trg_muster_grade_updated'
    ) THEN
        RETURN;
    END IF;
    CREATE TRIGGER trg_muster_grade_updated
        AFTER UPDATE ON public.grades
        FOR EACH ROW
        WHEN ((OLD.attendance_present, OLD.merit_points, OLD.demerit_points, OLD.prelim_score, OLD.midterm_score,
               OLD.final_score, OLD.status)
            IS DISTINCT FROM
              (NEW.attendance_present, NEW.merit_points, NEW.demerit_points, NEW.prelim_score, NEW.midterm_score,
               NEW.final_score, NEW.status))
        EXECUTE FUNCTION muster.grade_updated();
END $$;
