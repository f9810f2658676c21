CREATE SCHEMA muster;

CREATE FUNCTION muster.acting_user() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT nullif(current_setting('muster.actor', true), '')
$$;

CREATE FUNCTION muster.audit_cause() RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'request', nullif(current_setting('muster.request', true), ''),
        'as', nullif(current_setting('muster.system', true), '')))
$$;

CREATE FUNCTION muster.audit_columns(shown jsonb, other jsonb, personal jsonb, secret jsonb) RETURNS TABLE(columns jsonb)
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(
        jsonb_object_agg(key, CASE WHEN value <> 'null' AND personal ? key THEN '"[personal]"' ELSE value END), '{}')
    FROM jsonb_each(shown)
    WHERE NOT secret ? key
      AND CASE WHEN other IS NULL THEN value <> 'null' ELSE value IS DISTINCT FROM other -> key END
      AND NOT starts_with(coalesce(value #>> '{}', ''), 'data:')
      AND NOT starts_with(coalesce(value #>> '{}', ''), '["data:')
$$;

CREATE FUNCTION muster.audit_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    personal JSONB := TG_ARGV[1];
    secret JSONB := TG_ARGV[2];
    ids TEXT[];
    payloads JSONB[];
BEGIN
    SELECT array_agg(row ->> TG_ARGV[0]), array_agg(jsonb_build_object('after', audited.columns) || cause)
    INTO ids, payloads
    FROM (SELECT to_jsonb(added) AS row FROM added OFFSET 0) AS rows
         CROSS JOIN (SELECT muster.audit_cause() AS cause OFFSET 0) AS causes
         CROSS JOIN LATERAL muster.audit_columns(row, NULL, personal, secret) AS audited;
    IF ids IS NOT NULL THEN
        PERFORM muster.write_audit(TG_TABLE_NAME, TG_OP, ids, payloads);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION muster.audit_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    personal JSONB := TG_ARGV[1];
    secret JSONB := TG_ARGV[2];
    ignored TEXT[] := TG_ARGV[3];
    before JSONB := to_jsonb(OLD);
    after JSONB := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) END;
    payload JSONB;
BEGIN
    IF before - ignored = after - ignored THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_build_object('before', columns) INTO payload
    FROM muster.audit_columns(before, after, personal, secret);
    IF after IS NOT NULL THEN
        SELECT payload || jsonb_build_object('after', columns) INTO payload
        FROM muster.audit_columns(after, before, personal, secret);
    END IF;
    PERFORM muster.write_audit(TG_TABLE_NAME, TG_OP, ARRAY[coalesce(after, before) ->> TG_ARGV[0]],
                               ARRAY[payload || muster.audit_cause()]);
    RETURN NULL;
END $$;

CREATE FUNCTION muster.column_type(target regclass, column_name name) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    found text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                   WHERE attrelid = target AND attname = column_name AND NOT attisdropped);
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'the table % has no column %', target, column_name;
    END IF;
    RETURN found;
END
$$;

CREATE FUNCTION muster.define_file_references() RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    body TEXT := (
        SELECT string_agg(format(
            'SELECT %L::text, found.address FROM %I.%I AS shown, unnest(muster.file_addresses(ARRAY[%s])) AS found (address)'
            ' WHERE num_nonnulls(%s) > 0', relname, nspname, relname, as_text, names), E'\nUNION ALL\n' ORDER BY nspname, relname)
        FROM (SELECT nspname, relname, string_agg(format('shown.%I::text', attname), ', ' ORDER BY attnum) AS as_text,
                     string_agg(format('shown.%I', attname), ', ' ORDER BY attnum) AS names
              FROM pg_trigger
              JOIN pg_class ON pg_class.oid = tgrelid
              JOIN pg_namespace ON pg_namespace.oid = relnamespace
              JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY (tgattr)
              WHERE tgname = 'trg_muster_files_changed'
              GROUP BY nspname, relname) AS watched);
BEGIN
    body := coalesce(body, 'SELECT NULL::text, NULL::text WHERE FALSE');
    IF body IS DISTINCT FROM (SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('muster.file_references()')) THEN
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION muster.file_references() RETURNS TABLE (table_name TEXT, address TEXT)'
            ' LANGUAGE sql STABLE AS %L', body);
    END IF;
END $$;

CREATE FUNCTION muster.events_stored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('muster_events', '');
    RETURN NULL;
END $$;

CREATE FUNCTION muster.file_address(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE
        WHEN value IS NULL OR starts_with(value, 'data:') THEN NULL
        WHEN value ~ '^https://res\.cloudinary\.com/' THEN value
        ELSE substring(replace(value, '\', '/') FROM '/uploads/(?:cloud/)?[A-Za-z0-9._-]+$')
    END
$_$;

CREATE FUNCTION muster.file_addresses(stored text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    value TEXT;
    found TEXT[] := '{}';
BEGIN
    FOREACH value IN ARRAY stored LOOP
        IF starts_with(ltrim(value), '[') THEN
            BEGIN
                found := found || ARRAY(SELECT jsonb_array_elements_text(value::jsonb));
            EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded THEN
                NULL;
            END;
        ELSIF value IS NOT NULL THEN
            found := found || value;
        END IF;
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT muster.file_address(one) FROM unnest(found) AS one WHERE muster.file_address(one) IS NOT NULL);
END $$;

CREATE FUNCTION muster.file_key(address text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE
        WHEN address ~ '^(https://res\.cloudinary\.com|/uploads/cloud)/'
        THEN 'cloudinary:' || substring(address FROM '^[^?#]*/([^./?#]*)')
        ELSE address
    END
$$;

CREATE FUNCTION muster.file_references() RETURNS TABLE(table_name text, address text)
    LANGUAGE sql STABLE
    AS $$SELECT 'clearance_approvals'::text, found.address FROM public.clearance_approvals AS shown, unnest(muster.file_addresses(ARRAY[shown.evidence_file::text])) AS found (address) WHERE num_nonnulls(shown.evidence_file) > 0
UNION ALL
SELECT 'payments'::text, found.address FROM public.payments AS shown, unnest(muster.file_addresses(ARRAY[shown.receipt::text, shown.fee_statement::text])) AS found (address) WHERE num_nonnulls(shown.receipt, shown.fee_statement) > 0$$;

CREATE FUNCTION muster.follow_files() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    before TEXT[] := '{}';
    after TEXT[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        before := muster.file_addresses(ARRAY(SELECT to_jsonb(OLD) ->> name FROM unnest(TG_ARGV) AS name));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after := muster.file_addresses(ARRAY(SELECT to_jsonb(NEW) ->> name FROM unnest(TG_ARGV) AS name));
    END IF;
    -- Nobody asked for these jobs: they are not those of whoever made the change, who could stop them.
    INSERT INTO muster.jobs (kind, queue, payload, created_by)
    SELECT 'delete_file', 'image', jsonb_build_object('address', address), NULL
    FROM unnest(before) AS address
    WHERE address <> ALL (after)
      -- Once for each change: a person's photo may stand in two rows. A job of another change may have looked already.
      AND NOT EXISTS (SELECT FROM muster.jobs
                      WHERE kind = 'delete_file' AND status = 'queued' AND created_at = now()
                        AND payload ->> 'address' = address);
    INSERT INTO muster.jobs (kind, queue, payload, created_by)
    SELECT 'shrink_picture', 'image', jsonb_build_object('address', address), NULL
    FROM unnest(after) AS address
    WHERE address <> ALL (before) AND address ~ '^/uploads/[^/]+\.(png|jpe?g|webp)$'
      AND NOT EXISTS (SELECT FROM muster.jobs
                      WHERE kind = 'shrink_picture' AND status = 'queued' AND payload ->> 'address' = address);
    RETURN NULL;
END $_$;

CREATE FUNCTION muster.guard_account_names() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    account JSONB := to_jsonb(NEW);
    before JSONB := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) END;
    same TEXT := '';
    found BOOLEAN;
BEGIN
    IF (before -> TG_ARGV[0], before -> TG_ARGV[1]) = (account -> TG_ARGV[0], account -> TG_ARGV[1]) THEN
        RETURN NEW;
    END IF;
    -- Whoever else gives a name or an address waits: each of two would not see the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('muster.account_names', 0));
    FOR position IN 2 .. TG_NARGS - 1 LOOP
        same := same || format(' AND (other.%1$I = ($1).%1$I) IS NOT TRUE', TG_ARGV[position]);
    END LOOP;
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %1$s AS other WHERE lower(other.%2$I) = lower(btrim($2)) AND other.id <> ($1).id%4$s)
             OR EXISTS (SELECT FROM %1$s AS other WHERE lower(other.%3$I) = lower(btrim($3)) AND other.id <> ($1).id%4$s)',
        TG_RELID::regclass, TG_ARGV[1], TG_ARGV[0], same)
    INTO found USING NEW, nullif(btrim(account ->> TG_ARGV[0]), ''), nullif(btrim(account ->> TG_ARGV[1]), '');
    IF found THEN
        RAISE unique_violation USING
            CONSTRAINT = 'muster_account_names', MESSAGE = 'a name must not be the address of another account';
    END IF;
    RETURN NEW;
END
$_$;

CREATE FUNCTION muster.guard_names(accounts regclass, name text, address text, VARIADIC person text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = accounts AND tgname = 'trg_muster_account_names') THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TRIGGER trg_muster_account_names BEFORE INSERT OR UPDATE OF %I, %I ON %s
         FOR EACH ROW EXECUTE FUNCTION muster.guard_account_names(%s)',
        name, address, accounts,
        (SELECT string_agg(quote_literal(argument), ', ' ORDER BY place)
         FROM unnest(ARRAY[name, address] || person) WITH ORDINALITY AS arguments (argument, place)));
END
$$;

CREATE FUNCTION muster.is_own() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(current_setting('muster.scope', true) = 'own', false)
$$;

CREATE FUNCTION muster.is_platform() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(current_setting('muster.scope', true) = 'platform', false)
$$;

CREATE FUNCTION muster.isolate(target regclass, tenant_column name, own_column name DEFAULT NULL::name) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    condition text := format('%I = muster.tenant()::%s', tenant_column, muster.column_type(target, tenant_column));
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS muster_tenant ON %s', target);
    EXECUTE format('CREATE POLICY muster_tenant ON %s USING (%s OR muster.is_platform())', target, condition);
    EXECUTE format('DROP POLICY IF EXISTS muster_own ON %s', target);
    IF own_column IS NOT NULL THEN
        EXECUTE format('CREATE POLICY muster_own ON %s FOR SELECT USING (muster.is_own() AND %I = muster.acting_user()::%s)',
                       target, own_column, muster.column_type(target, own_column));
    END IF;
END
$$;

CREATE FUNCTION muster.make_trigger(target regclass, trigger_name name, definition text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    known text := (SELECT coalesce(obj_description(oid, 'pg_trigger'), '') FROM pg_trigger
                   WHERE tgrelid = target AND tgname = trigger_name);
    wanted text := 'muster.watch ' || md5(definition);
BEGIN
    IF definition IS NULL THEN
        IF known IS NOT NULL THEN
            EXECUTE format('DROP TRIGGER %I ON %s', trigger_name, target);
        END IF;
    ELSIF known IS DISTINCT FROM wanted THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER %I %s', trigger_name, definition);
        EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', trigger_name, target, wanted);
    END IF;
END $$;

CREATE FUNCTION muster.note_ended_sessions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM set_config(
        'muster.touched', concat(current_setting('muster.touched', true), ',ended_sessions,'), true);
    RETURN NULL;
END $$;

CREATE FUNCTION muster.note_started_jobs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    known TEXT := coalesce(current_setting('muster.started', true), '');
    added TEXT := (SELECT string_agg(format(',%s:%s', queue, id), '' ORDER BY created_at, id)
                   FROM new_jobs WHERE status = 'queued' AND run_at IS NULL);
BEGIN
    IF added IS NOT NULL AND length(known) + length(added) < 200000 THEN
        PERFORM set_config('muster.started', known || added, true);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION muster.restricted_role(role_name name, VARIADIC schemas name[] DEFAULT '{public,muster}'::name[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    of_schema name;
BEGIN
    IF to_regrole(quote_ident(role_name)) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    -- Superusers take any role; whoever has made it must still be allowed to.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
    END IF;
    FOREACH of_schema IN ARRAY schemas LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', of_schema, role_name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', of_schema, role_name);
        EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', of_schema, role_name);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I',
                       of_schema, role_name);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO %I',
                       of_schema, role_name);
    END LOOP;
END
$$;

CREATE FUNCTION muster.tenant() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    IF current_setting('muster.scope', true) = 'none' THEN
        RAISE EXCEPTION 'a tenant is needed' USING ERRCODE = 'MT403';
    END IF;
    RETURN nullif(current_setting('muster.tenant', true), '');
END
$$;

CREATE FUNCTION muster.touch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM set_config(
        'muster.touched', concat(current_setting('muster.touched', true), ',', TG_TABLE_NAME, ','), true);
    INSERT INTO muster.table_changes (table_name) VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;

CREATE FUNCTION muster.watch(target regclass, id name DEFAULT 'id'::name, audit boolean DEFAULT true, touch boolean DEFAULT true, ignored text[] DEFAULT '{}'::text[], personal text[] DEFAULT '{}'::text[], secret text[] DEFAULT '{}'::text[], files text[] DEFAULT '{}'::text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    table_name name := (SELECT relname FROM pg_class WHERE oid = target);
    -- Always with its schema: a regclass shows it only where the search path asks for it, and a definition must not depend on that.
    qualified_name text := (SELECT format('%s.%I', relnamespace::regnamespace, relname) FROM pg_class WHERE oid = target);
    personal_columns jsonb := coalesce((SELECT jsonb_object_agg(c, true) FROM unnest(personal) AS c), '{}');
    secret_columns jsonb := coalesce((SELECT jsonb_object_agg(c, true) FROM unnest(secret) AS c), '{}');
    watched text := ' OF ' || (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attname <> ALL (ignored));
    file_columns text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(files) AS c);
    new_file_columns text := (SELECT string_agg('NEW.' || quote_ident(c), ', ') FROM unnest(files) AS c);
    file_arguments text := (SELECT string_agg(quote_literal(c), ', ') FROM unnest(files) AS c);
BEGIN
    -- The condition keeps the function from being called again for the same table: an audit log gets a statement for every
    -- row that changes.
    PERFORM muster.make_trigger(target, 'trg_muster_touched', CASE WHEN touch THEN format(
        'AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE%s ON %s FOR EACH STATEMENT'
        ' WHEN (coalesce(strpos(current_setting(''muster.touched'', true), %L), 0) = 0) EXECUTE FUNCTION muster.touch()',
        CASE WHEN ignored <> '{}' THEN watched ELSE '' END, qualified_name, format(',%s,', table_name)) END);
    PERFORM muster.make_trigger(target, 'trg_muster_audit_added', CASE WHEN audit THEN format(
        'AFTER INSERT ON %s REFERENCING NEW TABLE AS added FOR EACH STATEMENT'
        ' EXECUTE FUNCTION muster.audit_insert(%L, %L, %L)', qualified_name, id, personal_columns, secret_columns) END);
    PERFORM muster.make_trigger(target, 'trg_muster_audit_changed', CASE WHEN audit THEN format(
        'AFTER UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION muster.audit_update(%L, %L, %L, %L)',
        qualified_name, id, personal_columns, secret_columns, ignored) END);
    -- Only rows with a file are looked at: not thousands of imported rows without one, nor the heartbeat of a user.
    PERFORM muster.make_trigger(target, 'trg_muster_files_added', CASE WHEN files <> '{}' THEN format(
        'AFTER INSERT ON %s FOR EACH ROW WHEN (num_nonnulls(%s) > 0) EXECUTE FUNCTION muster.follow_files(%s)',
        qualified_name, new_file_columns, file_arguments) END);
    PERFORM muster.make_trigger(target, 'trg_muster_files_changed', CASE WHEN files <> '{}' THEN format(
        'AFTER DELETE OR UPDATE OF %s ON %s FOR EACH ROW EXECUTE FUNCTION muster.follow_files(%s)',
        file_columns, qualified_name, file_arguments) END);
    PERFORM muster.define_file_references();
END $$;

CREATE FUNCTION muster.write_audit(table_name text, operation text, record_ids text[], payloads jsonb[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.approval_counts(request uuid) RETURNS TABLE(total integer, approved integer, rejected integer, pending integer, percentage integer)
    LANGUAGE sql STABLE
    AS $$
    SELECT count(*)::int, (count(*) FILTER (WHERE status = 'approved'))::int,
           (count(*) FILTER (WHERE status = 'rejected'))::int, (count(*) FILTER (WHERE status = 'pending'))::int,
           coalesce(((count(*) FILTER (WHERE status <> 'pending')) * 100 / nullif(count(*), 0))::int, 0)
    FROM public.clearance_approvals WHERE clearance_request_id = request AND deleted_at IS NULL
$$;

CREATE FUNCTION public.audited_action(table_name text, operation text, payload jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE
        WHEN operation = 'INSERT' THEN 'create'
        WHEN operation = 'DELETE' OR payload -> 'after' ->> 'deleted_at' IS NOT NULL THEN 'delete'
        WHEN table_name = 'clearance_approvals' AND payload -> 'after' ->> 'status' = 'approved' THEN 'approve'
        WHEN table_name = 'clearance_approvals' AND payload -> 'after' ->> 'status' = 'rejected' THEN 'reject'
        WHEN table_name = 'payments' AND payload -> 'after' ->> 'is_verified' = 'true' THEN 'other'
        ELSE 'update' END
$$;

CREATE FUNCTION public.audited_changes(payload jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(jsonb_object_agg(field, jsonb_build_array(payload -> 'before' -> field, payload -> 'after' -> field)), '{}')
    FROM (SELECT jsonb_object_keys(payload -> 'before') UNION SELECT jsonb_object_keys(payload -> 'after')) AS fields (field)
    WHERE field <> 'updated_at'
$$;

CREATE FUNCTION public.audited_entity(table_name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce((SELECT entity FROM (VALUES
        ('users', 'User'), ('students', 'Student'), ('departments', 'Department'), ('academic_schools', 'School'),
        ('academic_departments', 'AcademicDepartment'), ('academic_courses', 'Course'),
        ('clearance_requests', 'ClearanceRequest'), ('clearance_approvals', 'ClearanceApproval'),
        ('clearance_certificates', 'Certificate'), ('payments', 'Payment'), ('finance_records', 'FinanceRecord'),
        ('receipts', 'Receipt'), ('mpesa_attempts', 'MpesaAttempt'), ('reconciliations', 'Reconciliation'),
        ('gown_issuances', 'GownIssuance'), ('gown_stock', 'GownStock'), ('notifications', 'Notification')
    ) AS names (name, entity) WHERE name = table_name), table_name)
$$;

CREATE FUNCTION public.due_from(student uuid) RETURNS numeric
    LANGUAGE sql STABLE
    AS $$
    SELECT greatest(coalesce((SELECT graduation_fee FROM public.finance_records WHERE student_id = student), 0.00)
                    - public.received_from(student), 0.00)
$$;

CREATE FUNCTION public.effective_department(role text, department_id uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE
        WHEN role IN ('admin', 'student') THEN NULL
        ELSE coalesce(department_id, (SELECT id FROM public.departments WHERE code = CASE role
            WHEN 'library_staff' THEN 'LIBRARY'
            WHEN 'finance_staff' THEN 'FINANCE'
            WHEN 'hostel_staff' THEN 'HOSTEL'
            WHEN 'academic_staff' THEN 'ACADEMIC'
            WHEN 'clearance_officer' THEN 'STUDENT_SERVICES' END))
    END
$$;

CREATE FUNCTION public.fee_status(student uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE
        WHEN public.due_from(student) = 0 THEN 'verified'
        WHEN EXISTS (SELECT FROM public.payments WHERE student_id = student AND deleted_at IS NULL
                       AND NOT is_verified AND amount = public.due_from(student)
                       AND public.received_from(student) = 0) THEN 'paid'
        ELSE 'pending' END
$$;

CREATE FUNCTION public.is_open(status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT status IN ('draft', 'submitted', 'pending', 'in_progress')
$$;

CREATE FUNCTION public.keep_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of the audit log are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION public.note_sent_mail() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE public.notifications SET sent_via_email = TRUE, email_sent_at = NEW.sent_at WHERE id = NEW.key;
    RETURN NULL;
END $$;

CREATE FUNCTION public.note_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE FUNCTION public.ordinal(number integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(number::double precision, '-infinity')
$$;

CREATE FUNCTION public.ordinal(at timestamp with time zone) RETURNS double precision
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(extract(epoch FROM at)::double precision, '-infinity')
$$;

CREATE FUNCTION public.payment_sums(student uuid) RETURNS TABLE(received numeric, due numeric, overpaid numeric, state text)
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(sum(applied_amount), 0.00), public.due_from(student),
           coalesce(sum(amount - applied_amount - refunded_amount), 0.00),
           CASE WHEN count(*) = 0 THEN 'claimed' WHEN public.due_from(student) > 0 THEN 'partial' ELSE 'paid' END
    FROM public.receipts WHERE student_id = student AND receipts.state = 'applied'
$$;

CREATE FUNCTION public.percent(part bigint, whole bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(round(100.0 * part / nullif(whole, 0), 2), 0)::float8
$$;

CREATE FUNCTION public.received_from(student uuid) RETURNS numeric
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(sum(applied_amount), 0.00) FROM public.receipts WHERE student_id = student AND state = 'applied'
$$;

CREATE TABLE muster.backup_codes (
    user_id text NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE muster.event_cursors (
    stream uuid NOT NULL,
    session uuid NOT NULL,
    seq bigint NOT NULL,
    stored_at timestamp with time zone NOT NULL
);

CREATE TABLE muster.events (
    id bigint NOT NULL,
    seq bigint,
    kind text NOT NULL,
    tenant text DEFAULT muster.tenant(),
    audience jsonb NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE SEQUENCE muster.event_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE muster.event_numbers OWNED BY muster.events.seq;

ALTER TABLE muster.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE muster.idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status smallint,
    response bytea,
    lease_until timestamp with time zone,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE muster.jobs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    run_at timestamp with time zone,
    lease_until timestamp with time zone,
    last_error text,
    created_by text DEFAULT NULLIF(current_setting('muster.actor'::text, true), ''::text),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    result jsonb,
    queue text DEFAULT 'image'::text NOT NULL,
    sent_at timestamp with time zone,
    started_at timestamp with time zone,
    progress_done bigint,
    progress_of bigint,
    problem text,
    slot timestamp with time zone,
    scope jsonb,
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

COMMENT ON COLUMN muster.jobs.scope IS 'Whose rows the job sees: that of the change that started it.';

CREATE TABLE muster.lockouts (
    account text NOT NULL,
    locked_until timestamp with time zone NOT NULL,
    locked_at timestamp with time zone,
    level integer DEFAULT 0 NOT NULL
);

CREATE TABLE muster.mails (
    id bigint NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    text_body text NOT NULL,
    html_body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone,
    last_error text,
    job_id uuid,
    refused_at timestamp with time zone,
    key uuid DEFAULT gen_random_uuid() NOT NULL,
    expires_at timestamp with time zone
);

COMMENT ON COLUMN muster.mails.next_try_at IS 'No longer used: the job knows.';

ALTER TABLE muster.mails ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.mails_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE muster.meta (
    key text NOT NULL,
    value text NOT NULL
);

COMMENT ON TABLE muster.meta IS 'Facts about this database, such as demo_seeded.';

CREATE TABLE muster.migrations_clearance (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);

CREATE TABLE muster.migrations_shared (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);

CREATE TABLE muster.orphan_files (
    address text NOT NULL,
    bytes bigint NOT NULL,
    found_at timestamp with time zone NOT NULL
);

CREATE UNLOGGED TABLE muster.rate_limits (
    key text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    hits integer NOT NULL
);

CREATE TABLE muster.second_factors (
    user_id text NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    used_steps bigint[] DEFAULT '{}'::bigint[] NOT NULL
);

CREATE TABLE muster.secrets (
    name text NOT NULL,
    value bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE muster.secrets IS 'Keys made by Muster itself where none is configured, so that all processes on this database share them.';

CREATE TABLE muster.sessions (
    id uuid NOT NULL,
    user_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    idle_expires_at timestamp with time zone NOT NULL,
    absolute_expires_at timestamp with time zone NOT NULL,
    refresh_hash bytea,
    previous_refresh_hash bytea,
    refresh_generation integer DEFAULT 0 NOT NULL,
    refreshed_at timestamp with time zone DEFAULT now() NOT NULL,
    user_agent text,
    address text,
    revoked_at timestamp with time zone,
    revoked_reason text
);

CREATE TABLE muster.signin_failures (
    account text NOT NULL,
    address text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    attempt uuid,
    pending boolean DEFAULT false NOT NULL
);

CREATE TABLE muster.signin_links (
    id uuid NOT NULL,
    code_hash bytea NOT NULL,
    user_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    purpose text DEFAULT 'sign-in'::text NOT NULL
);

COMMENT ON TABLE muster.signin_links IS 'One-time codes of every purpose, as hashes; the name is from when there was one purpose.';

CREATE TABLE muster.sockets (
    connection_id text NOT NULL,
    user_id text NOT NULL,
    listener jsonb NOT NULL,
    joined_seq bigint NOT NULL,
    seq bigint NOT NULL,
    greeted boolean DEFAULT false NOT NULL,
    lease_until timestamp with time zone,
    connected_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE muster.table_change_snapshots (
    taken_at timestamp with time zone NOT NULL,
    snapshot pg_snapshot NOT NULL
);

CREATE TABLE muster.table_changes (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    table_name text NOT NULL
);

COMMENT ON TABLE muster.table_changes IS 'Which tables recent transactions have written; for the caches of all processes.';

CREATE TABLE muster.uploads (
    address text NOT NULL,
    uploaded_by text NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE muster.webhook_events (
    id bigint NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    body bytea,
    received_at timestamp with time zone NOT NULL
);

ALTER TABLE muster.webhook_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.webhook_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE muster.workers (
    id uuid NOT NULL,
    name text NOT NULL,
    queues text[] NOT NULL,
    at_once integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE public.academic_courses (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    department_id uuid NOT NULL,
    code character varying(30) NOT NULL,
    name character varying(255) NOT NULL,
    duration_years smallint DEFAULT 4 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.academic_departments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    school_id uuid NOT NULL,
    name character varying(255) NOT NULL,
    code character varying(20) NOT NULL,
    head_email character varying(254),
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.academic_schools (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name character varying(255) NOT NULL,
    code character varying(20) NOT NULL,
    dean_email character varying(254),
    description text DEFAULT ''::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.clearance_approvals (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    clearance_request_id uuid NOT NULL,
    department_id uuid NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    approved_by_id uuid,
    approval_date timestamp with time zone,
    rejection_reason text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    evidence_file text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT clearance_approvals_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'approved'::character varying, 'rejected'::character varying])::text[])))
);

CREATE TABLE public.clearance_requests (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    student_id uuid NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    submission_date timestamp with time zone DEFAULT now() NOT NULL,
    completion_date timestamp with time zone,
    rejection_reason text DEFAULT ''::text NOT NULL,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT clearance_requests_status_check CHECK (((status)::text = ANY ((ARRAY['draft'::character varying, 'submitted'::character varying, 'pending'::character varying, 'in_progress'::character varying, 'completed'::character varying, 'rejected'::character varying, 'cancelled'::character varying])::text[])))
);

CREATE TABLE public.departments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name character varying(255) NOT NULL,
    code character varying(20) NOT NULL,
    department_type character varying(20) NOT NULL,
    head_email character varying(254) DEFAULT ''::character varying NOT NULL,
    contact_phone character varying(20) DEFAULT ''::character varying NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    approval_order integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.students (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    registration_number character varying(50) NOT NULL,
    admission_year integer,
    school_id uuid,
    department_id uuid,
    course_id uuid,
    faculty character varying(255) NOT NULL,
    program character varying(255) NOT NULL,
    graduation_year integer NOT NULL,
    eligibility_status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT students_eligibility_status_check CHECK (((eligibility_status)::text = ANY ((ARRAY['eligible'::character varying, 'ineligible'::character varying, 'pending'::character varying])::text[])))
);

CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    password character varying(128) DEFAULT ''::character varying NOT NULL,
    email character varying(254) NOT NULL,
    is_email_duplicate boolean DEFAULT false NOT NULL,
    admission_number character varying(50),
    full_name character varying(255) NOT NULL,
    role character varying(50) DEFAULT 'student'::character varying NOT NULL,
    department_id uuid,
    is_active boolean DEFAULT true NOT NULL,
    last_login timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    username character varying(254) DEFAULT ''::character varying NOT NULL,
    first_name character varying(150) DEFAULT ''::character varying NOT NULL,
    last_name character varying(150) DEFAULT ''::character varying NOT NULL,
    is_staff boolean DEFAULT false NOT NULL,
    is_superuser boolean DEFAULT false NOT NULL,
    date_joined timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_role_check CHECK (((role)::text = ANY ((ARRAY['admin'::character varying, 'department_staff'::character varying, 'student'::character varying, 'library_staff'::character varying, 'finance_staff'::character varying, 'hostel_staff'::character varying, 'academic_staff'::character varying, 'gown_issuance_staff'::character varying, 'clearance_officer'::character varying])::text[])))
);

CREATE VIEW public.approval_rows AS
 SELECT approvals.id,
    requests.id AS clearance_request,
    users.full_name AS student_name,
    students.registration_number,
    offices.id AS office_id,
    offices.name AS department_name,
    offices.code AS department_code,
    offices.department_type,
    offices.approval_order,
    approvals.status,
    approvers.id AS approver_id,
    approvers.full_name AS approved_by_name,
    approvers.email AS approver_email,
    approvals.approval_date,
    approvals.rejection_reason,
    approvals.notes,
    approvals.evidence_file,
    approvals.created_at,
    approvals.updated_at,
    users.id AS owner,
    users.email AS student_email,
    users.admission_number,
    students.id AS student_id,
    students.faculty,
    students.program,
    students.graduation_year,
    requests.submission_date AS submitted_date,
    requests.status AS clearance_status,
    public.is_open((requests.status)::text) AS is_open
   FROM (((((public.clearance_approvals approvals
     JOIN public.clearance_requests requests ON ((requests.id = approvals.clearance_request_id)))
     JOIN public.students ON ((students.id = requests.student_id)))
     JOIN public.users ON ((users.id = students.user_id)))
     JOIN public.departments offices ON ((offices.id = approvals.department_id)))
     LEFT JOIN public.users approvers ON ((approvers.id = approvals.approved_by_id)))
  WHERE ((approvals.deleted_at IS NULL) AND (requests.deleted_at IS NULL));

CREATE TABLE public.mpesa_attempts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    student_id uuid NOT NULL,
    payment_id uuid,
    phone_number character varying(20) NOT NULL,
    amount numeric(10,2) NOT NULL,
    account_reference character varying(12) NOT NULL,
    checkout_request_id text,
    merchant_request_id text,
    status character varying(20) NOT NULL,
    result_code text,
    result_desc text,
    transaction_id text,
    created_by_id uuid,
    asked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT mpesa_attempts_amount_check CHECK ((amount > (0)::numeric)),
    CONSTRAINT mpesa_attempts_status_check CHECK (((status)::text = ANY ((ARRAY['created'::character varying, 'sent'::character varying, 'pending'::character varying, 'succeeded'::character varying, 'mismatch'::character varying, 'failed'::character varying, 'cancelled'::character varying, 'timed_out'::character varying, 'reversed'::character varying])::text[])))
);

CREATE VIEW public.attempt_rows AS
 SELECT attempts.id,
    attempts.student_id AS student,
    users.full_name AS student_name,
    students.registration_number,
    attempts.phone_number,
    attempts.amount,
    attempts.account_reference,
    attempts.checkout_request_id,
    attempts.merchant_request_id,
    attempts.status,
    attempts.result_code,
    COALESCE(attempts.result_desc, ''::text) AS result_desc,
    attempts.transaction_id,
    attempts.created_at,
    attempts.updated_at,
    attempts.finished_at,
    students.user_id
   FROM ((public.mpesa_attempts attempts
     JOIN public.students ON ((students.id = attempts.student_id)))
     JOIN public.users ON ((users.id = students.user_id)));

CREATE TABLE public.audit_logs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    actor_id uuid,
    actor_name character varying(255),
    actor_email character varying(254),
    action character varying(20) NOT NULL,
    entity character varying(100) NOT NULL,
    entity_id character varying(100) NOT NULL,
    object_str text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    changes jsonb DEFAULT '{}'::jsonb NOT NULL,
    ip_address text,
    request_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.clearance_certificates (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    clearance_request_id uuid NOT NULL,
    serial text NOT NULL,
    code text NOT NULL,
    snapshot jsonb NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_reason text,
    CONSTRAINT clearance_certificates_check CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL)))
);

CREATE TABLE public.counters (
    name text NOT NULL,
    value integer NOT NULL
);

CREATE VIEW public.deciding_offices AS
 SELECT requests.student_id,
    approvals.department_id AS office
   FROM (public.clearance_requests requests
     JOIN public.clearance_approvals approvals ON ((approvals.clearance_request_id = requests.id)))
  WHERE ((requests.deleted_at IS NULL) AND (approvals.deleted_at IS NULL));

CREATE TABLE public.finance_records (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    student_id uuid NOT NULL,
    tuition_balance numeric(10,2) DEFAULT 0 NOT NULL,
    graduation_fee numeric(10,2) NOT NULL,
    mpesa_code character varying(50) DEFAULT ''::character varying NOT NULL,
    mpesa_payment_date timestamp with time zone,
    last_verified_date timestamp with time zone,
    verified_by character varying(255) DEFAULT ''::character varying NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT finance_records_graduation_fee_check CHECK (((graduation_fee >= (0)::numeric) AND (graduation_fee <= (1000000)::numeric))),
    CONSTRAINT finance_records_tuition_balance_check CHECK ((tuition_balance >= (0)::numeric))
);

CREATE VIEW public.fee_rows AS
 SELECT records.id,
    records.student_id AS student,
    users.full_name AS student_name,
    students.registration_number,
    students.graduation_year,
    records.tuition_balance,
    records.graduation_fee,
    public.received_from(records.student_id) AS amount_received,
    public.due_from(records.student_id) AS amount_due,
    public.fee_status(records.student_id) AS graduation_fee_status,
    records.mpesa_code,
    records.mpesa_payment_date,
    records.last_verified_date,
    records.verified_by,
    records.notes,
    records.created_at,
    records.updated_at
   FROM ((public.finance_records records
     JOIN public.students ON ((students.id = records.student_id)))
     JOIN public.users ON ((users.id = students.user_id)))
  WHERE (students.deleted_at IS NULL);

CREATE TABLE public.gown_issuances (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    student_id uuid NOT NULL,
    gown_number character varying(50) NOT NULL,
    gown_size character varying(5) NOT NULL,
    deposit_amount numeric(10,2) NOT NULL,
    deposit_paid boolean DEFAULT false NOT NULL,
    deposit_receipt character varying(100) DEFAULT ''::character varying NOT NULL,
    issued_date timestamp with time zone DEFAULT now() NOT NULL,
    issued_by_id uuid,
    expected_return_date date NOT NULL,
    actual_return_date timestamp with time zone,
    returned_to_id uuid,
    status character varying(20) DEFAULT 'issued'::character varying NOT NULL,
    condition_notes text DEFAULT ''::text NOT NULL,
    damage_fee numeric(10,2) DEFAULT 0 NOT NULL,
    deposit_refunded boolean DEFAULT false NOT NULL,
    refund_amount numeric(10,2),
    refund_date timestamp with time zone,
    notes text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT gown_issuances_check CHECK (((damage_fee >= (0)::numeric) AND (damage_fee <= deposit_amount))),
    CONSTRAINT gown_issuances_check1 CHECK (((refund_amount >= (0)::numeric) AND (refund_amount <= deposit_amount))),
    CONSTRAINT gown_issuances_deposit_amount_check CHECK ((deposit_amount >= (0)::numeric)),
    CONSTRAINT gown_issuances_gown_size_check CHECK (((gown_size)::text = ANY ((ARRAY['XS'::character varying, 'S'::character varying, 'M'::character varying, 'L'::character varying, 'XL'::character varying, 'XXL'::character varying])::text[]))),
    CONSTRAINT gown_issuances_status_check CHECK (((status)::text = ANY ((ARRAY['issued'::character varying, 'returned'::character varying, 'lost'::character varying, 'damaged'::character varying])::text[])))
);

CREATE TABLE public.gown_stock (
    size character varying(5) NOT NULL,
    total integer NOT NULL,
    CONSTRAINT gown_stock_size_check CHECK (((size)::text = ANY ((ARRAY['XS'::character varying, 'S'::character varying, 'M'::character varying, 'L'::character varying, 'XL'::character varying, 'XXL'::character varying])::text[]))),
    CONSTRAINT gown_stock_total_check CHECK (((total >= 0) AND (total <= 10000)))
);

CREATE TABLE public.mpesa_messages (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    attempt_id uuid,
    digest bytea NOT NULL,
    body jsonb NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    state character varying(20) DEFAULT 'new'::character varying NOT NULL,
    problem text DEFAULT ''::text NOT NULL,
    checkout_request_id text,
    transaction_id text,
    result_code text,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT mpesa_messages_kind_check CHECK (((kind)::text = ANY ((ARRAY['callback'::character varying, 'confirmation'::character varying])::text[]))),
    CONSTRAINT mpesa_messages_state_check CHECK (((state)::text = ANY ((ARRAY['new'::character varying, 'booked'::character varying, 'noted'::character varying, 'unusable'::character varying])::text[])))
);

ALTER TABLE public.mpesa_messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mpesa_messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    recipient_id uuid NOT NULL,
    notification_type character varying(50) DEFAULT 'general'::character varying NOT NULL,
    title character varying(255) NOT NULL,
    message text NOT NULL,
    clearance_id uuid,
    approval_id uuid,
    payment_id uuid,
    gown_id uuid,
    is_read boolean DEFAULT false NOT NULL,
    read_at timestamp with time zone,
    sent_via_email boolean DEFAULT false NOT NULL,
    email_sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.payments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    student_id uuid NOT NULL,
    amount numeric(10,2) NOT NULL,
    payment_method character varying(20) DEFAULT 'mpesa'::character varying NOT NULL,
    transaction_id character varying(100) DEFAULT ''::character varying NOT NULL,
    phone_number character varying(20) DEFAULT ''::character varying NOT NULL,
    payment_date timestamp with time zone,
    is_verified boolean DEFAULT false NOT NULL,
    verified_by_id uuid,
    verification_date timestamp with time zone,
    notes text DEFAULT ''::text NOT NULL,
    receipt text,
    fee_statement text,
    graduation_fee_amount numeric(10,2) NOT NULL,
    created_by_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT payments_payment_method_check CHECK (((payment_method)::text = ANY ((ARRAY['mpesa'::character varying, 'bank'::character varying, 'cash'::character varying])::text[])))
);

CREATE VIEW public.payment_rows AS
 SELECT payments.id,
    payments.student_id,
    users.full_name AS student_name,
    students.registration_number,
    users.admission_number,
    students.faculty,
    students.program,
    students.graduation_year,
        CASE
            WHEN (sums.state = 'claimed'::text) THEN payments.amount
            ELSE sums.received
        END AS amount,
    payments.payment_method,
    payments.transaction_id,
    payments.phone_number,
    payments.payment_date,
    payments.is_verified,
    payments.verified_by_id AS verified_by,
    verifiers.full_name AS verified_by_name,
    payments.verification_date,
    payments.notes,
    payments.receipt,
    payments.fee_statement,
    payments.graduation_fee_amount,
    payments.created_at,
    payments.updated_at,
    sums.state,
    sums.received AS amount_received,
    sums.due AS amount_due,
    sums.overpaid AS overpaid_amount
   FROM ((((public.payments
     JOIN public.students ON ((students.id = payments.student_id)))
     JOIN public.users ON ((users.id = students.user_id)))
     CROSS JOIN LATERAL public.payment_sums(payments.student_id) sums(received, due, overpaid, state))
     LEFT JOIN public.users verifiers ON ((verifiers.id = payments.verified_by_id)))
  WHERE (payments.deleted_at IS NULL);

CREATE TABLE public.receipts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    transaction_id character varying(100) NOT NULL,
    source character varying(20) NOT NULL,
    student_id uuid,
    payment_id uuid,
    attempt_id uuid,
    payment_method character varying(20) DEFAULT 'mpesa'::character varying NOT NULL,
    amount numeric(12,2) NOT NULL,
    applied_amount numeric(12,2) DEFAULT 0 NOT NULL,
    refunded_amount numeric(12,2) DEFAULT 0 NOT NULL,
    phone_number character varying(20) DEFAULT ''::character varying NOT NULL,
    account_reference character varying(100) DEFAULT ''::character varying NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    state character varying(20) NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    refunded_at timestamp with time zone,
    refund_reference text DEFAULT ''::text NOT NULL,
    created_by_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT receipts_amount_check CHECK ((amount > (0)::numeric)),
    CONSTRAINT receipts_check CHECK (((applied_amount >= (0)::numeric) AND (refunded_amount >= (0)::numeric) AND ((applied_amount + refunded_amount) <= amount))),
    CONSTRAINT receipts_check1 CHECK ((((state)::text = 'applied'::text) OR (applied_amount = (0)::numeric))),
    CONSTRAINT receipts_check2 CHECK ((((state)::text <> 'applied'::text) OR (student_id IS NOT NULL))),
    CONSTRAINT receipts_payment_method_check CHECK (((payment_method)::text = ANY ((ARRAY['mpesa'::character varying, 'bank'::character varying, 'cash'::character varying])::text[]))),
    CONSTRAINT receipts_source_check CHECK (((source)::text = ANY ((ARRAY['stk'::character varying, 'c2b'::character varying, 'pull'::character varying, 'statement'::character varying, 'manual'::character varying])::text[]))),
    CONSTRAINT receipts_state_check CHECK (((state)::text = ANY ((ARRAY['applied'::character varying, 'review'::character varying, 'dismissed'::character varying, 'reversed'::character varying])::text[]))),
    CONSTRAINT receipts_transaction_id_check CHECK (((transaction_id)::text = upper((transaction_id)::text)))
);

CREATE VIEW public.receipt_rows AS
 SELECT receipts.id,
    receipts.transaction_id,
    receipts.source,
    receipts.student_id AS student,
    users.full_name AS student_name,
    students.registration_number,
    receipts.payment_id AS payment,
    receipts.amount,
    receipts.applied_amount,
        CASE receipts.state
            WHEN 'applied'::text THEN (receipts.amount - receipts.applied_amount)
            ELSE 0.00
        END AS excess_amount,
    (((receipts.state)::text = 'applied'::text) AND (receipts.amount > (receipts.applied_amount + receipts.refunded_amount))) AS refund_due,
    receipts.phone_number,
    receipts.account_reference,
    receipts.paid_at,
    receipts.state,
    receipts.reason,
    receipts.refunded_at,
    receipts.refund_reference,
    receipts.created_at,
    students.user_id
   FROM ((public.receipts
     LEFT JOIN public.students ON ((students.id = receipts.student_id)))
     LEFT JOIN public.users ON ((users.id = students.user_id)));

CREATE TABLE public.reconciliation_items (
    id bigint NOT NULL,
    reconciliation_id uuid NOT NULL,
    transaction_id text NOT NULL,
    amount numeric(12,2) NOT NULL,
    kind character varying(20) NOT NULL,
    receipt_id uuid,
    detail text DEFAULT ''::text NOT NULL,
    CONSTRAINT reconciliation_items_kind_check CHECK (((kind)::text = ANY ((ARRAY['matched'::character varying, 'booked'::character varying, 'amount_differs'::character varying, 'missing_there'::character varying, 'reversed'::character varying])::text[])))
);

ALTER TABLE public.reconciliation_items ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reconciliation_items_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reconciliation_lists (
    reconciliation_id uuid NOT NULL,
    lines jsonb NOT NULL
);

CREATE TABLE public.reconciliations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    source character varying(20) NOT NULL,
    period_from timestamp with time zone,
    period_to timestamp with time zone,
    row_count integer DEFAULT 0 NOT NULL,
    status character varying(20) DEFAULT 'running'::character varying NOT NULL,
    created_by_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT reconciliations_source_check CHECK (((source)::text = ANY ((ARRAY['statement'::character varying, 'pull'::character varying])::text[]))),
    CONSTRAINT reconciliations_status_check CHECK (((status)::text = ANY ((ARRAY['running'::character varying, 'done'::character varying, 'failed'::character varying])::text[])))
);

CREATE VIEW public.shown_gowns AS
 SELECT gowns.id,
    gowns.student_id,
    gowns.gown_number,
    gowns.gown_size,
    gowns.deposit_amount,
    gowns.deposit_paid,
    gowns.deposit_receipt,
    gowns.issued_date,
    gowns.issued_by_id,
    gowns.expected_return_date,
    gowns.actual_return_date,
    gowns.returned_to_id,
    gowns.status,
    gowns.condition_notes,
    gowns.damage_fee,
    gowns.deposit_refunded,
    gowns.refund_amount,
    gowns.refund_date,
    gowns.notes,
    gowns.created_at,
    gowns.updated_at,
    gowns.deleted_at,
    students.user_id AS owner_id,
    owners.full_name AS student_name,
    students.registration_number,
    issuers.full_name AS issued_by_name,
    takers.full_name AS returned_to_name,
    ((gowns.status)::text = 'returned'::text) AS is_returned,
        CASE
            WHEN gowns.deposit_refunded THEN 'refunded'::text
            WHEN (gowns.deposit_paid AND ((gowns.status)::text = ANY ((ARRAY['returned'::character varying, 'lost'::character varying, 'damaged'::character varying])::text[]))) THEN 'retained'::text
            ELSE 'pending'::text
        END AS deposit_status,
    ((gowns.actual_return_date AT TIME ZONE 'Africa/Nairobi'::text))::date AS returned_on
   FROM ((((public.gown_issuances gowns
     JOIN public.students ON ((students.id = gowns.student_id)))
     JOIN public.users owners ON ((owners.id = students.user_id)))
     LEFT JOIN public.users issuers ON ((issuers.id = gowns.issued_by_id)))
     LEFT JOIN public.users takers ON ((takers.id = gowns.returned_to_id)))
  WHERE (gowns.deleted_at IS NULL);

CREATE VIEW public.shown_notifications AS
 SELECT notifications.id,
    notifications.recipient_id,
    notifications.notification_type,
    notifications.title,
    notifications.message,
    notifications.clearance_id,
    notifications.approval_id,
    notifications.payment_id,
    notifications.gown_id,
    notifications.is_read,
    notifications.read_at,
    notifications.sent_via_email,
    notifications.email_sent_at,
    notifications.created_at,
    notifications.updated_at,
    users.full_name AS recipient_name,
    users.email AS recipient_email,
        CASE
            WHEN (notifications.clearance_id IS NOT NULL) THEN 'clearance'::text
            WHEN (notifications.approval_id IS NOT NULL) THEN 'approval'::text
            WHEN (notifications.payment_id IS NOT NULL) THEN 'payment'::text
            WHEN (notifications.gown_id IS NOT NULL) THEN 'gown'::text
            ELSE NULL::text
        END AS related_object_type,
    COALESCE(notifications.clearance_id, notifications.approval_id, notifications.payment_id, notifications.gown_id) AS related_object_id
   FROM (public.notifications
     JOIN public.users ON ((users.id = notifications.recipient_id)));

CREATE VIEW public.student_rows AS
 SELECT students.id,
    students.registration_number,
    students.admission_year,
    students.school_id AS school,
    students.department_id AS department,
    students.course_id AS course,
    students.faculty,
    students.program,
    students.graduation_year,
    students.eligibility_status,
    students.created_at,
    students.updated_at,
    students.deleted_at,
    users.id AS user_id,
    users.email,
    users.admission_number,
    users.full_name,
    users.role,
    users.department_id AS user_department,
    offices.name AS department_name,
    offices.code AS department_code,
    users.is_active,
    users.created_at AS user_created_at,
    users.updated_at AS user_updated_at
   FROM ((public.students
     JOIN public.users ON ((users.id = students.user_id)))
     LEFT JOIN public.departments offices ON ((offices.id = users.department_id)));

ALTER TABLE ONLY muster.backup_codes
    ADD CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, code_hash);

ALTER TABLE ONLY muster.event_cursors
    ADD CONSTRAINT event_cursors_pkey PRIMARY KEY (stream);

ALTER TABLE ONLY muster.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.events
    ADD CONSTRAINT events_seq_key UNIQUE (seq);

ALTER TABLE ONLY muster.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);

ALTER TABLE ONLY muster.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.lockouts
    ADD CONSTRAINT lockouts_pkey PRIMARY KEY (account);

ALTER TABLE ONLY muster.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);

ALTER TABLE ONLY muster.migrations_clearance
    ADD CONSTRAINT migrations_clearance_pkey PRIMARY KEY (version);

ALTER TABLE ONLY muster.migrations_shared
    ADD CONSTRAINT migrations_shared_pkey PRIMARY KEY (version);

ALTER TABLE ONLY muster.orphan_files
    ADD CONSTRAINT orphan_files_pkey PRIMARY KEY (address);

ALTER TABLE ONLY muster.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (key);

ALTER TABLE ONLY muster.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY muster.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);

ALTER TABLE ONLY muster.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.signin_links
    ADD CONSTRAINT signin_links_code_hash_key UNIQUE (code_hash);

ALTER TABLE ONLY muster.signin_links
    ADD CONSTRAINT signin_links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.sockets
    ADD CONSTRAINT sockets_pkey PRIMARY KEY (connection_id);

ALTER TABLE ONLY muster.table_change_snapshots
    ADD CONSTRAINT table_change_snapshots_pkey PRIMARY KEY (taken_at);

ALTER TABLE ONLY muster.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (address);

ALTER TABLE ONLY muster.webhook_events
    ADD CONSTRAINT webhook_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.webhook_events
    ADD CONSTRAINT webhook_events_source_event_id_key UNIQUE (source, event_id);

ALTER TABLE ONLY muster.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.academic_courses
    ADD CONSTRAINT academic_courses_department_id_code_key UNIQUE (department_id, code);

ALTER TABLE ONLY public.academic_courses
    ADD CONSTRAINT academic_courses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.academic_departments
    ADD CONSTRAINT academic_departments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.academic_departments
    ADD CONSTRAINT academic_departments_school_id_code_key UNIQUE (school_id, code);

ALTER TABLE ONLY public.academic_schools
    ADD CONSTRAINT academic_schools_code_key UNIQUE (code);

ALTER TABLE ONLY public.academic_schools
    ADD CONSTRAINT academic_schools_name_key UNIQUE (name);

ALTER TABLE ONLY public.academic_schools
    ADD CONSTRAINT academic_schools_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_logs
    ADD CONSTRAINT audit_logs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.clearance_approvals
    ADD CONSTRAINT clearance_approvals_clearance_request_id_department_id_key UNIQUE (clearance_request_id, department_id);

ALTER TABLE ONLY public.clearance_approvals
    ADD CONSTRAINT clearance_approvals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.clearance_certificates
    ADD CONSTRAINT clearance_certificates_clearance_request_id_key UNIQUE (clearance_request_id);

ALTER TABLE ONLY public.clearance_certificates
    ADD CONSTRAINT clearance_certificates_code_key UNIQUE (code);

ALTER TABLE ONLY public.clearance_certificates
    ADD CONSTRAINT clearance_certificates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.clearance_certificates
    ADD CONSTRAINT clearance_certificates_serial_key UNIQUE (serial);

ALTER TABLE ONLY public.clearance_requests
    ADD CONSTRAINT clearance_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.counters
    ADD CONSTRAINT counters_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_code_key UNIQUE (code);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.finance_records
    ADD CONSTRAINT finance_records_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.finance_records
    ADD CONSTRAINT finance_records_student_id_key UNIQUE (student_id);

ALTER TABLE ONLY public.gown_issuances
    ADD CONSTRAINT gown_issuances_gown_number_key UNIQUE (gown_number);

ALTER TABLE ONLY public.gown_issuances
    ADD CONSTRAINT gown_issuances_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.gown_stock
    ADD CONSTRAINT gown_stock_pkey PRIMARY KEY (size);

ALTER TABLE ONLY public.mpesa_attempts
    ADD CONSTRAINT mpesa_attempts_account_reference_key UNIQUE (account_reference);

ALTER TABLE ONLY public.mpesa_attempts
    ADD CONSTRAINT mpesa_attempts_checkout_request_id_key UNIQUE (checkout_request_id);

ALTER TABLE ONLY public.mpesa_attempts
    ADD CONSTRAINT mpesa_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mpesa_messages
    ADD CONSTRAINT mpesa_messages_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.mpesa_messages
    ADD CONSTRAINT mpesa_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_transaction_id_key UNIQUE (transaction_id);

ALTER TABLE ONLY public.reconciliation_items
    ADD CONSTRAINT reconciliation_items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_lists
    ADD CONSTRAINT reconciliation_lists_pkey PRIMARY KEY (reconciliation_id);

ALTER TABLE ONLY public.reconciliations
    ADD CONSTRAINT reconciliations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_registration_number_key UNIQUE (registration_number);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_admission_number_key UNIQUE (admission_number);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX event_cursors_session ON muster.event_cursors USING btree (session, seq);

CREATE INDEX event_cursors_stored ON muster.event_cursors USING btree (stored_at);

CREATE INDEX events_created ON muster.events USING btree (created_at);

CREATE INDEX events_unnumbered ON muster.events USING btree (id) WHERE (seq IS NULL);

CREATE INDEX idempotency_keys_expired ON muster.idempotency_keys USING btree (expires_at);

CREATE INDEX jobs_finished ON muster.jobs USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE INDEX jobs_newest ON muster.jobs USING btree (created_at DESC, id DESC);

CREATE INDEX jobs_of ON muster.jobs USING btree (created_by, created_at) WHERE (created_by IS NOT NULL);

CREATE UNIQUE INDEX jobs_slot ON muster.jobs USING btree (kind, slot) WHERE (slot IS NOT NULL);

CREATE INDEX jobs_waiting ON muster.jobs USING btree (kind, run_at, created_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX mails_of_job ON muster.mails USING btree (job_id, id) WHERE ((sent_at IS NULL) AND (refused_at IS NULL));

CREATE INDEX rate_limits_window ON muster.rate_limits USING btree (window_start);

CREATE INDEX sessions_absolute_expiry ON muster.sessions USING btree (absolute_expires_at);

CREATE INDEX sessions_previous_refresh_hash ON muster.sessions USING btree (previous_refresh_hash) WHERE (previous_refresh_hash IS NOT NULL);

CREATE UNIQUE INDEX sessions_refresh_hash ON muster.sessions USING btree (refresh_hash);

CREATE INDEX sessions_user ON muster.sessions USING btree (user_id);

CREATE INDEX signin_failures_account ON muster.signin_failures USING btree (account, at);

CREATE INDEX signin_failures_address ON muster.signin_failures USING btree (address, at);

CREATE INDEX signin_links_user ON muster.signin_links USING btree (user_id, created_at);

CREATE INDEX sockets_waiting ON muster.sockets USING btree (seq);

CREATE INDEX table_changes_xid ON muster.table_changes USING btree (xid);

CREATE INDEX uploads_of ON muster.uploads USING btree (uploaded_by, created_at);

CREATE INDEX webhook_events_received ON muster.webhook_events USING btree (received_at);

CREATE INDEX audit_logs_actor ON public.audit_logs USING btree (actor_id, created_at DESC);

CREATE INDEX audit_logs_entity ON public.audit_logs USING btree (entity, entity_id);

CREATE INDEX audit_logs_newest ON public.audit_logs USING btree (created_at DESC, id);

CREATE INDEX clearance_approvals_evidence ON public.clearance_approvals USING btree (evidence_file) WHERE (evidence_file IS NOT NULL);

CREATE INDEX clearance_approvals_newest ON public.clearance_approvals USING btree (created_at DESC, id);

CREATE INDEX clearance_approvals_of_office ON public.clearance_approvals USING btree (department_id, status, created_at);

CREATE INDEX clearance_requests_newest ON public.clearance_requests USING btree (created_at DESC, id);

CREATE INDEX clearance_requests_of ON public.clearance_requests USING btree (student_id, created_at DESC);

CREATE UNIQUE INDEX clearance_requests_open ON public.clearance_requests USING btree (student_id) WHERE (((status)::text = ANY ((ARRAY['draft'::character varying, 'submitted'::character varying, 'pending'::character varying, 'in_progress'::character varying])::text[])) AND (deleted_at IS NULL));

CREATE INDEX finance_records_newest ON public.finance_records USING btree (created_at DESC, id);

CREATE INDEX gown_issuances_newest ON public.gown_issuances USING btree (issued_date DESC, id);

CREATE UNIQUE INDEX gown_issuances_out ON public.gown_issuances USING btree (student_id) WHERE (((status)::text = 'issued'::text) AND (deleted_at IS NULL));

CREATE INDEX mpesa_attempts_of ON public.mpesa_attempts USING btree (student_id, created_at DESC);

CREATE INDEX mpesa_attempts_waiting ON public.mpesa_attempts USING btree (created_at) WHERE ((status)::text = ANY ((ARRAY['created'::character varying, 'sent'::character varying, 'pending'::character varying, 'timed_out'::character varying])::text[]));

CREATE INDEX mpesa_messages_received ON public.mpesa_messages USING btree (received_at);

CREATE INDEX notifications_of ON public.notifications USING btree (recipient_id, created_at DESC, id);

CREATE INDEX notifications_unread ON public.notifications USING btree (recipient_id) WHERE (NOT is_read);

CREATE INDEX payments_fee_statement ON public.payments USING btree (fee_statement) WHERE (fee_statement IS NOT NULL);

CREATE INDEX payments_newest ON public.payments USING btree (created_at DESC, id);

CREATE UNIQUE INDEX payments_of ON public.payments USING btree (student_id) WHERE (deleted_at IS NULL);

CREATE INDEX payments_receipt ON public.payments USING btree (receipt) WHERE (receipt IS NOT NULL);

CREATE UNIQUE INDEX receipts_attempt ON public.receipts USING btree (attempt_id);

CREATE INDEX receipts_newest ON public.receipts USING btree (created_at DESC, id);

CREATE INDEX receipts_of ON public.receipts USING btree (student_id, paid_at);

CREATE INDEX reconciliation_items_of ON public.reconciliation_items USING btree (reconciliation_id, id);

CREATE INDEX reconciliations_newest ON public.reconciliations USING btree (created_at DESC, id);

CREATE INDEX students_graduation_year ON public.students USING btree (graduation_year);

CREATE INDEX students_newest ON public.students USING btree (created_at DESC, id);

CREATE INDEX users_department ON public.users USING btree (department_id);

CREATE UNIQUE INDEX users_email_in_any_case ON public.users USING btree (lower((email)::text)) WHERE (NOT is_email_duplicate);

CREATE INDEX users_newest ON public.users USING btree (created_at DESC, id);

CREATE INDEX users_role ON public.users USING btree (role);

CREATE TRIGGER mail_sent AFTER UPDATE OF sent_at ON muster.mails FOR EACH ROW WHEN (((old.sent_at IS NULL) AND (new.sent_at IS NOT NULL))) EXECUTE FUNCTION public.note_sent_mail();

CREATE TRIGGER trg_muster_ended AFTER DELETE OR UPDATE OF revoked_at ON muster.sessions FOR EACH STATEMENT EXECUTE FUNCTION muster.note_ended_sessions();

CREATE TRIGGER trg_muster_events_stored AFTER INSERT ON muster.events FOR EACH STATEMENT EXECUTE FUNCTION muster.events_stored();

CREATE TRIGGER trg_muster_started AFTER INSERT ON muster.jobs REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION muster.note_started_jobs();

CREATE TRIGGER audit_logs_kept BEFORE DELETE OR UPDATE ON public.audit_logs FOR EACH ROW EXECUTE FUNCTION public.keep_audit();

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.academic_courses REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.academic_courses IS 'muster.watch daafae6659b7fb6f2cf48e2376f26b91';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.academic_departments REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.academic_departments IS 'muster.watch c9a7687924c317d89617927219638f47';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.academic_schools REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.academic_schools IS 'muster.watch e0a007483fbbffa2eea62a0dd140a9a8';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.clearance_approvals REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.clearance_approvals IS 'muster.watch af1b9d909ca979de399f5c34d83f6ce2';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.clearance_certificates REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.clearance_certificates IS 'muster.watch b7debdf33524e2626fda8c32e7719505';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.clearance_requests REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.clearance_requests IS 'muster.watch 798187c37888dd0ee5ea8ee7f0d579bc';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.departments REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.departments IS 'muster.watch 9485f724410ea80cdb5bacdcb42eed79';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.finance_records REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.finance_records IS 'muster.watch c2d78a10dc24155464bc1dce81b3c7b1';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.gown_issuances REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.gown_issuances IS 'muster.watch 8b3c8f9c0761b8d11f7328929a595666';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.gown_stock REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('size', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.gown_stock IS 'muster.watch 3ce1759d46327e1718de0e307e53fee6';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.mpesa_attempts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.mpesa_attempts IS 'muster.watch d2b5bbc2fc7d0ac799c4d809753a29a6';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.notifications IS 'muster.watch c7e603d48c77074e89203739e1918548';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.payments REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.payments IS 'muster.watch b868e53887131efa157a0af30bb133f4';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.receipts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.receipts IS 'muster.watch b42b0a8202bc9a2b37ec0de165a1e62c';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.reconciliations REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.reconciliations IS 'muster.watch e31f5635a7423fe2682bb84101c3d75a';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.students REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.students IS 'muster.watch fa93318160354f3422f5479f970cc96a';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.users REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.users IS 'muster.watch da9987b95a76115494be932ad5f52d8e';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.academic_courses FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.academic_courses IS 'muster.watch 8e8d8914808118f04dcdcb94372ee11f';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.academic_departments FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.academic_departments IS 'muster.watch 7e5ab960c02ea8689c02c5016c10da1c';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.academic_schools FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.academic_schools IS 'muster.watch 89c9884aa2dd07615fa6dcd504bc13c2';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.clearance_approvals FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.clearance_approvals IS 'muster.watch 3e7056d216dc766d59177b842d017385';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.clearance_certificates FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.clearance_certificates IS 'muster.watch 1007a1fd9a6082ca69d2e019d70d95e2';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.clearance_requests FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.clearance_requests IS 'muster.watch 865b9ba7572d89353c20170f3bc30b39';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.departments FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.departments IS 'muster.watch f9124455847870f7519ecee5dae4f61c';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.finance_records FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.finance_records IS 'muster.watch 1264fdff063d5caa56a6c4fb1522b97e';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.gown_issuances FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.gown_issuances IS 'muster.watch 021d5715178f31ac4a2ab016816d9bc6';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.gown_stock FOR EACH ROW EXECUTE FUNCTION muster.audit_update('size', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.gown_stock IS 'muster.watch 768c8902aef6fed05b1678fd4655a25a';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.mpesa_attempts FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{asked_at}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.mpesa_attempts IS 'muster.watch 1c291f30336d40fdd2d9c1de0fe7bddd';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.notifications FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.notifications IS 'muster.watch d2ac678d37b09e67c169c3c31e37b942';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.payments IS 'muster.watch b965af4d9e3ec3a51408ad4def2c4ec6';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.receipts FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.receipts IS 'muster.watch 3486131bf2c3febde923e42cf60b67c0';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.reconciliations FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.reconciliations IS 'muster.watch 2e2f1bb18d6041c467a73e39463774fd';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.students FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.students IS 'muster.watch fafc72a858db57bcbd6183734c5af794';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"code": true, "email": true, "notes": true, "message": true, "snapshot": true, "username": true, "full_name": true, "last_name": true, "signature": true, "dean_email": true, "first_name": true, "head_email": true, "phone_number": true, "contact_phone": true, "condition_notes": true}', '{"password": true}', '{last_login}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.users IS 'muster.watch 4ef4707f6119e3eb0cac80821c762a19';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.clearance_approvals FOR EACH ROW WHEN ((num_nonnulls(new.evidence_file) > 0)) EXECUTE FUNCTION muster.follow_files('evidence_file');

COMMENT ON TRIGGER trg_muster_files_added ON public.clearance_approvals IS 'muster.watch 5975b03c7c429a6e566b927868c85e5d';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.payments FOR EACH ROW WHEN ((num_nonnulls(new.receipt, new.fee_statement) > 0)) EXECUTE FUNCTION muster.follow_files('receipt', 'fee_statement');

COMMENT ON TRIGGER trg_muster_files_added ON public.payments IS 'muster.watch 23718166caaea7579ee59f2cd0727066';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF evidence_file ON public.clearance_approvals FOR EACH ROW EXECUTE FUNCTION muster.follow_files('evidence_file');

COMMENT ON TRIGGER trg_muster_files_changed ON public.clearance_approvals IS 'muster.watch 8449d7fbe6a3cee06ab24496591e0ee5';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF receipt, fee_statement ON public.payments FOR EACH ROW EXECUTE FUNCTION muster.follow_files('receipt', 'fee_statement');

COMMENT ON TRIGGER trg_muster_files_changed ON public.payments IS 'muster.watch 886b1da9912ab0ed6d66f0ff230219d7';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.academic_courses FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',academic_courses,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.academic_courses IS 'muster.watch 996f118d0db2ef2cc66bcf897fe4a4e0';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.academic_departments FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',academic_departments,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.academic_departments IS 'muster.watch 3c7008636645d7e4c64c4b338ce01643';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.academic_schools FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',academic_schools,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.academic_schools IS 'muster.watch 1d49a52e0afff0e16572bd8ae95d17bf';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.clearance_approvals FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',clearance_approvals,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.clearance_approvals IS 'muster.watch 823d7c3ef40d8736fbfdc41909b8d93d';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.clearance_certificates FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',clearance_certificates,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.clearance_certificates IS 'muster.watch 43c9d8b6bb24e54ef106ec7c32ade998';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.clearance_requests FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',clearance_requests,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.clearance_requests IS 'muster.watch a15a0d6d9d7dec05acfee9a14844b2f3';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.departments FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',departments,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.departments IS 'muster.watch 5d44f5a9dcf50972ad4088d583868c91';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.finance_records FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',finance_records,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.finance_records IS 'muster.watch 122f9f28736386674b8a195e96dd2ec1';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.gown_issuances FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',gown_issuances,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.gown_issuances IS 'muster.watch 9adc42b551c90b1c3a311a206c616f35';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.gown_stock FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',gown_stock,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.gown_stock IS 'muster.watch f3eef41390f729322bf2df6a988e75ad';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OF id, student_id, payment_id, phone_number, amount, account_reference, checkout_request_id, merchant_request_id, status, result_code, result_desc, transaction_id, created_by_id, created_at, updated_at, finished_at OR TRUNCATE ON public.mpesa_attempts FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',mpesa_attempts,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.mpesa_attempts IS 'muster.watch c4d3b44244c772ec53e0cf8b40ece588';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.notifications FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',notifications,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.notifications IS 'muster.watch c280ac595752b5632547074e6a8a7716';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.payments FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',payments,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.payments IS 'muster.watch 97f3fdc5e3553b068a4f8e696f7fcfb6';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.receipts FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',receipts,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.receipts IS 'muster.watch 054c0a810233e2867eeac6430571ac1d';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.reconciliations FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',reconciliations,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.reconciliations IS 'muster.watch 35b26a4b4427e6e32ace35a911d9d342';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.students FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',students,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.students IS 'muster.watch 2e6e2d1d1bf8969ce975c3ae490e6bd7';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OF id, password, email, is_email_duplicate, admission_number, full_name, role, department_id, is_active, created_at, updated_at, username, first_name, last_name, is_staff, is_superuser, date_joined OR TRUNCATE ON public.users FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',users,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.users IS 'muster.watch d6741612be264c882067936e11eb7475';

CREATE TRIGGER updated BEFORE UPDATE ON public.academic_courses FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.academic_departments FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.academic_schools FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.clearance_approvals FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.clearance_requests FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.departments FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.finance_records FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.gown_issuances FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.mpesa_attempts FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.notifications FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.receipts FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.students FOR EACH ROW EXECUTE FUNCTION public.note_update();

CREATE TRIGGER updated BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.note_update();

ALTER TABLE ONLY muster.backup_codes
    ADD CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES muster.second_factors(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.academic_courses
    ADD CONSTRAINT academic_courses_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.academic_departments(id);

ALTER TABLE ONLY public.academic_departments
    ADD CONSTRAINT academic_departments_school_id_fkey FOREIGN KEY (school_id) REFERENCES public.academic_schools(id);

ALTER TABLE ONLY public.clearance_approvals
    ADD CONSTRAINT clearance_approvals_approved_by_id_fkey FOREIGN KEY (approved_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.clearance_approvals
    ADD CONSTRAINT clearance_approvals_clearance_request_id_fkey FOREIGN KEY (clearance_request_id) REFERENCES public.clearance_requests(id);

ALTER TABLE ONLY public.clearance_approvals
    ADD CONSTRAINT clearance_approvals_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);

ALTER TABLE ONLY public.clearance_certificates
    ADD CONSTRAINT clearance_certificates_clearance_request_id_fkey FOREIGN KEY (clearance_request_id) REFERENCES public.clearance_requests(id);

ALTER TABLE ONLY public.clearance_requests
    ADD CONSTRAINT clearance_requests_student_id_fkey FOREIGN KEY (student_id) REFERENCES public.students(id);

ALTER TABLE ONLY public.finance_records
    ADD CONSTRAINT finance_records_student_id_fkey FOREIGN KEY (student_id) REFERENCES public.students(id);

ALTER TABLE ONLY public.gown_issuances
    ADD CONSTRAINT gown_issuances_issued_by_id_fkey FOREIGN KEY (issued_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.gown_issuances
    ADD CONSTRAINT gown_issuances_returned_to_id_fkey FOREIGN KEY (returned_to_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.gown_issuances
    ADD CONSTRAINT gown_issuances_student_id_fkey FOREIGN KEY (student_id) REFERENCES public.students(id);

ALTER TABLE ONLY public.mpesa_attempts
    ADD CONSTRAINT mpesa_attempts_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.mpesa_attempts
    ADD CONSTRAINT mpesa_attempts_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

ALTER TABLE ONLY public.mpesa_attempts
    ADD CONSTRAINT mpesa_attempts_student_id_fkey FOREIGN KEY (student_id) REFERENCES public.students(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES public.clearance_approvals(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_clearance_id_fkey FOREIGN KEY (clearance_id) REFERENCES public.clearance_requests(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_gown_id_fkey FOREIGN KEY (gown_id) REFERENCES public.gown_issuances(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_student_id_fkey FOREIGN KEY (student_id) REFERENCES public.students(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_verified_by_id_fkey FOREIGN KEY (verified_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES public.mpesa_attempts(id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_student_id_fkey FOREIGN KEY (student_id) REFERENCES public.students(id);

ALTER TABLE ONLY public.reconciliation_items
    ADD CONSTRAINT reconciliation_items_receipt_id_fkey FOREIGN KEY (receipt_id) REFERENCES public.receipts(id);

ALTER TABLE ONLY public.reconciliation_items
    ADD CONSTRAINT reconciliation_items_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reconciliation_lists
    ADD CONSTRAINT reconciliation_lists_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reconciliations
    ADD CONSTRAINT reconciliations_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_course_id_fkey FOREIGN KEY (course_id) REFERENCES public.academic_courses(id);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.academic_departments(id);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_school_id_fkey FOREIGN KEY (school_id) REFERENCES public.academic_schools(id);

ALTER TABLE ONLY public.students
    ADD CONSTRAINT students_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.departments(id);
