-- Why: every write is audited where it cannot be forgotten, whether a request, a job, an import or psql makes it.
--
-- | table                                                  | trigger                                        |
-- |--------------------------------------------------------|------------------------------------------------|
-- | merit_demerit_logs                                     | trg_merit_demerit_audit (R__ledger_events.sql) |
-- | grades                                                 | trg_muster_audit, trg_muster_grade_updated     |
-- | users, cadets, training_staff, user_settings,          | trg_muster_audit                               |
-- | training_days, attendance_records,                     |                                                |
-- | staff_attendance_records, excuse_letters, activities,  |                                                |
-- | activity_images, admin_messages, staff_messages,       |                                                |
-- | notifications, push_subscriptions, system_settings,    |                                                |
-- | staff_audit                                            |                                                |
-- | muster.certificates                                    | trg_muster_audit                               |
-- | audit_logs, sync_events                                | none: they are the logs                        |

-- Those columns of `shown` that differ from `other`, fit for the audit log. Without `other` (the row is new or gone) all
-- that are not NULL.
--   secret:    the column is dropped, and so is any picture kept as a data URL, alone or first in a JSON list;
--   personal:  only "[personal]" is shown, so one sees that the value has changed but not what it is.
-- The lists go by column name, for all tables alike: a name that is personal once is personal everywhere.
CREATE OR REPLACE FUNCTION muster.audit_columns(shown JSONB, other JSONB) RETURNS JSONB
LANGUAGE plpgsql STABLE AS $$ -- LANGUAGE sql would plan the query again for every row
DECLARE
    answer JSONB;
BEGIN
    SELECT jsonb_object_agg(
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
        END
    )
    INTO answer
    FROM jsonb_each(shown)
    WHERE key NOT IN ('password', 'keys', 'endpoint', 'qr_code_data')
      AND CASE WHEN other IS NULL THEN value <> 'null' ELSE value IS DISTINCT FROM other -> key END
      AND NOT starts_with(coalesce(value #>> '{}', ''), 'data:')
      AND NOT starts_with(coalesce(value #>> '{}', ''), '["data:');
    RETURN coalesce(answer, '{}');
END $$;

-- Who and why comes from the transaction's settings, which the program sets for every change:
--   muster.actor    id of the acting user; empty for the system
--   muster.request  id of the request, to find its log lines
--   muster.system   what a system job is called
-- A change of secrets only (a new password) still writes its row, with nothing to show.
CREATE OR REPLACE FUNCTION muster.audit_row() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    -- A heartbeat writes these every few seconds for everybody who is online.
    heartbeat CONSTANT TEXT[] := ARRAY['last_seen', 'last_latitude', 'last_longitude', 'last_location_at',
        'last_location_accuracy', 'last_location_provider'];
    old_row JSONB;
    new_row JSONB;
    payload JSONB := '{}';
    setting TEXT;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
    END IF;
    IF old_row = new_row THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'users' AND old_row - heartbeat = new_row - heartbeat THEN
        RETURN NULL;
    END IF;
    -- The clean-up tells how many notices it has removed; a row for each would only move them to the log.
    IF TG_TABLE_NAME = 'notifications' AND TG_OP = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN NULL;
    END IF;

    IF old_row IS NOT NULL THEN
        payload := jsonb_build_object('before', muster.audit_columns(old_row, new_row));
    END IF;
    IF new_row IS NOT NULL THEN
        payload := payload || jsonb_build_object('after', muster.audit_columns(new_row, old_row));
    END IF;
    setting := nullif(current_setting('muster.request', true), '');
    IF setting IS NOT NULL THEN
        payload := payload || jsonb_build_object('request', setting);
    END IF;
    setting := nullif(current_setting('muster.system', true), '');
    IF setting IS NOT NULL THEN
        payload := payload || jsonb_build_object('as', setting);
    END IF;

    INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
    VALUES (
        TG_TABLE_NAME,
        TG_OP,
        -- user_settings has no id of its own
        (coalesce(new_row, old_row) ->> CASE TG_TABLE_NAME WHEN 'user_settings' THEN 'user_id' ELSE 'id' END)::int,
        nullif(current_setting('muster.actor', true), '')::int,
        payload);
    RETURN NULL;
END $$;

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
            SELECT FROM pg_trigger
            WHERE tgrelid = audited AND tgname = 'trg_muster_audit');
        EXECUTE format(
            'CREATE TRIGGER trg_muster_audit AFTER INSERT OR UPDATE OR DELETE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION muster.audit_row()', audited);
    END LOOP;
END $$;
