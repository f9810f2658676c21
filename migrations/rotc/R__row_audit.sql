-- Why: every write is audited where it cannot be forgotten, whether a request, a job, an import or psql makes it.
--
-- | table                                                  | trigger                                        |
-- |--------------------------------------------------------|------------------------------------------------|
-- | merit_demerit_logs                                     | trg_merit_demerit_audit (R__ledger_events.sql) |
-- | grades                                                 | the two, trg_muster_grade_updated              |
-- | users, cadets, training_staff, user_settings,          | trg_muster_audit_added and                     |
-- | training_days, attendance_records,                     | trg_muster_audit_changed: the two              |
-- | staff_attendance_records, excuse_letters, activities,  |                                                |
-- | activity_images, admin_messages, staff_messages,       |                                                |
-- | notifications, push_subscriptions, system_settings,    |                                                |
-- | staff_audit                                            |                                                |
-- | muster.certificates                                    | the two                                        |
-- | audit_logs, sync_events                                | none: they are the logs                        |

-- Those columns of `shown` that differ from `other`, fit for the audit log. Without `other` (the row is new or gone) all
-- that are not NULL.
--   secret:    the column is dropped, and so is any picture kept as a data URL, alone or first in a JSON list;
--   personal:  only "[personal]" is shown, so one sees that the value has changed but not what it is.
-- The lists go by column name, for all tables alike: a name that is personal once is personal everywhere.
-- As a table and in SQL, so that it is planned as part of the query that asks: a call for each row costs twice as much.
CREATE OR REPLACE FUNCTION muster.audited(shown JSONB, other JSONB) RETURNS TABLE (columns JSONB)
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        jsonb_object_agg(
            key,
            CASE
                WHEN value <> 'null' AND key IN (
                    -- who somebody is
                    'first_name', 'middle_name', 'last_name', 'suffix_name', 'username', 'student_id', 'afpsn', 'gender',
                    'religion', 'birthdate', 'birthplace', 'age', 'civil_status', 'nationality', 'language_spoken',
                    -- how and where to reach them
                    'email', 'contact_number', 'address', 'facebook_link', 'last_latitude', 'last_longitude',
                    'last_location_accuracy', 'last_location_provider',
                    -- measures of the body
                    'height', 'weight', 'blood_type', 'combat_boots_size', 'uniform_size', 'bullcap_size',
                    -- what people write to and about each other
                    'message', 'content', 'subject', 'admin_reply', 'reason', 'remarks', 'file_url',
                    'before_json', 'after_json', 'revoked_reason',
                    -- what is printed about them
                    'snapshot', 'fingerprint', 'signature', 'code'
                ) THEN '"[personal]"'
                ELSE value
            END),
        '{}')
    FROM jsonb_each(shown)
    WHERE key NOT IN ('password', 'keys', 'endpoint', 'qr_code_data')
      AND CASE WHEN other IS NULL THEN value <> 'null' ELSE value IS DISTINCT FROM other -> key END
      AND NOT starts_with(coalesce(value #>> '{}', ''), 'data:')
      AND NOT starts_with(coalesce(value #>> '{}', ''), '["data:')
$$;
DROP FUNCTION IF EXISTS muster.audit_columns(JSONB, JSONB);

-- Who and why comes from the transaction's settings, which the program sets for every change:
--   muster.actor    id of the acting user; empty for the system
--   muster.request  id of the request, to find its log lines
--   muster.system   what a system job is called
CREATE OR REPLACE FUNCTION muster.audit_cause() RETURNS JSONB
LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'request', nullif(current_setting('muster.request', true), ''),
        'as', nullif(current_setting('muster.system', true), '')))
$$;

-- The key of a row as text, whatever its type.
CREATE OR REPLACE FUNCTION muster.audit_record_key(shown JSONB, table_name TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$
    -- user_settings has no id of its own
    SELECT shown ->> CASE table_name WHEN 'user_settings' THEN 'user_id' ELSE 'id' END
$$;

-- New rows, all of a statement at once: an import brings thousands of them.
CREATE OR REPLACE FUNCTION muster.audit_added() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added) THEN
        INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
        SELECT TG_TABLE_NAME, TG_OP, muster.audit_record_key(row, TG_TABLE_NAME)::int,
               nullif(current_setting('muster.actor', true), '')::int,
               jsonb_build_object('after', audited.columns) || cause
        FROM (SELECT to_jsonb(added) AS row FROM added OFFSET 0) AS rows
             CROSS JOIN (SELECT muster.audit_cause() AS cause OFFSET 0) AS causes
             CROSS JOIN LATERAL muster.audited(row, NULL) AS audited;
    END IF;
    RETURN NULL;
END $$;

-- A row that is changed or goes. A change of secrets only (a new password) still writes its audit row, with nothing to show.
CREATE OR REPLACE FUNCTION muster.audit_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    -- A heartbeat writes these every few seconds for everybody who is online.
    heartbeat CONSTANT TEXT[] := ARRAY['last_seen', 'last_latitude', 'last_longitude', 'last_location_at',
        'last_location_accuracy', 'last_location_provider'];
    before JSONB := to_jsonb(OLD);
    after JSONB;
    payload JSONB;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        after := to_jsonb(NEW);
    END IF;
    IF before = after OR (TG_TABLE_NAME = 'users' AND before - heartbeat = after - heartbeat) THEN
        RETURN NULL;
    END IF;
    -- The clean-up tells how many notices it has removed; a row for each would only move them to the log.
    IF TG_TABLE_NAME = 'notifications' AND TG_OP = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_build_object('before', columns) INTO payload FROM muster.audited(before, after);
    IF after IS NOT NULL THEN
        SELECT payload || jsonb_build_object('after', columns) INTO payload FROM muster.audited(after, before);
    END IF;
    INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
    VALUES (TG_TABLE_NAME, TG_OP, muster.audit_record_key(coalesce(after, before), TG_TABLE_NAME)::int,
            nullif(current_setting('muster.actor', true), '')::int, payload || muster.audit_cause());
    RETURN NULL;
END $$;

DROP FUNCTION IF EXISTS muster.audit_record_id(JSONB, TEXT);

-- A trigger is made only where it is missing, because making one locks the table: a migration beside a running system would
-- hold some tables and wait for others. To change when it fires, choose a new name and drop the old one here.
DO $$
DECLARE
    audited regclass;
BEGIN
    FOREACH audited IN ARRAY ARRAY[
        'public.users', 'public.cadets', 'public.training_staff', 'public.user_settings', 'public.grades',
        'public.training_days', 'public.attendance_records', 'public.staff_attendance_records', 'public.excuse_letters',
        'public.activities', 'public.activity_images', 'public.admin_messages', 'public.staff_messages',
        'public.notifications', 'public.push_subscriptions', 'public.system_settings', 'public.staff_audit',
        'muster.certificates'
    ]::regclass[] LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = audited AND tgname = 'trg_muster_audit_added');
        EXECUTE format('DROP TRIGGER IF EXISTS trg_muster_audit ON %s', audited);
        EXECUTE format(
            'CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON %s REFERENCING NEW TABLE AS added'
            ' FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added()', audited);
        EXECUTE format(
            'CREATE TRIGGER trg_muster_audit_changed AFTER UPDATE OR DELETE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION muster.audit_changed()', audited);
    END LOOP;
    DROP FUNCTION IF EXISTS muster.audit_row();
END $$;
