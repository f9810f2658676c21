-- Why: every write is audited, ends what is cached of its table and takes along the files it lets go of, where it cannot be
-- forgotten: whether a request, a job, an import or psql makes it. shared/R__watched_tables.sql says how.
--
-- merit_demerit_logs is audited by a trigger with a legacy name (R__ledger_events.sql); audit_logs and sync_events are logs
-- themselves.

CREATE OR REPLACE FUNCTION muster.write_audit(table_name TEXT, operation TEXT, record_ids TEXT[], payloads JSONB[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- The clean-up tells how many notices it has removed; a row for each would only move them to the log.
    IF table_name = 'notifications' AND operation = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN;
    END IF;
    INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
    SELECT write_audit.table_name, write_audit.operation, id::int, muster.acting_user()::int, payload
    FROM unnest(record_ids, payloads) AS written (id, payload);
END $$;

DO $$
DECLARE
    -- By column name, for all tables alike: a name that is personal once is personal everywhere.
    personal CONSTANT TEXT[] := ARRAY[
        -- who somebody is
        'first_name', 'middle_name', 'last_name', 'suffix_name', 'username', 'student_id', 'afpsn', 'gender', 'religion',
        'birthdate', 'birthplace', 'age', 'civil_status', 'nationality', 'language_spoken',
        -- how and where to reach them
        'email', 'contact_number', 'address', 'facebook_link', 'last_latitude', 'last_longitude', 'last_location_accuracy',
        'last_location_provider',
        -- measures of the body
        'height', 'weight', 'blood_type', 'combat_boots_size', 'uniform_size', 'bullcap_size',
        -- what people write to and about each other
        'message', 'content', 'subject', 'admin_reply', 'reason', 'remarks', 'file_url', 'before_json', 'after_json',
        'revoked_reason',
        -- what is printed about them
        'snapshot', 'fingerprint', 'signature', 'code'];
    secret CONSTANT TEXT[] := ARRAY['password', 'keys', 'endpoint', 'qr_code_data'];
    -- A heartbeat writes these every few seconds for everybody who is online; nothing cached may be made of them.
    heartbeat CONSTANT TEXT[] := ARRAY['last_seen', 'last_latitude', 'last_longitude', 'last_location_at',
        'last_location_accuracy', 'last_location_provider'];
    watched RECORD;
BEGIN
    -- Of editions before December 2026, which had a view and a trigger function of their own for files.
    DROP VIEW IF EXISTS muster.file_references;
    DROP FUNCTION IF EXISTS muster.file_addresses(JSONB);

    FOR watched IN SELECT * FROM (VALUES
        ('public.users', TRUE, '{profile_pic}'), ('public.cadets', TRUE, '{profile_pic}'),
        ('public.training_staff', TRUE, '{profile_pic}'), ('public.user_settings', TRUE, '{custom_bg}'),
        ('public.grades', TRUE, '{}'), ('public.merit_demerit_logs', FALSE, '{}'), ('public.training_days', TRUE, '{}'),
        ('public.attendance_records', TRUE, '{}'), ('public.staff_attendance_records', TRUE, '{}'),
        ('public.excuse_letters', TRUE, '{file_url}'), ('public.activities', TRUE, '{image_path,images}'),
        ('public.activity_images', TRUE, '{image_path}'), ('public.admin_messages', TRUE, '{}'),
        ('public.staff_messages', TRUE, '{}'), ('public.notifications', TRUE, '{}'),
        ('public.push_subscriptions', TRUE, '{}'),
        -- The logo of documents is the value of a setting; no other value has the form of an address.
        ('public.system_settings', TRUE, '{value}'),
        ('public.staff_audit', TRUE, '{}'), ('public.audit_logs', FALSE, '{}'), ('public.sync_events', FALSE, '{}'),
        ('muster.notification_states', FALSE, '{}'), ('muster.certificates', TRUE, '{}')
    ) AS list (name, audit, files) LOOP
        -- Of editions before November 2026.
        EXECUTE format('DROP TRIGGER IF EXISTS trg_muster_audit ON %s', watched.name);
        PERFORM muster.watch(
            watched.name::regclass,
            id => CASE watched.name WHEN 'public.user_settings' THEN 'user_id' ELSE 'id' END,
            audit => watched.audit,
            ignored => CASE watched.name WHEN 'public.users' THEN heartbeat ELSE '{}' END,
            personal => personal, secret => secret, files => watched.files::TEXT[]);
    END LOOP;

    -- What former editions of this file have made.
    DROP FUNCTION IF EXISTS muster.audit_row();
    DROP FUNCTION IF EXISTS muster.audit_added();
    DROP FUNCTION IF EXISTS muster.audit_changed();
    DROP FUNCTION IF EXISTS muster.audit_record_key(JSONB, TEXT);
    DROP FUNCTION IF EXISTS muster.audit_record_id(JSONB, TEXT);
    DROP FUNCTION IF EXISTS muster.audited(JSONB, JSONB);
    DROP FUNCTION IF EXISTS muster.audit_columns(JSONB, JSONB);
END $$;
