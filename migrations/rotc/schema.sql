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
    AS $$SELECT 'activities'::text, found.address FROM public.activities AS shown, unnest(muster.file_addresses(ARRAY[shown.image_path::text, shown.images::text])) AS found (address) WHERE num_nonnulls(shown.image_path, shown.images) > 0
UNION ALL
SELECT 'activity_images'::text, found.address FROM public.activity_images AS shown, unnest(muster.file_addresses(ARRAY[shown.image_path::text])) AS found (address) WHERE num_nonnulls(shown.image_path) > 0
UNION ALL
SELECT 'cadets'::text, found.address FROM public.cadets AS shown, unnest(muster.file_addresses(ARRAY[shown.profile_pic::text])) AS found (address) WHERE num_nonnulls(shown.profile_pic) > 0
UNION ALL
SELECT 'excuse_letters'::text, found.address FROM public.excuse_letters AS shown, unnest(muster.file_addresses(ARRAY[shown.file_url::text])) AS found (address) WHERE num_nonnulls(shown.file_url) > 0
UNION ALL
SELECT 'system_settings'::text, found.address FROM public.system_settings AS shown, unnest(muster.file_addresses(ARRAY[shown.value::text])) AS found (address) WHERE num_nonnulls(shown.value) > 0
UNION ALL
SELECT 'training_staff'::text, found.address FROM public.training_staff AS shown, unnest(muster.file_addresses(ARRAY[shown.profile_pic::text])) AS found (address) WHERE num_nonnulls(shown.profile_pic) > 0
UNION ALL
SELECT 'user_settings'::text, found.address FROM public.user_settings AS shown, unnest(muster.file_addresses(ARRAY[shown.custom_bg::text])) AS found (address) WHERE num_nonnulls(shown.custom_bg) > 0
UNION ALL
SELECT 'users'::text, found.address FROM public.users AS shown, unnest(muster.file_addresses(ARRAY[shown.profile_pic::text])) AS found (address) WHERE num_nonnulls(shown.profile_pic) > 0$$;

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

CREATE FUNCTION muster.follow_letters() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
BEGIN
    IF TG_OP = 'UPDATE' AND muster.file_address(OLD.file_url) IS NOT DISTINCT FROM muster.file_address(NEW.file_url) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM muster.letter_texts WHERE letter_id = OLD.id;
    END IF;
    -- Word documents are not read: they are no pictures of a page.
    IF TG_OP <> 'DELETE' AND muster.file_address(NEW.file_url) ~* '\.(png|jpe?g|webp|gif|pdf)$' THEN
        -- Nobody asked for it: it is not that of whoever wrote the letter, who could stop it.
        INSERT INTO muster.jobs (kind, queue, payload, created_by)
        VALUES ('read_letter', 'ocr', jsonb_build_object('letter_id', NEW.id), NULL);
    END IF;
    RETURN NULL;
END $_$;

CREATE FUNCTION muster.grade_updated() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION muster.inbox(reader integer, kinds text[]) RETURNS TABLE(id integer, user_id integer, message text, kind text, is_read boolean, created_at timestamp without time zone)
    LANGUAGE sql STABLE
    AS $$
    -- Two lists, each in the order of an index: adopted databases hold masses of alerts for everyone.
    SELECT own.id, own.user_id, own.message, own.type, coalesce(own.is_read, FALSE), own.created_at
    FROM public.notifications AS own
    WHERE own.user_id = reader AND muster.wants(reader, 'list', own.type)
    UNION ALL
    SELECT global.id, global.user_id, global.message, global.type,
           coalesce(global.is_read, FALSE) OR states.read_at IS NOT NULL, global.created_at
    FROM public.notifications AS global
    LEFT JOIN muster.notification_states AS states
         ON states.notification_id = global.id AND states.user_id = reader
    WHERE global.user_id IS NULL AND (kinds IS NULL OR global.type = ANY (kinds))
      AND states.dismissed_at IS NULL
      AND muster.wants(reader, 'list', global.type)
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

CREATE FUNCTION muster.notices_stored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, payload)
    SELECT 'notifications_created', jsonb_build_object('ids', jsonb_agg(id ORDER BY id)) FROM stored HAVING count(*) > 0;
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

CREATE FUNCTION muster.setting_stored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, payload)
    VALUES ('system_setting_updated', jsonb_build_object('key', NEW.key));
    RETURN NULL;
END $$;

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

CREATE FUNCTION muster.wants(reader integer, channel text, kind text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT (channel = 'list' AND kind NOT IN ('activity', 'announcement'))
        OR NOT EXISTS (
            SELECT FROM public.user_settings AS chosen
            WHERE chosen.user_id = reader
              AND ((channel = 'push' AND chosen.push_notifications = FALSE)
                OR (channel = 'mail' AND chosen.email_alerts = FALSE)
                OR (kind IN ('activity', 'announcement') AND chosen.activity_updates = FALSE)))
$$;

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
BEGIN
    -- The clean-up tells how many notices it has removed; a row for each would only move them to the log.
    IF table_name = 'notifications' AND operation = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN;
    END IF;
    INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
    SELECT write_audit.table_name, write_audit.operation, id::int, muster.acting_user()::int, payload
    FROM unnest(record_ids, payloads) AS written (id, payload);
END $$;

CREATE FUNCTION public.fn_merit_demerit_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE TABLE muster.adoption_findings (
    id bigint NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    table_name text NOT NULL,
    column_name text,
    row_key text,
    finding text NOT NULL,
    detail jsonb
);

COMMENT ON TABLE muster.adoption_findings IS 'What the adoption of a legacy database could not repair; for the administrator to read and empty.';

ALTER TABLE muster.adoption_findings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.adoption_findings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE muster.alerts (
    kind text NOT NULL,
    raised_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE muster.alerts IS 'When administrators were last told of each kind of trouble.';

CREATE TABLE muster.backup_codes (
    user_id text NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE muster.certificates (
    id integer NOT NULL,
    code text NOT NULL,
    activity_id integer NOT NULL,
    cadet_id integer,
    fingerprint bytea NOT NULL,
    snapshot jsonb NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issued_by integer,
    revoked_at timestamp with time zone,
    revoked_by integer,
    revoked_reason text,
    CONSTRAINT certificates_check CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL))),
    CONSTRAINT certificates_code_check CHECK ((code ~ '^[0-9A-Z]{20}$'::text))
);

