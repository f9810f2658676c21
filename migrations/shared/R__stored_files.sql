-- Why: a stored file must go when the last record that refers to it goes, whichever way: an edit, a deletion, a cascade, psql.
--
-- A column holds the address of one file or a JSON list of addresses. muster.watch(..., files => ARRAY['photo']) names the
-- columns of a table; the triggers and muster.file_references() follow from that.

-- The address a stored value means: `/uploads/<name>` whatever stood before it (a legacy server may have kept absolute paths
-- and URLs of its own), a Cloudinary URL as it is, and nothing for data URLs and pictures elsewhere.
CREATE OR REPLACE FUNCTION muster.file_address(value TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value IS NULL OR starts_with(value, 'data:') THEN NULL
        WHEN value ~ '^https://res\.cloudinary\.com/' THEN value
        ELSE substring(replace(value, '\', '/') FROM '/uploads/(?:cloud/)?[A-Za-z0-9._-]+$')
    END
$$;

-- What all addresses of one file have in common. Those of Cloudinary also tell a version and how a picture is to be changed on
-- its way, so only the name counts in them: rather one file too many is kept than one lost that another row still shows.
CREATE OR REPLACE FUNCTION muster.file_key(address TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN address ~ '^(https://res\.cloudinary\.com|/uploads/cloud)/'
        THEN 'cloudinary:' || substring(address FROM '^[^?#]*/([^./?#]*)')
        ELSE address
    END
$$;

-- Every address in the columns of a row. A list that is no valid JSON counts as empty.
CREATE OR REPLACE FUNCTION muster.file_addresses(stored TEXT[]) RETURNS TEXT[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
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

-- Files that a row no longer refers to are offered for deletion; the job looks whether another row still does. Pictures it
-- newly refers to are made small. Arguments: the columns.
CREATE OR REPLACE FUNCTION muster.follow_files() RETURNS trigger
LANGUAGE plpgsql AS $$
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
END $$;

-- Defines muster.file_references(): every place that refers to a file, read from the triggers that muster.watch has made. A
-- function and not a view, because row-level security must hold for whoever asks, not for whoever migrates.
CREATE OR REPLACE FUNCTION muster.define_file_references() RETURNS void LANGUAGE plpgsql AS $$
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

SELECT muster.define_file_references();
