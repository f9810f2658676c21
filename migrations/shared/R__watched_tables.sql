-- Why: audit rows and the end of cached responses must follow every write, whoever makes it; a system says of each table once
-- what follows (muster.watch), and where its audit rows go (muster.write_audit).
--
-- A system with audited tables defines
--     muster.write_audit(table_name TEXT, operation TEXT, record_ids TEXT[], payloads JSONB[]) RETURNS void
-- It gets the rows of a statement at once: payloads are {"before": {..}, "after": {..}, "request": "..", "as": ".."}, each
-- with what has changed only. Who acts is muster.acting_user().

-- Those columns of `shown` that differ from `other`, fit for an audit log. Without `other` (the row is new or gone) all that
-- are not NULL. `secret` columns are dropped, and so is any picture kept as a data URL, alone or first in a JSON list; of
-- `personal` ones only "[personal]" is shown, so one sees that the value has changed but not what it is.
-- As a table and in SQL, so that it is planned as part of the query that asks: a call for each row costs twice as much.
CREATE OR REPLACE FUNCTION muster.audit_columns(shown JSONB, other JSONB, personal JSONB, secret JSONB)
RETURNS TABLE (columns JSONB) LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        jsonb_object_agg(key, CASE WHEN value <> 'null' AND personal ? key THEN '"[personal]"' ELSE value END), '{}')
    FROM jsonb_each(shown)
    WHERE NOT secret ? key
      AND CASE WHEN other IS NULL THEN value <> 'null' ELSE value IS DISTINCT FROM other -> key END
      AND NOT starts_with(coalesce(value #>> '{}', ''), 'data:')
      AND NOT starts_with(coalesce(value #>> '{}', ''), '["data:')
$$;

-- Why something was changed, from the settings that the program makes for every transaction:
--   muster.request  id of the request, to find its log lines
--   muster.system   what a system job is called
CREATE OR REPLACE FUNCTION muster.audit_cause() RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'request', nullif(current_setting('muster.request', true), ''),
        'as', nullif(current_setting('muster.system', true), '')))
$$;

-- New rows, all of a statement at once: an import brings thousands of them. Arguments: the key, the personal and the secret
-- columns as JSON objects.
CREATE OR REPLACE FUNCTION muster.audit_insert() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- A row that is changed or goes. A change of secrets only (a new password) still writes its audit row, with nothing to show; one
-- of ignored columns only does not. Arguments: as above, then the ignored columns as an array.
CREATE OR REPLACE FUNCTION muster.audit_update() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- Makes a trigger only where it is missing or defined otherwise, because making one locks the table: a migration beside a
-- running system would hold some tables and wait for others. Without a definition it is removed.
CREATE OR REPLACE FUNCTION muster.make_trigger(target regclass, trigger_name name, definition text) RETURNS void
LANGUAGE plpgsql AS $$
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

-- Of editions before December 2026, which did not know files.
DROP FUNCTION IF EXISTS muster.watch(regclass, name, boolean, boolean, text[], text[], text[]);

-- Says what follows a write of a table. Safe to repeat; what is not asked for any more is removed.
--   id        the column whose text names a row in the audit log
--   audit     every row that is added, changed or removed is written down
--   touch     responses cached of the table end (R__table_changes.sql)
--   ignored   columns whose change is followed by nothing: a heartbeat writes them every few seconds
--   personal, secret: see muster.audit_columns; columns that the table does not have do no harm
--   files     columns with addresses of stored files, which go with the last row that refers to them (R__stored_files.sql)
CREATE OR REPLACE FUNCTION muster.watch(
    target regclass, id name DEFAULT 'id', audit boolean DEFAULT TRUE, touch boolean DEFAULT TRUE,
    ignored text[] DEFAULT '{}', personal text[] DEFAULT '{}', secret text[] DEFAULT '{}', files text[] DEFAULT '{}'
) RETURNS void LANGUAGE plpgsql AS $$
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