ALTER TABLE muster.certificates ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME muster.certificates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE muster.event_cursors (
    stream uuid NOT NULL,
    session uuid NOT NULL,
    seq bigint NOT NULL,
    stored_at timestamp with time zone NOT NULL
);

CREATE TABLE muster.event_log (
    seq bigint NOT NULL,
    event_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE muster.event_log ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.event_log_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE muster.excuse_effects (
    letter_id integer NOT NULL,
    cadet_id integer NOT NULL,
    training_day_id integer NOT NULL,
    former_status text
);

COMMENT ON TABLE muster.excuse_effects IS 'What the approval of an excuse letter changed in attendance_records; the row goes when that is taken back or the letter is deleted.';

CREATE TABLE muster.hidden_broadcasts (
    user_id integer NOT NULL,
    message_id integer NOT NULL,
    hidden_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE muster.hidden_broadcasts IS 'Who has deleted a broadcast (admin_messages) from their own list.';

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

CREATE TABLE muster.letter_texts (
    letter_id integer NOT NULL,
    text text NOT NULL,
    confidence double precision NOT NULL,
    processed_at timestamp with time zone NOT NULL
);

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

CREATE TABLE muster.migrations_rotc (
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

CREATE TABLE muster.notification_states (
    user_id integer NOT NULL,
    notification_id integer NOT NULL,
    read_at timestamp with time zone,
    dismissed_at timestamp with time zone
);

COMMENT ON TABLE muster.notification_states IS 'Who has read or dismissed a notice that is addressed to everyone; private notices use notifications.is_read.';

CREATE TABLE muster.ocr_results (
    asked_by integer NOT NULL,
    digest bytea NOT NULL,
    languages text NOT NULL,
    recognised jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE muster.orphan_files (
    address text NOT NULL,
    bytes bigint NOT NULL,
    found_at timestamp with time zone NOT NULL
);

CREATE TABLE muster.push_deliveries (
    notification_id integer NOT NULL,
    subscription_id integer NOT NULL,
    user_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    status smallint
);

CREATE UNLOGGED TABLE muster.rate_limits (
    key text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    hits integer NOT NULL
);

CREATE TABLE muster.report_files (
    task_id uuid NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    content_type text NOT NULL,
    started_by integer NOT NULL,
    made_at timestamp with time zone NOT NULL
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

CREATE TABLE public.activities (
    id integer NOT NULL,
    title text NOT NULL,
    description text,
    date text,
    image_path text,
    images text,
    type text
);

CREATE SEQUENCE public.activities_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.activities_id_seq OWNED BY public.activities.id;

CREATE TABLE public.activity_images (
    id integer NOT NULL,
    activity_id integer,
    image_path text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.activity_images_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.activity_images_id_seq OWNED BY public.activity_images.id;

CREATE TABLE public.admin_messages (
    id integer NOT NULL,
    user_id integer,
    sender_role text,
    subject text,
    message text,
    status text DEFAULT 'pending'::text,
    admin_reply text,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.admin_messages_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.admin_messages_id_seq OWNED BY public.admin_messages.id;

CREATE TABLE public.attendance_records (
    id integer NOT NULL,
    training_day_id integer NOT NULL,
    cadet_id integer NOT NULL,
    status text NOT NULL,
    remarks text,
    time_in text,
    time_out text,
    CONSTRAINT attendance_records_status_check CHECK ((status = ANY (ARRAY['present'::text, 'absent'::text, 'late'::text, 'excused'::text])))
);

CREATE SEQUENCE public.attendance_records_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.attendance_records_id_seq OWNED BY public.attendance_records.id;

CREATE TABLE public.audit_logs (
    id integer NOT NULL,
    table_name text NOT NULL,
    operation text NOT NULL,
    record_id integer,
    user_id integer,
    payload jsonb,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.audit_logs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.audit_logs_id_seq OWNED BY public.audit_logs.id;

CREATE TABLE public.cadets (
    id integer NOT NULL,
    rank text,
    first_name text NOT NULL,
    middle_name text,
    last_name text NOT NULL,
    suffix_name text,
    email text,
    contact_number text,
    address text,
    course text,
    year_level text,
    school_year text,
    battalion text,
    company text,
    platoon text,
    cadet_course text,
    semester text,
    corp_position text,
    gender text,
    status text DEFAULT 'Ongoing'::text,
    student_id text NOT NULL,
    profile_pic text,
    is_profile_completed boolean DEFAULT false,
    is_archived boolean DEFAULT false,
    has_seen_guide boolean DEFAULT false,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    religion text,
    birthdate date
);

CREATE SEQUENCE public.cadets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.cadets_id_seq OWNED BY public.cadets.id;

CREATE TABLE public.excuse_letters (
    id integer NOT NULL,
    cadet_id integer,
    training_day_id integer,
    date_absent date NOT NULL,
    reason text,
    file_url text,
    status text DEFAULT 'pending'::text,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.excuse_letters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.excuse_letters_id_seq OWNED BY public.excuse_letters.id;

CREATE TABLE public.grades (
    id integer NOT NULL,
    cadet_id integer NOT NULL,
    attendance_present integer DEFAULT 0,
    merit_points integer DEFAULT 0,
    demerit_points integer DEFAULT 0,
    prelim_score double precision DEFAULT 0,
    midterm_score double precision DEFAULT 0,
    final_score double precision DEFAULT 0,
    status text DEFAULT 'active'::text,
    lifetime_merit_points integer DEFAULT 0
);

CREATE SEQUENCE public.grades_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.grades_id_seq OWNED BY public.grades.id;

CREATE TABLE public.merit_demerit_logs (
    id integer NOT NULL,
    cadet_id integer,
    type text NOT NULL,
    points integer NOT NULL,
    reason text,
    date_recorded timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    issued_by_user_id integer,
    issued_by_name text,
    CONSTRAINT merit_demerit_logs_type_check CHECK ((type = ANY (ARRAY['merit'::text, 'demerit'::text])))
);

CREATE SEQUENCE public.merit_demerit_logs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.merit_demerit_logs_id_seq OWNED BY public.merit_demerit_logs.id;

CREATE TABLE public.notifications (
    id integer NOT NULL,
    user_id integer,
    message text NOT NULL,
    type text NOT NULL,
    is_read boolean DEFAULT false,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.notifications_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.notifications_id_seq OWNED BY public.notifications.id;

CREATE TABLE public.push_subscriptions (
    id integer NOT NULL,
    user_id integer,
    endpoint text NOT NULL,
    keys text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.push_subscriptions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.push_subscriptions_id_seq OWNED BY public.push_subscriptions.id;

CREATE TABLE public.staff_attendance_records (
    id integer NOT NULL,
    training_day_id integer NOT NULL,
    staff_id integer NOT NULL,
    status text NOT NULL,
    remarks text,
    time_in text,
    time_out text,
    CONSTRAINT staff_attendance_records_status_check CHECK ((status = ANY (ARRAY['present'::text, 'absent'::text, 'late'::text, 'excused'::text])))
);

CREATE SEQUENCE public.staff_attendance_records_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.staff_attendance_records_id_seq OWNED BY public.staff_attendance_records.id;

CREATE TABLE public.staff_audit (
    id integer NOT NULL,
    action text NOT NULL,
    staff_id integer,
    before_json text,
    after_json text,
    user_id integer,
    created_at text
);

CREATE SEQUENCE public.staff_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.staff_audit_id_seq OWNED BY public.staff_audit.id;

CREATE TABLE public.staff_messages (
    id integer NOT NULL,
    sender_staff_id integer NOT NULL,
    content text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE SEQUENCE public.staff_messages_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.staff_messages_id_seq OWNED BY public.staff_messages.id;

CREATE TABLE public.sync_events (
    id integer NOT NULL,
    event_type text NOT NULL,
    cadet_id integer,
    payload jsonb,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    processed boolean DEFAULT false,
    processed_at timestamp without time zone
);

CREATE SEQUENCE public.sync_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.sync_events_id_seq OWNED BY public.sync_events.id;

CREATE TABLE public.system_settings (
    id integer NOT NULL,
    key text NOT NULL,
    value text
);

CREATE SEQUENCE public.system_settings_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.system_settings_id_seq OWNED BY public.system_settings.id;

CREATE TABLE public.training_days (
    id integer NOT NULL,
    date text NOT NULL,
    title text NOT NULL,
    description text
);

CREATE SEQUENCE public.training_days_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.training_days_id_seq OWNED BY public.training_days.id;

CREATE TABLE public.training_staff (
    id integer NOT NULL,
    rank text,
    first_name text NOT NULL,
    middle_name text,
    last_name text NOT NULL,
    suffix_name text,
    email text,
    contact_number text,
    role text DEFAULT 'Instructor'::text,
    profile_pic text,
    afpsn text,
    birthdate text,
    birthplace text,
    age integer,
    height text,
    weight text,
    blood_type text,
    address text,
    civil_status text,
    nationality text,
    gender text,
    language_spoken text,
    combat_boots_size text,
    uniform_size text,
    bullcap_size text,
    facebook_link text,
    rotc_unit text,
    mobilization_center text,
    is_profile_completed boolean DEFAULT false,
    has_seen_guide boolean DEFAULT false,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    is_archived boolean DEFAULT false,
    qr_code_data text
);

CREATE SEQUENCE public.training_staff_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.training_staff_id_seq OWNED BY public.training_staff.id;

CREATE TABLE public.user_settings (
    user_id integer NOT NULL,
    email_alerts boolean DEFAULT true,
    push_notifications boolean DEFAULT true,
    activity_updates boolean DEFAULT true,
    dark_mode boolean DEFAULT false,
    compact_mode boolean DEFAULT false,
    primary_color text DEFAULT 'blue'::text,
    custom_bg text
);

CREATE TABLE public.users (
    id integer NOT NULL,
    username text NOT NULL,
    password text NOT NULL,
    role text NOT NULL,
    cadet_id integer,
    staff_id integer,
    is_approved integer DEFAULT 0,
    email text,
    profile_pic text,
    gender text,
    is_archived boolean DEFAULT false,
    last_latitude double precision,
    last_longitude double precision,
    last_location_at timestamp without time zone,
    last_seen timestamp without time zone,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    last_location_accuracy double precision,
    last_location_provider text,
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'cadet'::text, 'training_staff'::text])))
);

CREATE SEQUENCE public.users_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;

ALTER TABLE ONLY public.activities ALTER COLUMN id SET DEFAULT nextval('public.activities_id_seq'::regclass);

ALTER TABLE ONLY public.activity_images ALTER COLUMN id SET DEFAULT nextval('public.activity_images_id_seq'::regclass);

ALTER TABLE ONLY public.admin_messages ALTER COLUMN id SET DEFAULT nextval('public.admin_messages_id_seq'::regclass);

ALTER TABLE ONLY public.attendance_records ALTER COLUMN id SET DEFAULT nextval('public.attendance_records_id_seq'::regclass);

ALTER TABLE ONLY public.audit_logs ALTER COLUMN id SET DEFAULT nextval('public.audit_logs_id_seq'::regclass);

ALTER TABLE ONLY public.cadets ALTER COLUMN id SET DEFAULT nextval('public.cadets_id_seq'::regclass);

ALTER TABLE ONLY public.excuse_letters ALTER COLUMN id SET DEFAULT nextval('public.excuse_letters_id_seq'::regclass);

ALTER TABLE ONLY public.grades ALTER COLUMN id SET DEFAULT nextval('public.grades_id_seq'::regclass);

ALTER TABLE ONLY public.merit_demerit_logs ALTER COLUMN id SET DEFAULT nextval('public.merit_demerit_logs_id_seq'::regclass);

ALTER TABLE ONLY public.notifications ALTER COLUMN id SET DEFAULT nextval('public.notifications_id_seq'::regclass);

ALTER TABLE ONLY public.push_subscriptions ALTER COLUMN id SET DEFAULT nextval('public.push_subscriptions_id_seq'::regclass);

ALTER TABLE ONLY public.staff_attendance_records ALTER COLUMN id SET DEFAULT nextval('public.staff_attendance_records_id_seq'::regclass);

ALTER TABLE ONLY public.staff_audit ALTER COLUMN id SET DEFAULT nextval('public.staff_audit_id_seq'::regclass);

ALTER TABLE ONLY public.staff_messages ALTER COLUMN id SET DEFAULT nextval('public.staff_messages_id_seq'::regclass);

ALTER TABLE ONLY public.sync_events ALTER COLUMN id SET DEFAULT nextval('public.sync_events_id_seq'::regclass);

ALTER TABLE ONLY public.system_settings ALTER COLUMN id SET DEFAULT nextval('public.system_settings_id_seq'::regclass);

ALTER TABLE ONLY public.training_days ALTER COLUMN id SET DEFAULT nextval('public.training_days_id_seq'::regclass);

ALTER TABLE ONLY public.training_staff ALTER COLUMN id SET DEFAULT nextval('public.training_staff_id_seq'::regclass);

ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);

ALTER TABLE ONLY muster.adoption_findings
    ADD CONSTRAINT adoption_findings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY muster.backup_codes
    ADD CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, code_hash);

ALTER TABLE ONLY muster.certificates
    ADD CONSTRAINT certificates_code_key UNIQUE (code);

ALTER TABLE ONLY muster.certificates
    ADD CONSTRAINT certificates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.event_cursors
    ADD CONSTRAINT event_cursors_pkey PRIMARY KEY (stream);

ALTER TABLE ONLY muster.event_log
    ADD CONSTRAINT event_log_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY muster.event_log
    ADD CONSTRAINT event_log_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY muster.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.events
    ADD CONSTRAINT events_seq_key UNIQUE (seq);

ALTER TABLE ONLY muster.excuse_effects
    ADD CONSTRAINT excuse_effects_pkey PRIMARY KEY (letter_id);

ALTER TABLE ONLY muster.hidden_broadcasts
    ADD CONSTRAINT hidden_broadcasts_pkey PRIMARY KEY (user_id, message_id);

ALTER TABLE ONLY muster.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);

ALTER TABLE ONLY muster.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.letter_texts
    ADD CONSTRAINT letter_texts_pkey PRIMARY KEY (letter_id);

ALTER TABLE ONLY muster.lockouts
    ADD CONSTRAINT lockouts_pkey PRIMARY KEY (account);

ALTER TABLE ONLY muster.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY muster.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);

ALTER TABLE ONLY muster.migrations_rotc
    ADD CONSTRAINT migrations_rotc_pkey PRIMARY KEY (version);

ALTER TABLE ONLY muster.migrations_shared
    ADD CONSTRAINT migrations_shared_pkey PRIMARY KEY (version);

ALTER TABLE ONLY muster.notification_states
    ADD CONSTRAINT notification_states_pkey PRIMARY KEY (user_id, notification_id);

ALTER TABLE ONLY muster.ocr_results
    ADD CONSTRAINT ocr_results_pkey PRIMARY KEY (asked_by, digest, languages);

ALTER TABLE ONLY muster.orphan_files
    ADD CONSTRAINT orphan_files_pkey PRIMARY KEY (address);

ALTER TABLE ONLY muster.push_deliveries
    ADD CONSTRAINT push_deliveries_pkey PRIMARY KEY (notification_id, subscription_id);

ALTER TABLE ONLY muster.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (key);

ALTER TABLE ONLY muster.report_files
    ADD CONSTRAINT report_files_pkey PRIMARY KEY (task_id);

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

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activity_images
    ADD CONSTRAINT activity_images_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.admin_messages
    ADD CONSTRAINT admin_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_training_day_id_cadet_id_key UNIQUE (training_day_id, cadet_id);

ALTER TABLE ONLY public.audit_logs
    ADD CONSTRAINT audit_logs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cadets
    ADD CONSTRAINT cadets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cadets
    ADD CONSTRAINT cadets_student_id_key UNIQUE (student_id);

ALTER TABLE ONLY public.excuse_letters
    ADD CONSTRAINT excuse_letters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grades
    ADD CONSTRAINT grades_cadet_id_key UNIQUE (cadet_id);

ALTER TABLE ONLY public.grades
    ADD CONSTRAINT grades_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.merit_demerit_logs
    ADD CONSTRAINT merit_demerit_logs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_training_day_id_staff_id_key UNIQUE (training_day_id, staff_id);

ALTER TABLE ONLY public.staff_audit
    ADD CONSTRAINT staff_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_messages
    ADD CONSTRAINT staff_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sync_events
    ADD CONSTRAINT sync_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.system_settings
    ADD CONSTRAINT system_settings_key_key UNIQUE (key);

ALTER TABLE ONLY public.system_settings
    ADD CONSTRAINT system_settings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.training_days
    ADD CONSTRAINT training_days_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.training_staff
    ADD CONSTRAINT training_staff_email_key UNIQUE (email);

ALTER TABLE ONLY public.training_staff
    ADD CONSTRAINT training_staff_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_settings
    ADD CONSTRAINT user_settings_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key UNIQUE (username);

CREATE INDEX certificates_cadet ON muster.certificates USING btree (cadet_id, activity_id);

CREATE UNIQUE INDEX certificates_standing ON muster.certificates USING btree (fingerprint) WHERE (revoked_at IS NULL);

CREATE INDEX event_cursors_session ON muster.event_cursors USING btree (session, seq);

CREATE INDEX event_cursors_stored ON muster.event_cursors USING btree (stored_at);

CREATE INDEX event_log_created ON muster.event_log USING btree (created_at);

CREATE INDEX events_created ON muster.events USING btree (created_at);

CREATE INDEX events_unnumbered ON muster.events USING btree (id) WHERE (seq IS NULL);

CREATE INDEX excuse_effects_record ON muster.excuse_effects USING btree (cadet_id, training_day_id);

CREATE INDEX hidden_broadcasts_message ON muster.hidden_broadcasts USING btree (message_id);

CREATE INDEX idempotency_keys_expired ON muster.idempotency_keys USING btree (expires_at);

CREATE INDEX jobs_finished ON muster.jobs USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE INDEX jobs_newest ON muster.jobs USING btree (created_at DESC, id DESC);

CREATE INDEX jobs_of ON muster.jobs USING btree (created_by, created_at) WHERE (created_by IS NOT NULL);

CREATE UNIQUE INDEX jobs_slot ON muster.jobs USING btree (kind, slot) WHERE (slot IS NOT NULL);

CREATE INDEX jobs_waiting ON muster.jobs USING btree (kind, run_at, created_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX mails_of_job ON muster.mails USING btree (job_id, id) WHERE ((sent_at IS NULL) AND (refused_at IS NULL));

CREATE INDEX mails_sent ON muster.mails USING btree (sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX notification_states_notification ON muster.notification_states USING btree (notification_id);

CREATE INDEX ocr_results_created ON muster.ocr_results USING btree (created_at);

CREATE INDEX push_deliveries_created ON muster.push_deliveries USING btree (created_at);

CREATE INDEX rate_limits_window ON muster.rate_limits USING btree (window_start);

CREATE INDEX report_files_made ON muster.report_files USING btree (made_at);

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

CREATE INDEX idx_admin_messages_user_id ON public.admin_messages USING btree (user_id);

CREATE INDEX idx_attendance_cadet_id ON public.attendance_records USING btree (cadet_id);

CREATE INDEX idx_attendance_training_day_id ON public.attendance_records USING btree (training_day_id);

CREATE INDEX idx_cadets_company ON public.cadets USING btree (company);

CREATE INDEX idx_cadets_course ON public.cadets USING btree (course);

CREATE INDEX idx_cadets_platoon ON public.cadets USING btree (platoon);

CREATE INDEX idx_cadets_status ON public.cadets USING btree (status);

CREATE INDEX idx_muster_audit_logs_created ON public.audit_logs USING btree (created_at);

CREATE INDEX idx_muster_audit_logs_record ON public.audit_logs USING btree (table_name, record_id);

CREATE INDEX idx_muster_cadets_email ON public.cadets USING btree (lower(email));

CREATE INDEX idx_muster_cadets_student_id ON public.cadets USING btree (lower(student_id));

CREATE INDEX idx_muster_merit_demerit_issuer ON public.merit_demerit_logs USING btree (issued_by_user_id);

CREATE INDEX idx_muster_notifications_global ON public.notifications USING btree (created_at DESC, id DESC) WHERE (user_id IS NULL);

CREATE INDEX idx_muster_notifications_global_type ON public.notifications USING btree (type, created_at DESC, id DESC) WHERE (user_id IS NULL);

CREATE INDEX idx_muster_notifications_read ON public.notifications USING btree (created_at) WHERE is_read;

CREATE INDEX idx_muster_notifications_user_created ON public.notifications USING btree (user_id, created_at);

CREATE INDEX idx_muster_push_subscriptions_user ON public.push_subscriptions USING btree (user_id);

CREATE INDEX idx_muster_sync_events_processed ON public.sync_events USING btree (processed_at) WHERE processed;

CREATE INDEX idx_muster_sync_events_unprocessed ON public.sync_events USING btree (id) WHERE (processed IS NOT TRUE);

CREATE UNIQUE INDEX idx_muster_users_cadet ON public.users USING btree (cadet_id) WHERE ((role = 'cadet'::text) AND (is_archived IS NOT TRUE));

CREATE INDEX idx_muster_users_email ON public.users USING btree (lower(email));

CREATE INDEX idx_muster_users_username ON public.users USING btree (lower(username));

CREATE INDEX idx_notifications_user_id ON public.notifications USING btree (user_id);

CREATE INDEX idx_perf_activities_date ON public.activities USING btree (date);

CREATE INDEX idx_perf_activities_type ON public.activities USING btree (type);

CREATE INDEX idx_perf_attendance_cadet_id ON public.attendance_records USING btree (cadet_id);

CREATE INDEX idx_perf_attendance_status ON public.attendance_records USING btree (status);

CREATE INDEX idx_perf_attendance_training_cadet ON public.attendance_records USING btree (training_day_id, cadet_id);

CREATE INDEX idx_perf_attendance_training_day_id ON public.attendance_records USING btree (training_day_id);

CREATE INDEX idx_perf_cadets_is_archived ON public.cadets USING btree (is_archived);

CREATE INDEX idx_perf_cadets_status ON public.cadets USING btree (status);

CREATE INDEX idx_perf_cadets_status_archived ON public.cadets USING btree (status, is_archived);

CREATE INDEX idx_perf_excuse_letters_cadet_id ON public.excuse_letters USING btree (cadet_id);

CREATE INDEX idx_perf_excuse_letters_training_day_id ON public.excuse_letters USING btree (training_day_id);

CREATE INDEX idx_perf_grades_cadet_id ON public.grades USING btree (cadet_id);

CREATE INDEX idx_perf_merit_demerit_cadet_id ON public.merit_demerit_logs USING btree (cadet_id);

CREATE INDEX idx_perf_merit_demerit_cadet_type ON public.merit_demerit_logs USING btree (cadet_id, type);

CREATE INDEX idx_perf_merit_demerit_date ON public.merit_demerit_logs USING btree (date_recorded);

CREATE INDEX idx_perf_merit_demerit_type ON public.merit_demerit_logs USING btree (type);

CREATE INDEX idx_perf_notifications_is_read ON public.notifications USING btree (is_read);

CREATE INDEX idx_perf_notifications_user_id ON public.notifications USING btree (user_id);

CREATE INDEX idx_perf_notifications_user_read ON public.notifications USING btree (user_id, is_read);

CREATE INDEX idx_perf_staff_attendance_staff_id ON public.staff_attendance_records USING btree (staff_id);

CREATE INDEX idx_perf_staff_attendance_training_day_id ON public.staff_attendance_records USING btree (training_day_id);

CREATE INDEX idx_perf_training_days_date ON public.training_days USING btree (date);

CREATE INDEX idx_perf_users_cadet_id ON public.users USING btree (cadet_id);

CREATE INDEX idx_perf_users_is_archived ON public.users USING btree (is_archived);

CREATE INDEX idx_perf_users_staff_id ON public.users USING btree (staff_id);

CREATE INDEX idx_staff_attendance_staff_id ON public.staff_attendance_records USING btree (staff_id);

CREATE INDEX idx_staff_attendance_training_day_id ON public.staff_attendance_records USING btree (training_day_id);

CREATE INDEX idx_training_days_date ON public.training_days USING btree (date);

CREATE INDEX idx_users_cadet_id ON public.users USING btree (cadet_id);

CREATE INDEX idx_users_is_approved ON public.users USING btree (is_approved);

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON muster.certificates REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON muster.certificates IS 'muster.watch 2a6e191de7693b134b6f5ecbe8ce95be';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON muster.certificates FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON muster.certificates IS 'muster.watch c5b564d29b7a82e9b7f6e866c8776d71';

CREATE TRIGGER trg_muster_ended AFTER DELETE OR UPDATE OF revoked_at ON muster.sessions FOR EACH STATEMENT EXECUTE FUNCTION muster.note_ended_sessions();

CREATE TRIGGER trg_muster_events_stored AFTER INSERT ON muster.events FOR EACH STATEMENT EXECUTE FUNCTION muster.events_stored();

CREATE TRIGGER trg_muster_started AFTER INSERT ON muster.jobs REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION muster.note_started_jobs();

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON muster.certificates FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',certificates,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON muster.certificates IS 'muster.watch 3ff8fca161a98eb4d27046673db8a220';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON muster.notification_states FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',notification_states,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON muster.notification_states IS 'muster.watch 6793e422a1ae629cc61f8a9ffbaa705e';

CREATE TRIGGER trg_merit_demerit_audit AFTER INSERT OR DELETE OR UPDATE ON public.merit_demerit_logs FOR EACH ROW EXECUTE FUNCTION public.fn_merit_demerit_audit();

CREATE TRIGGER trg_muster_account_names BEFORE INSERT OR UPDATE OF username, email ON public.users FOR EACH ROW EXECUTE FUNCTION muster.guard_account_names('username', 'email', 'cadet_id', 'staff_id');

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.activities REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.activities IS 'muster.watch 9b910ab8c20303d9045edb32535099c4';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.activity_images REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.activity_images IS 'muster.watch 8b85a2fb72db534e09c6976b7f10017a';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.admin_messages REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.admin_messages IS 'muster.watch 7f44e7e7db24d9ed29c47d0b6eed1557';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.attendance_records REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.attendance_records IS 'muster.watch a031b75fc179054b4e810a0da00822dc';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.cadets REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.cadets IS 'muster.watch 82df4fa051259cf0d59459b706279e39';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.excuse_letters REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.excuse_letters IS 'muster.watch 35405f3646838e21bc8bf191f48470e1';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.grades REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.grades IS 'muster.watch 5b47e89aef1d9141966530fc17bc7d0b';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.notifications IS 'muster.watch c8ad12528de288a0e026761ca73bcabd';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.push_subscriptions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.push_subscriptions IS 'muster.watch 6cb3d0eccef739a5517bb1b76cbe5484';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.staff_attendance_records REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.staff_attendance_records IS 'muster.watch d542310cfe37a309340f85254e72e422';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.staff_audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.staff_audit IS 'muster.watch 35b0fde19cbf38300f2ec3629945095e';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.staff_messages REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.staff_messages IS 'muster.watch 8cf0d5b35e431d22d3477fde43329ff2';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.system_settings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.system_settings IS 'muster.watch 69ee7b8f260072560ad09f63127c62c1';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.training_days REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.training_days IS 'muster.watch 1da24a735d16674f7619be0ff54ebfa1';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.training_staff REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.training_staff IS 'muster.watch 9993db3915ae5db37a591ad2a35386bb';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.user_settings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('user_id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.user_settings IS 'muster.watch 044bbae67193569687da871ee4b20c37';

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.users REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_insert('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}');

COMMENT ON TRIGGER trg_muster_audit_added ON public.users IS 'muster.watch 3bd4118befdb4546fb2ddd1f908f264d';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.activities FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.activities IS 'muster.watch 0c99c55263c873fe9f36e2d87a919551';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.activity_images FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.activity_images IS 'muster.watch 4c68dc4b7b4b52c4460985a59c846a57';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.admin_messages FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.admin_messages IS 'muster.watch 6cb6515cbc88c680ac1a3ee256084789';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.attendance_records FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.attendance_records IS 'muster.watch 62f93b01e034cc0503c1784e6bdc3a9c';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.cadets FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.cadets IS 'muster.watch 0cdd4dcdbb2189477c617667da10f79d';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.excuse_letters FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.excuse_letters IS 'muster.watch 1922f6c038f9a6574b236ce003867969';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.grades FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.grades IS 'muster.watch e61710f29a99d63a86ff8fbdda52f73a';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.notifications FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.notifications IS 'muster.watch 092183b77feb24bd4c14c8bca3f63ebc';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.push_subscriptions FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.push_subscriptions IS 'muster.watch b26526859c78b6afcb49d62cae900b2d';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.staff_attendance_records FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.staff_attendance_records IS 'muster.watch 579a2c15a119582f000144e01ba992d9';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.staff_audit FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.staff_audit IS 'muster.watch 1526b4bad5d4ec3d65d952c06a9d606c';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.staff_messages FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.staff_messages IS 'muster.watch 9e6b8c303a2f93e7e2bf74c6bb8338a8';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.system_settings FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.system_settings IS 'muster.watch 4fd24bed61be88c3e732fc1da90bae29';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.training_days FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.training_days IS 'muster.watch 4fc2e48b917ee7fc289e0c2c38bf6a5e';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.training_staff FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.training_staff IS 'muster.watch f0f85d219a96a2e497aee8a20690b01f';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.user_settings FOR EACH ROW EXECUTE FUNCTION muster.audit_update('user_id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.user_settings IS 'muster.watch 736370da3e0f0235431a78d3b0be2c15';

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION muster.audit_update('id', '{"age": true, "code": true, "afpsn": true, "email": true, "gender": true, "height": true, "reason": true, "weight": true, "address": true, "content": true, "message": true, "remarks": true, "subject": true, "file_url": true, "religion": true, "snapshot": true, "username": true, "birthdate": true, "last_name": true, "signature": true, "after_json": true, "birthplace": true, "blood_type": true, "first_name": true, "student_id": true, "admin_reply": true, "before_json": true, "fingerprint": true, "middle_name": true, "nationality": true, "suffix_name": true, "bullcap_size": true, "civil_status": true, "uniform_size": true, "facebook_link": true, "last_latitude": true, "contact_number": true, "last_longitude": true, "revoked_reason": true, "language_spoken": true, "combat_boots_size": true, "last_location_accuracy": true, "last_location_provider": true}', '{"keys": true, "endpoint": true, "password": true, "qr_code_data": true}', '{last_seen,last_latitude,last_longitude,last_location_at,last_location_accuracy,last_location_provider}');

COMMENT ON TRIGGER trg_muster_audit_changed ON public.users IS 'muster.watch 767a2d520cbe1d5305795b79bdd9eba9';

CREATE TRIGGER trg_muster_events_stored AFTER INSERT ON public.sync_events FOR EACH STATEMENT EXECUTE FUNCTION muster.events_stored();

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.activities FOR EACH ROW WHEN ((num_nonnulls(new.image_path, new.images) > 0)) EXECUTE FUNCTION muster.follow_files('image_path', 'images');

COMMENT ON TRIGGER trg_muster_files_added ON public.activities IS 'muster.watch 3839a884cbfb2b01677fddc63333f5ca';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.activity_images FOR EACH ROW WHEN ((num_nonnulls(new.image_path) > 0)) EXECUTE FUNCTION muster.follow_files('image_path');

COMMENT ON TRIGGER trg_muster_files_added ON public.activity_images IS 'muster.watch eb25e62933b3f8757bdd7cdee0ad9342';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.cadets FOR EACH ROW WHEN ((num_nonnulls(new.profile_pic) > 0)) EXECUTE FUNCTION muster.follow_files('profile_pic');

COMMENT ON TRIGGER trg_muster_files_added ON public.cadets IS 'muster.watch 53d40c00ea25f7404f5ef8e1aed24946';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.excuse_letters FOR EACH ROW WHEN ((num_nonnulls(new.file_url) > 0)) EXECUTE FUNCTION muster.follow_files('file_url');

COMMENT ON TRIGGER trg_muster_files_added ON public.excuse_letters IS 'muster.watch 871b0f307b935140072e902d259a587d';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.system_settings FOR EACH ROW WHEN ((num_nonnulls(new.value) > 0)) EXECUTE FUNCTION muster.follow_files('value');

COMMENT ON TRIGGER trg_muster_files_added ON public.system_settings IS 'muster.watch 8e851629f28a93c05ce62ff2ca653804';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.training_staff FOR EACH ROW WHEN ((num_nonnulls(new.profile_pic) > 0)) EXECUTE FUNCTION muster.follow_files('profile_pic');

COMMENT ON TRIGGER trg_muster_files_added ON public.training_staff IS 'muster.watch 0cb89bdf7590ea4ae3117fe99aaa720c';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.user_settings FOR EACH ROW WHEN ((num_nonnulls(new.custom_bg) > 0)) EXECUTE FUNCTION muster.follow_files('custom_bg');

COMMENT ON TRIGGER trg_muster_files_added ON public.user_settings IS 'muster.watch 4703d31240e0bb1c2554fd25f2b0a52e';

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.users FOR EACH ROW WHEN ((num_nonnulls(new.profile_pic) > 0)) EXECUTE FUNCTION muster.follow_files('profile_pic');

COMMENT ON TRIGGER trg_muster_files_added ON public.users IS 'muster.watch 48444f6d4e5c9b9c328057737baeeca6';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF image_path, images ON public.activities FOR EACH ROW EXECUTE FUNCTION muster.follow_files('image_path', 'images');

COMMENT ON TRIGGER trg_muster_files_changed ON public.activities IS 'muster.watch 287bb32e03fe1344ae8c7805adbdee69';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF image_path ON public.activity_images FOR EACH ROW EXECUTE FUNCTION muster.follow_files('image_path');

COMMENT ON TRIGGER trg_muster_files_changed ON public.activity_images IS 'muster.watch 9584e3dbd6c56ad15a7b2b498e9e4021';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF profile_pic ON public.cadets FOR EACH ROW EXECUTE FUNCTION muster.follow_files('profile_pic');

COMMENT ON TRIGGER trg_muster_files_changed ON public.cadets IS 'muster.watch 75302d753e2a6606577ff8be16703404';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF file_url ON public.excuse_letters FOR EACH ROW EXECUTE FUNCTION muster.follow_files('file_url');

COMMENT ON TRIGGER trg_muster_files_changed ON public.excuse_letters IS 'muster.watch 7441816e79752b443f1be3874fdfd6ec';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF value ON public.system_settings FOR EACH ROW EXECUTE FUNCTION muster.follow_files('value');

COMMENT ON TRIGGER trg_muster_files_changed ON public.system_settings IS 'muster.watch f2d703dee2d07a3f7cc729d8a00295e0';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF profile_pic ON public.training_staff FOR EACH ROW EXECUTE FUNCTION muster.follow_files('profile_pic');

COMMENT ON TRIGGER trg_muster_files_changed ON public.training_staff IS 'muster.watch cd6251ec90a75f2c4b16eaf73cb0376c';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF custom_bg ON public.user_settings FOR EACH ROW EXECUTE FUNCTION muster.follow_files('custom_bg');

COMMENT ON TRIGGER trg_muster_files_changed ON public.user_settings IS 'muster.watch 0c97685a1f55d8dc37359477afe1aece';

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF profile_pic ON public.users FOR EACH ROW EXECUTE FUNCTION muster.follow_files('profile_pic');

COMMENT ON TRIGGER trg_muster_files_changed ON public.users IS 'muster.watch 3fb87374544418aa9392842a3e3054b2';

CREATE TRIGGER trg_muster_grade_updated AFTER UPDATE ON public.grades FOR EACH ROW WHEN ((((((((old.attendance_present IS DISTINCT FROM new.attendance_present) OR (old.merit_points IS DISTINCT FROM new.merit_points)) OR (old.demerit_points IS DISTINCT FROM new.demerit_points)) OR (old.prelim_score IS DISTINCT FROM new.prelim_score)) OR (old.midterm_score IS DISTINCT FROM new.midterm_score)) OR (old.final_score IS DISTINCT FROM new.final_score)) OR (old.status IS DISTINCT FROM new.status))) EXECUTE FUNCTION muster.grade_updated();

CREATE TRIGGER trg_muster_letter_texts AFTER INSERT OR DELETE OR UPDATE OF file_url ON public.excuse_letters FOR EACH ROW EXECUTE FUNCTION muster.follow_letters();

CREATE TRIGGER trg_muster_notices_stored AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION muster.notices_stored();

CREATE TRIGGER trg_muster_setting_stored AFTER INSERT OR UPDATE OF value ON public.system_settings FOR EACH ROW EXECUTE FUNCTION muster.setting_stored();

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.activities FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',activities,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.activities IS 'muster.watch afc4397716721f5cbe722f50d7ae6af4';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.activity_images FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',activity_images,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.activity_images IS 'muster.watch 76e2c9b455a347e58fe119ea57fa16ad';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.admin_messages FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',admin_messages,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.admin_messages IS 'muster.watch a1e148c6f00018fcd469ebf8e57273ce';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.attendance_records FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',attendance_records,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.attendance_records IS 'muster.watch 6afe992564ce9f9fc94f757f1ee449a8';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.audit_logs FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',audit_logs,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.audit_logs IS 'muster.watch a1835a497d6cbe5c711032adb194d935';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.cadets FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',cadets,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.cadets IS 'muster.watch 00efd5e4b227e76f6303faa7e873e344';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.excuse_letters FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',excuse_letters,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.excuse_letters IS 'muster.watch 5fadffd3ba831d4e35c560e5edc2807a';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.grades FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',grades,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.grades IS 'muster.watch 995060563ce4e3402e8b55a46cc3a4d2';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.merit_demerit_logs FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',merit_demerit_logs,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.merit_demerit_logs IS 'muster.watch 1caf526321beb3e4761fb6895b59b0dc';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.notifications FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',notifications,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.notifications IS 'muster.watch c280ac595752b5632547074e6a8a7716';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.push_subscriptions FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',push_subscriptions,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.push_subscriptions IS 'muster.watch e90bbab1a95199644fe2760c0fefda53';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.staff_attendance_records FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',staff_attendance_records,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.staff_attendance_records IS 'muster.watch 6efbc9915fdf1528a1593b66b61c2979';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.staff_audit FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',staff_audit,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.staff_audit IS 'muster.watch 62c49b715c32a484fe0f22d34bdb5f28';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.staff_messages FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',staff_messages,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.staff_messages IS 'muster.watch a21366efd6188bb2f5e75feb03af09aa';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.sync_events FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',sync_events,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.sync_events IS 'muster.watch c3ac986d86c1f181977969fdf0453630';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.system_settings FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',system_settings,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.system_settings IS 'muster.watch 0aed7c8f8ebfe4834baca3d0d2e0dbaf';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.training_days FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',training_days,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.training_days IS 'muster.watch 40eae4c1712d915f8fdfabe7f239c84e';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.training_staff FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',training_staff,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.training_staff IS 'muster.watch 942f88c98aff525d6e54d4fa108971c5';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.user_settings FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',user_settings,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.user_settings IS 'muster.watch eb491c2c739aeef35e9f8ceec0fe642c';

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OF id, username, password, role, cadet_id, staff_id, is_approved, email, profile_pic, gender, is_archived, created_at OR TRUNCATE ON public.users FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',users,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();

COMMENT ON TRIGGER trg_muster_touched ON public.users IS 'muster.watch 2e42dfa9a9b673ccd0a1f213ccbe5a4e';

ALTER TABLE ONLY muster.backup_codes
    ADD CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES muster.second_factors(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.activity_images
    ADD CONSTRAINT activity_images_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.admin_messages
    ADD CONSTRAINT admin_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_training_day_id_fkey FOREIGN KEY (training_day_id) REFERENCES public.training_days(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.excuse_letters
    ADD CONSTRAINT excuse_letters_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.excuse_letters
    ADD CONSTRAINT excuse_letters_training_day_id_fkey FOREIGN KEY (training_day_id) REFERENCES public.training_days(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grades
    ADD CONSTRAINT grades_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merit_demerit_logs
    ADD CONSTRAINT merit_demerit_logs_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merit_demerit_logs
    ADD CONSTRAINT merit_demerit_logs_issued_by_user_id_fkey FOREIGN KEY (issued_by_user_id) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.training_staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_training_day_id_fkey FOREIGN KEY (training_day_id) REFERENCES public.training_days(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_messages
    ADD CONSTRAINT staff_messages_sender_staff_id_fkey FOREIGN KEY (sender_staff_id) REFERENCES public.training_staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sync_events
    ADD CONSTRAINT sync_events_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_settings
    ADD CONSTRAINT user_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.training_staff(id) ON DELETE CASCADE;
