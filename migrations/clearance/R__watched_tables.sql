-- Why: every write is audited, ends what is cached of its table, and takes along the files it lets go of
-- (shared/R__watched_tables.sql). Rows of the audit log name people and records by copies, because both may be gone later.

-- The model names that readers of the audit log know.
CREATE OR REPLACE FUNCTION public.audited_entity(table_name TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((SELECT entity FROM (VALUES
        ('users', 'User'), ('students', 'Student'), ('departments', 'Department'), ('academic_schools', 'School'),
        ('academic_departments', 'AcademicDepartment'), ('academic_courses', 'Course'),
        ('clearance_requests', 'ClearanceRequest'), ('clearance_approvals', 'ClearanceApproval'),
        ('clearance_certificates', 'Certificate'), ('payments', 'Payment'), ('finance_records', 'FinanceRecord'),
        ('receipts', 'Receipt'), ('mpesa_attempts', 'MpesaAttempt'), ('reconciliations', 'Reconciliation'),
        ('gown_issuances', 'GownIssuance'), ('gown_stock', 'GownStock'), ('notifications', 'Notification')
    ) AS names (name, entity) WHERE name = table_name), table_name)
$$;

-- {"before": {..}, "after": {..}} as {"field": [before, after]}.
CREATE OR REPLACE FUNCTION public.audited_changes(payload JSONB) RETURNS JSONB LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(field, jsonb_build_array(payload -> 'before' -> field, payload -> 'after' -> field)), '{}')
    FROM (SELECT jsonb_object_keys(payload -> 'before') UNION SELECT jsonb_object_keys(payload -> 'after')) AS fields (field)
    WHERE field <> 'updated_at'
$$;

CREATE OR REPLACE FUNCTION public.audited_action(table_name TEXT, operation TEXT, payload JSONB)
RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN operation = 'INSERT' THEN 'create'
        WHEN operation = 'DELETE' OR payload -> 'after' ->> 'deleted_at' IS NOT NULL THEN 'delete'
        WHEN table_name = 'clearance_approvals' AND payload -> 'after' ->> 'status' = 'approved' THEN 'approve'
        WHEN table_name = 'clearance_approvals' AND payload -> 'after' ->> 'status' = 'rejected' THEN 'reject'
        WHEN table_name = 'payments' AND payload -> 'after' ->> 'is_verified' = 'true' THEN 'other'
        ELSE 'update' END
$$;

CREATE OR REPLACE FUNCTION muster.write_audit(table_name TEXT, operation TEXT, record_ids TEXT[], payloads JSONB[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entity TEXT := public.audited_entity(table_name);
BEGIN
    -- The clean-up tells how many notices it has removed; a row for each would only move them to the log.
    IF table_name = 'notifications' AND operation = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN;
    END IF;
    INSERT INTO public.audit_logs (actor_id, actor_name, actor_email, action, entity, entity_id, description, changes,
                                   ip_address, request_id)
    SELECT users.id, users.full_name, users.email, action, entity, written.id,
           concat_ws(' ', initcap(CASE action WHEN 'other' THEN 'verify' ELSE action END), entity,
                     'by ' || nullif(payload ->> 'as', '')),
           public.audited_changes(payload), nullif(current_setting('muster.address', true), ''), payload ->> 'request'
    FROM unnest(record_ids, payloads) AS written (id, payload)
         CROSS JOIN LATERAL public.audited_action(table_name, operation, payload) AS action
         LEFT JOIN public.users ON users.id = muster.acting_user()::uuid;
END $$;

DO $$
DECLARE
    personal CONSTANT TEXT[] := ARRAY['email', 'full_name', 'first_name', 'last_name', 'username', 'phone_number', 'message',
        'notes', 'condition_notes', 'snapshot', 'signature', 'code', 'head_email', 'dean_email', 'contact_phone'];
    secret CONSTANT TEXT[] := ARRAY['password'];
    watched RECORD;
BEGIN
    FOR watched IN SELECT * FROM (VALUES
        ('public.users', 'id', '{last_login}', '{}'), ('public.students', 'id', '{}', '{}'),
        ('public.departments', 'id', '{}', '{}'), ('public.academic_schools', 'id', '{}', '{}'),
        ('public.academic_departments', 'id', '{}', '{}'), ('public.academic_courses', 'id', '{}', '{}'),
        ('public.clearance_requests', 'id', '{}', '{}'), ('public.clearance_approvals', 'id', '{}', '{evidence_file}'),
        ('public.clearance_certificates', 'id', '{}', '{}'), ('public.finance_records', 'id', '{}', '{}'),
        ('public.payments', 'id', '{}', '{receipt,fee_statement}'), ('public.mpesa_attempts', 'id', '{asked_at}', '{}'),
        ('public.receipts', 'id', '{}', '{}'), ('public.reconciliations', 'id', '{}', '{}'),
        ('public.gown_issuances', 'id', '{}', '{}'), ('public.gown_stock', 'size', '{}', '{}'),
        ('public.notifications', 'id', '{}', '{}')
    ) AS list (name, id, ignored, files) LOOP
        PERFORM muster.watch(watched.name::regclass, id => watched.id::name, ignored => watched.ignored::text[],
                             personal => personal, secret => secret, files => watched.files::text[]);
    END LOOP;
END $$;
