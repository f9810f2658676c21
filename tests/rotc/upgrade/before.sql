--
-- PostgreSQL database dump
--

\restrict H9Chuwi1MgUa24Qd6xS7fVWaMzFVR8D1WnbR9exWH5Qlbi6sx9TcLChMkgEPHFN

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: muster; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA muster;


--
-- Name: audit_added(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.audit_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added) THEN
        INSERT INTO public.audit_logs (table_name, operation, record_id, user_id, payload)
        SELECT TG_TABLE_NAME, TG_OP, muster.audit_record_id(row, TG_TABLE_NAME),
               nullif(current_setting('muster.actor', true), '')::int,
               jsonb_build_object('after', audited.columns) || cause
        FROM (SELECT to_jsonb(added) AS row FROM added OFFSET 0) AS rows
             CROSS JOIN (SELECT muster.audit_cause() AS cause OFFSET 0) AS causes
             CROSS JOIN LATERAL muster.audited(row, NULL) AS audited;
    END IF;
    RETURN NULL;
END $$;


--
-- Name: audit_cause(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.audit_cause() RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'request', nullif(current_setting('muster.request', true), ''),
        'as', nullif(current_setting('muster.system', true), '')))
$$;


--
-- Name: audit_changed(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.audit_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
    VALUES (TG_TABLE_NAME, TG_OP, muster.audit_record_id(coalesce(after, before), TG_TABLE_NAME),
            nullif(current_setting('muster.actor', true), '')::int, payload || muster.audit_cause());
    RETURN NULL;
END $$;


--
-- Name: audit_record_id(jsonb, text); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.audit_record_id(shown jsonb, table_name text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$
    -- user_settings has no id of its own
    SELECT (shown ->> CASE table_name WHEN 'user_settings' THEN 'user_id' ELSE 'id' END)::int
$$;


--
-- Name: audited(jsonb, jsonb); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.audited(shown jsonb, other jsonb) RETURNS TABLE(columns jsonb)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: events_stored(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.events_stored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('muster_events', '');
    RETURN NULL;
END $$;


--
-- Name: file_address(text); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.file_address(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE
        WHEN value IS NULL OR starts_with(value, 'data:') THEN NULL
        WHEN value ~ '^https://res\.cloudinary\.com/' THEN value
        ELSE substring(replace(value, '\', '/') FROM '/uploads/(?:cloud/)?[A-Za-z0-9._-]+$')
    END
$_$;


--
-- Name: file_addresses(jsonb); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.file_addresses(shown jsonb) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    images JSONB := '[]';
BEGIN
    IF starts_with(ltrim(shown ->> 'images'), '[') THEN
        BEGIN
            images := (shown ->> 'images')::jsonb;
        EXCEPTION WHEN others THEN
            images := '[]';
        END;
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT muster.file_address(value) FROM (
            SELECT shown ->> key AS value FROM unnest(ARRAY['profile_pic', 'custom_bg', 'file_url', 'image_path']) AS key
            UNION ALL SELECT jsonb_array_elements_text(images)
        ) AS found
        WHERE muster.file_address(value) IS NOT NULL
    );
END $$;


--
-- Name: file_key(text); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.file_key(address text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE
        WHEN address ~ '^(https://res\.cloudinary\.com|/uploads/cloud)/'
        THEN 'cloudinary:' || substring(address FROM '^[^?#]*/([^./?#]*)')
        ELSE address
    END
$$;


--
-- Name: follow_files(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.follow_files() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    before TEXT[] := '{}';
    after TEXT[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        before := muster.file_addresses(to_jsonb(OLD));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after := muster.file_addresses(to_jsonb(NEW));
    END IF;
    -- Nobody asked for these jobs: they are not those of whoever made the change, who could stop them.
    INSERT INTO muster.jobs (kind, queue, payload, created_by)
    SELECT 'delete_file', 'image', jsonb_build_object('address', address), NULL
    FROM unnest(before) AS address
    WHERE address <> ALL (after)
      -- Once for each change: a person's photo stands in two rows. A job of another change may have looked already.
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


--
-- Name: follow_letters(); Type: FUNCTION; Schema: muster; Owner: -
--

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


--
-- Name: grade_updated(); Type: FUNCTION; Schema: muster; Owner: -
--

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


--
-- Name: inbox(integer, text[]); Type: FUNCTION; Schema: muster; Owner: -
--

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


--
-- Name: note_started_jobs(); Type: FUNCTION; Schema: muster; Owner: -
--

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


--
-- Name: notices_stored(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.notices_stored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, payload)
    SELECT 'notifications_created', jsonb_build_object('ids', jsonb_agg(id ORDER BY id)) FROM stored HAVING count(*) > 0;
    RETURN NULL;
END $$;


--
-- Name: setting_stored(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.setting_stored() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO public.sync_events (event_type, payload)
    VALUES ('system_setting_updated', jsonb_build_object('key', NEW.key));
    RETURN NULL;
END $$;


--
-- Name: touch(); Type: FUNCTION; Schema: muster; Owner: -
--

CREATE FUNCTION muster.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM set_config(
        'muster.touched', concat(current_setting('muster.touched', true), ',', TG_TABLE_NAME, ','), true);
    RETURN NULL;
END $$;


--
-- Name: wants(integer, text, text); Type: FUNCTION; Schema: muster; Owner: -
--

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


--
-- Name: fn_merit_demerit_audit(); Type: FUNCTION; Schema: public; Owner: -
--

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


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: adoption_findings; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.adoption_findings (
    id bigint NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    table_name text NOT NULL,
    column_name text,
    row_key text,
    finding text NOT NULL,
    detail jsonb
);


--
-- Name: TABLE adoption_findings; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.adoption_findings IS 'What the adoption of a legacy database could not repair; for the administrator to read and empty.';


--
-- Name: adoption_findings_id_seq; Type: SEQUENCE; Schema: muster; Owner: -
--

ALTER TABLE muster.adoption_findings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.adoption_findings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: alerts; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.alerts (
    kind text NOT NULL,
    raised_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE alerts; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.alerts IS 'When administrators were last told of each kind of trouble.';


--
-- Name: certificates; Type: TABLE; Schema: muster; Owner: -
--

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


--
-- Name: certificates_id_seq; Type: SEQUENCE; Schema: muster; Owner: -
--

ALTER TABLE muster.certificates ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME muster.certificates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_log; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.event_log (
    seq bigint NOT NULL,
    event_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: event_log_seq_seq; Type: SEQUENCE; Schema: muster; Owner: -
--

ALTER TABLE muster.event_log ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.event_log_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: excuse_effects; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.excuse_effects (
    letter_id integer NOT NULL,
    cadet_id integer NOT NULL,
    training_day_id integer NOT NULL,
    former_status text
);


--
-- Name: TABLE excuse_effects; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.excuse_effects IS 'What the approval of an excuse letter changed in attendance_records; the row goes when that is taken back or the letter is deleted.';


--
-- Name: activities; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.activities (
    id integer NOT NULL,
    title text NOT NULL,
    description text,
    date text,
    image_path text,
    images text,
    type text
);


--
-- Name: activity_images; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.activity_images (
    id integer NOT NULL,
    activity_id integer,
    image_path text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);


--
-- Name: cadets; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: excuse_letters; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: system_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.system_settings (
    id integer NOT NULL,
    key text NOT NULL,
    value text
);


--
-- Name: training_staff; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: user_settings; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: file_references; Type: VIEW; Schema: muster; Owner: -
--

CREATE VIEW muster.file_references AS
 SELECT 'users'::text AS table_name,
    users.id AS record_id,
    muster.file_address(users.profile_pic) AS address
   FROM public.users
  WHERE (users.profile_pic IS NOT NULL)
UNION ALL
 SELECT 'cadets'::text AS table_name,
    cadets.id AS record_id,
    muster.file_address(cadets.profile_pic) AS address
   FROM public.cadets
  WHERE (cadets.profile_pic IS NOT NULL)
UNION ALL
 SELECT 'training_staff'::text AS table_name,
    training_staff.id AS record_id,
    muster.file_address(training_staff.profile_pic) AS address
   FROM public.training_staff
  WHERE (training_staff.profile_pic IS NOT NULL)
UNION ALL
 SELECT 'user_settings'::text AS table_name,
    user_settings.user_id AS record_id,
    muster.file_address(user_settings.custom_bg) AS address
   FROM public.user_settings
  WHERE (user_settings.custom_bg IS NOT NULL)
UNION ALL
 SELECT 'excuse_letters'::text AS table_name,
    excuse_letters.id AS record_id,
    muster.file_address(excuse_letters.file_url) AS address
   FROM public.excuse_letters
  WHERE (excuse_letters.file_url IS NOT NULL)
UNION ALL
 SELECT 'system_settings'::text AS table_name,
    system_settings.id AS record_id,
    muster.file_address(system_settings.value) AS address
   FROM public.system_settings
  WHERE (system_settings.key = 'document_logo'::text)
UNION ALL
 SELECT 'activity_images'::text AS table_name,
    activity_images.activity_id AS record_id,
    muster.file_address(activity_images.image_path) AS address
   FROM public.activity_images
UNION ALL
 SELECT 'activities'::text AS table_name,
    activities.id AS record_id,
    address.address
   FROM public.activities,
    LATERAL unnest(muster.file_addresses(to_jsonb(activities.*))) address(address);


--
-- Name: hidden_broadcasts; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.hidden_broadcasts (
    user_id integer NOT NULL,
    message_id integer NOT NULL,
    hidden_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE hidden_broadcasts; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.hidden_broadcasts IS 'Who has deleted a broadcast (admin_messages) from their own list.';


--
-- Name: jobs; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.jobs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    run_at timestamp with time zone,
    lease_until timestamp with time zone,
    last_error text,
    created_by integer DEFAULT (NULLIF(current_setting('muster.actor'::text, true), ''::text))::integer,
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
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);


--
-- Name: letter_texts; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.letter_texts (
    letter_id integer NOT NULL,
    text text NOT NULL,
    confidence double precision NOT NULL,
    processed_at timestamp with time zone NOT NULL
);


--
-- Name: lockouts; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.lockouts (
    account text NOT NULL,
    locked_until timestamp with time zone NOT NULL
);


--
-- Name: mails; Type: TABLE; Schema: muster; Owner: -
--

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


--
-- Name: COLUMN mails.next_try_at; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON COLUMN muster.mails.next_try_at IS 'No longer used: the job knows.';


--
-- Name: mails_id_seq; Type: SEQUENCE; Schema: muster; Owner: -
--

ALTER TABLE muster.mails ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME muster.mails_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: meta; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.meta (
    key text NOT NULL,
    value text NOT NULL
);


--
-- Name: TABLE meta; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.meta IS 'Facts about this database, such as demo_seeded.';


--
-- Name: migrations_rotc; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.migrations_rotc (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);


--
-- Name: migrations_shared; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.migrations_shared (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);


--
-- Name: notification_states; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.notification_states (
    user_id integer NOT NULL,
    notification_id integer NOT NULL,
    read_at timestamp with time zone,
    dismissed_at timestamp with time zone
);


--
-- Name: TABLE notification_states; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.notification_states IS 'Who has read or dismissed a notice that is addressed to everyone; private notices use notifications.is_read.';


--
-- Name: ocr_results; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.ocr_results (
    asked_by integer NOT NULL,
    digest bytea NOT NULL,
    languages text NOT NULL,
    recognised jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: orphan_files; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.orphan_files (
    address text NOT NULL,
    bytes bigint NOT NULL,
    found_at timestamp with time zone NOT NULL
);


--
-- Name: push_deliveries; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.push_deliveries (
    notification_id integer NOT NULL,
    subscription_id integer NOT NULL,
    user_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    status smallint
);


--
-- Name: rate_limits; Type: TABLE; Schema: muster; Owner: -
--

CREATE UNLOGGED TABLE muster.rate_limits (
    key text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    hits integer NOT NULL
);


--
-- Name: report_files; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.report_files (
    task_id uuid NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    content_type text NOT NULL,
    started_by integer NOT NULL,
    made_at timestamp with time zone NOT NULL
);


--
-- Name: secrets; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.secrets (
    name text NOT NULL,
    value bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE secrets; Type: COMMENT; Schema: muster; Owner: -
--

COMMENT ON TABLE muster.secrets IS 'Keys made by Muster itself where none is configured, so that all processes on this database share them.';


--
-- Name: sessions; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.sessions (
    id uuid NOT NULL,
    user_id integer NOT NULL,
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


--
-- Name: signin_failures; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.signin_failures (
    account text NOT NULL,
    address text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: signin_links; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.signin_links (
    id uuid NOT NULL,
    code_hash bytea NOT NULL,
    user_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);


--
-- Name: stream_cursors; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.stream_cursors (
    stream uuid NOT NULL,
    session uuid NOT NULL,
    seq bigint NOT NULL,
    stored_at timestamp with time zone NOT NULL
);


--
-- Name: uploads; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.uploads (
    address text NOT NULL,
    uploaded_by integer NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: workers; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.workers (
    id uuid NOT NULL,
    name text NOT NULL,
    queues text[] NOT NULL,
    at_once integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);


--
-- Name: ws_connections; Type: TABLE; Schema: muster; Owner: -
--

CREATE TABLE muster.ws_connections (
    connection_id text NOT NULL,
    user_id integer NOT NULL,
    role text NOT NULL,
    cadet_id integer,
    session uuid NOT NULL,
    joined_seq bigint NOT NULL,
    seq bigint NOT NULL,
    greeted boolean DEFAULT false NOT NULL,
    lease_until timestamp with time zone,
    connected_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: activities_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.activities_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: activities_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.activities_id_seq OWNED BY public.activities.id;


--
-- Name: activity_images_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.activity_images_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: activity_images_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.activity_images_id_seq OWNED BY public.activity_images.id;


--
-- Name: admin_messages; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: admin_messages_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.admin_messages_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: admin_messages_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.admin_messages_id_seq OWNED BY public.admin_messages.id;


--
-- Name: attendance_records; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: attendance_records_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.attendance_records_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: attendance_records_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.attendance_records_id_seq OWNED BY public.attendance_records.id;


--
-- Name: audit_logs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_logs (
    id integer NOT NULL,
    table_name text NOT NULL,
    operation text NOT NULL,
    record_id integer,
    user_id integer,
    payload jsonb,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);


--
-- Name: audit_logs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.audit_logs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: audit_logs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.audit_logs_id_seq OWNED BY public.audit_logs.id;


--
-- Name: cadets_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.cadets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: cadets_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.cadets_id_seq OWNED BY public.cadets.id;


--
-- Name: excuse_letters_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.excuse_letters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: excuse_letters_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.excuse_letters_id_seq OWNED BY public.excuse_letters.id;


--
-- Name: grades; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: grades_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.grades_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: grades_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.grades_id_seq OWNED BY public.grades.id;


--
-- Name: merit_demerit_logs; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: merit_demerit_logs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.merit_demerit_logs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: merit_demerit_logs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.merit_demerit_logs_id_seq OWNED BY public.merit_demerit_logs.id;


--
-- Name: notifications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notifications (
    id integer NOT NULL,
    user_id integer,
    message text NOT NULL,
    type text NOT NULL,
    is_read boolean DEFAULT false,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);


--
-- Name: notifications_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.notifications_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: notifications_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.notifications_id_seq OWNED BY public.notifications.id;


--
-- Name: push_subscriptions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.push_subscriptions (
    id integer NOT NULL,
    user_id integer,
    endpoint text NOT NULL,
    keys text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);


--
-- Name: push_subscriptions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.push_subscriptions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: push_subscriptions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.push_subscriptions_id_seq OWNED BY public.push_subscriptions.id;


--
-- Name: staff_attendance_records; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: staff_attendance_records_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.staff_attendance_records_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: staff_attendance_records_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.staff_attendance_records_id_seq OWNED BY public.staff_attendance_records.id;


--
-- Name: staff_audit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.staff_audit (
    id integer NOT NULL,
    action text NOT NULL,
    staff_id integer,
    before_json text,
    after_json text,
    user_id integer,
    created_at text
);


--
-- Name: staff_audit_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.staff_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: staff_audit_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.staff_audit_id_seq OWNED BY public.staff_audit.id;


--
-- Name: staff_messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.staff_messages (
    id integer NOT NULL,
    sender_staff_id integer NOT NULL,
    content text NOT NULL,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);


--
-- Name: staff_messages_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.staff_messages_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: staff_messages_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.staff_messages_id_seq OWNED BY public.staff_messages.id;


--
-- Name: sync_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sync_events (
    id integer NOT NULL,
    event_type text NOT NULL,
    cadet_id integer,
    payload jsonb,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    processed boolean DEFAULT false,
    processed_at timestamp without time zone
);


--
-- Name: sync_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sync_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sync_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sync_events_id_seq OWNED BY public.sync_events.id;


--
-- Name: system_settings_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.system_settings_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: system_settings_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.system_settings_id_seq OWNED BY public.system_settings.id;


--
-- Name: training_days; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.training_days (
    id integer NOT NULL,
    date text NOT NULL,
    title text NOT NULL,
    description text
);


--
-- Name: training_days_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.training_days_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: training_days_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.training_days_id_seq OWNED BY public.training_days.id;


--
-- Name: training_staff_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.training_staff_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: training_staff_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.training_staff_id_seq OWNED BY public.training_staff.id;


--
-- Name: users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.users_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: users_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;


--
-- Name: activities id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.activities ALTER COLUMN id SET DEFAULT nextval('public.activities_id_seq'::regclass);


--
-- Name: activity_images id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.activity_images ALTER COLUMN id SET DEFAULT nextval('public.activity_images_id_seq'::regclass);


--
-- Name: admin_messages id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_messages ALTER COLUMN id SET DEFAULT nextval('public.admin_messages_id_seq'::regclass);


--
-- Name: attendance_records id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attendance_records ALTER COLUMN id SET DEFAULT nextval('public.attendance_records_id_seq'::regclass);


--
-- Name: audit_logs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_logs ALTER COLUMN id SET DEFAULT nextval('public.audit_logs_id_seq'::regclass);


--
-- Name: cadets id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cadets ALTER COLUMN id SET DEFAULT nextval('public.cadets_id_seq'::regclass);


--
-- Name: excuse_letters id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.excuse_letters ALTER COLUMN id SET DEFAULT nextval('public.excuse_letters_id_seq'::regclass);


--
-- Name: grades id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grades ALTER COLUMN id SET DEFAULT nextval('public.grades_id_seq'::regclass);


--
-- Name: merit_demerit_logs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.merit_demerit_logs ALTER COLUMN id SET DEFAULT nextval('public.merit_demerit_logs_id_seq'::regclass);


--
-- Name: notifications id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications ALTER COLUMN id SET DEFAULT nextval('public.notifications_id_seq'::regclass);


--
-- Name: push_subscriptions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.push_subscriptions ALTER COLUMN id SET DEFAULT nextval('public.push_subscriptions_id_seq'::regclass);


--
-- Name: staff_attendance_records id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_attendance_records ALTER COLUMN id SET DEFAULT nextval('public.staff_attendance_records_id_seq'::regclass);


--
-- Name: staff_audit id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_audit ALTER COLUMN id SET DEFAULT nextval('public.staff_audit_id_seq'::regclass);


--
-- Name: staff_messages id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_messages ALTER COLUMN id SET DEFAULT nextval('public.staff_messages_id_seq'::regclass);


--
-- Name: sync_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_events ALTER COLUMN id SET DEFAULT nextval('public.sync_events_id_seq'::regclass);


--
-- Name: system_settings id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.system_settings ALTER COLUMN id SET DEFAULT nextval('public.system_settings_id_seq'::regclass);


--
-- Name: training_days id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.training_days ALTER COLUMN id SET DEFAULT nextval('public.training_days_id_seq'::regclass);


--
-- Name: training_staff id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.training_staff ALTER COLUMN id SET DEFAULT nextval('public.training_staff_id_seq'::regclass);


--
-- Name: users id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);


--
-- Data for Name: adoption_findings; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.adoption_findings (id, found_at, table_name, column_name, row_key, finding, detail) FROM stdin;
\.


--
-- Data for Name: alerts; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.alerts (kind, raised_at) FROM stdin;
\.


--
-- Data for Name: certificates; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.certificates (id, code, activity_id, cadet_id, fingerprint, snapshot, key_id, signature, issued_at, issued_by, revoked_at, revoked_by, revoked_reason) FROM stdin;
20001	9BPP84A7JZGX6PK3K8MA	50001	100001	\\x4f5bfd4da401927b6fb556fbbb6aeab40cfe9a9c3c01f5d5da3789600a312b6e	{"name": "Cdt Juan Test3", "unit": "MSU-SND ROTC", "title": "Certificate of Participation", "school": "", "activity": "Parade", "issued_on": "2026-02-02", "activity_date": "2026-01-14"}	345419b83954617f	\\x921d59d1060e4e3121bacf775fee6b1939bcd572b8567a965edc9c463a093421b339019e3982cb95e6ae0ff87a3c41c95f737e47eac209ed63664b4aad8c2d09	2026-02-02 08:00:00+00	230006	\N	\N	\N
\.


--
-- Data for Name: event_log; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.event_log (seq, event_id, created_at) FROM stdin;
\.


--
-- Data for Name: excuse_effects; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.excuse_effects (letter_id, cadet_id, training_day_id, former_status) FROM stdin;
\.


--
-- Data for Name: hidden_broadcasts; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.hidden_broadcasts (user_id, message_id, hidden_at) FROM stdin;
\.


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.jobs (id, kind, payload, status, tries, run_at, lease_until, last_error, created_by, created_at, finished_at, result, queue, sent_at, started_at, progress_done, progress_of, problem, slot) FROM stdin;
f69797ce-ef73-456c-a98f-e79d9e0f1a64	shrink_picture	{"address": "/uploads/profile-c8ca7d311d24405a81ad7dc671b99b99.png"}	queued	0	\N	\N	\N	\N	2026-11-28 20:21:54.967388+00	\N	\N	image	\N	\N	\N	\N	\N	\N
816f4434-cfd2-4fb4-9e91-64bd93fb6517	read_letter	{"letter_id": 110001}	queued	0	\N	\N	\N	\N	2026-11-28 20:21:54.998788+00	\N	\N	ocr	\N	\N	\N	\N	\N	\N
165f1844-0c2e-489c-8d42-9f62b5d8b5f9	send_mails	{}	queued	0	\N	\N	\N	\N	2026-11-28 20:21:55.055769+00	\N	\N	delivery	\N	\N	\N	\N	\N	\N
\.


--
-- Data for Name: letter_texts; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.letter_texts (letter_id, text, confidence, processed_at) FROM stdin;
\.


--
-- Data for Name: lockouts; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.lockouts (account, locked_until) FROM stdin;
name:2099f3266e50880909e45b6fe23d88778e2de6203292fcf819448f972dc0095f	2026-02-02 08:30:00+00
\.


--
-- Data for Name: mails; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.mails (id, recipient, subject, text_body, html_body, created_at, sent_at, tries, next_try_at, last_error, job_id, refused_at, key, expires_at) FROM stdin;
40001	cadet4@example.test	Your sign-in link	Hello 2026-0004,\n\nsomebody, most likely you, asked to sign in to the ROTC grading system.\nOpen this address to go on:\n\nhttps://rotc.example.test/api/auth/link#bSRqg5a8F0b8Se_g9SEWMMrDeZhFMUfkDDU4rzXMz4Y\n\nIt works once, within 15 minutes. If this wasn't you, ignore this email; nobody can sign in without it.	<!doctype html>\n<html lang="en">\n<body style="font-family: sans-serif; color: #1f2937; max-width: 36em">\n<p>Hello 2026-0004,</p>\n<p>somebody, most likely you, asked to sign in to the ROTC grading system.</p>\n<p><a href="https://rotc.example.test/api/auth/link#bSRqg5a8F0b8Se_g9SEWMMrDeZhFMUfkDDU4rzXMz4Y" style="display: inline-block; padding: 0.7em 1.4em; background: #166534; color: #ffffff; text-decoration: none; border-radius: 6px">Sign in</a></p>\n<p>The link works once, within 15 minutes. If this wasn't you, ignore this email; nobody can sign in without it.</p>\n</body>\n</html>	2026-11-28 20:21:55.055769+00	\N	0	\N	\N	165f1844-0c2e-489c-8d42-9f62b5d8b5f9	\N	a42d0439-6463-43b2-9447-3937eadf8515	2026-02-02 08:15:00+00
\.


--
-- Data for Name: meta; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.meta (key, value) FROM stdin;
\.


--
-- Data for Name: migrations_rotc; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.migrations_rotc (version, name, applied_on, checksum) FROM stdin;
1	legacy_tables	2026-11-28T20:21:28.68088033Z	8120439657293449887
2	adopt_columns	2026-11-28T20:21:28.702409741Z	9449047342497986872
3	adopt_constraints	2026-11-28T20:21:28.71518056Z	13888830149666144019
4	indexes	2026-11-28T20:21:28.736255395Z	5961163092958973295
5	adopt_data	2026-11-28T20:21:28.748960996Z	763328977711914557
6	notification_states	2026-11-28T20:21:28.752907604Z	8158468293417464679
7	excuse_effects	2026-11-28T20:21:28.754206025Z	9057793289266771913
8	alerts	2026-11-28T20:21:28.755671043Z	3517505347725737654
9	broadcasts_and_push	2026-11-28T20:21:28.757818967Z	11715372885262954812
10	event_log	2026-11-28T20:21:28.759717119Z	1566991816726634819
11	certificates	2026-11-28T20:21:28.762910978Z	459979025763285371
12	ocr	2026-11-28T20:21:28.766011197Z	5859816326954969292
\.


--
-- Data for Name: migrations_shared; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.migrations_shared (version, name, applied_on, checksum) FROM stdin;
1	sign_in	2026-11-28T20:21:28.659037593Z	10506483829005938981
2	running	2026-11-28T20:21:28.665221708Z	10119477438893836306
3	jobs	2026-11-28T20:21:28.668949531Z	8306069507587062413
4	job_results	2026-11-28T20:21:28.672441783Z	13175835859659467581
5	job_queues	2026-11-28T20:21:28.673259629Z	6170733462691538806
6	mails	2026-11-28T20:21:28.67695215Z	14279718332696210703
\.


--
-- Data for Name: notification_states; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.notification_states (user_id, notification_id, read_at, dismissed_at) FROM stdin;
\.


--
-- Data for Name: ocr_results; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.ocr_results (asked_by, digest, languages, recognised, created_at) FROM stdin;
\.


--
-- Data for Name: orphan_files; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.orphan_files (address, bytes, found_at) FROM stdin;
\.


--
-- Data for Name: push_deliveries; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.push_deliveries (notification_id, subscription_id, user_id, created_at, done_at, status) FROM stdin;
\.


--
-- Data for Name: rate_limits; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.rate_limits (key, window_start, hits) FROM stdin;
refresh:203.0.113.7	2026-02-02 08:00:00+00	1
upload:230004	2026-02-02 08:00:00+00	1
upload:230003	2026-02-02 08:00:00+00	1
sign-in-link:230004	2026-02-02 08:00:00+00	1
sign-in:203.0.113.7	2026-02-02 08:00:00+00	9
\.


--
-- Data for Name: report_files; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.report_files (task_id, kind, file_name, content_type, started_by, made_at) FROM stdin;
\.


--
-- Data for Name: secrets; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.secrets (name, value, created_at) FROM stdin;
signing_key	\\xc007585eb70f9bf9c5155b9579a93499b7aa56db503095dfaba6cd293753f2df	2026-11-28 20:21:54.8549+00
certificate_key	\\xfe3440ff7223c67cccddbb7e3302d8e09ed6e5f9ed20c56482405ba7643da32d	2026-11-28 20:21:55.011125+00
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.sessions (id, user_id, created_at, last_used_at, idle_expires_at, absolute_expires_at, refresh_hash, previous_refresh_hash, refresh_generation, refreshed_at, user_agent, address, revoked_at, revoked_reason) FROM stdin;
3706c7ca-1646-4124-adda-5fec2abf0891	230003	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\x46fd88942fe7109e3e7ad39ab36bf932006daca97d19f78d2dd6e09e9e02d631	\N	0	2026-02-02 08:00:00+00	\N	203.0.113.7	\N	\N
bfaa7a5e-55f4-4167-964b-10a3d47f13bb	230003	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\x6a3ee54c5194298354df3ed3cc176cac4e389df4b12a1d8778cea21488a6683e	\N	0	2026-02-02 08:00:00+00	\N	203.0.113.7	2026-02-02 08:00:00+00	signed out
d8985195-6019-4fcb-8852-648fb861dba6	230003	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\x2d8dacb5e1cc952036a63eb90754c5afed8f18ebadde50a3325e434fff08c36b	\\x6dd71b6516d6cde4e1997eeb00ad182b343f5658241c3fc9a646d887f30666f5	1	2026-02-02 08:00:00+00	\N	203.0.113.7	\N	\N
d33e4a88-53a6-42ff-99e6-ec7ae71b29e7	230005	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\xdb400ceb439d3698b2f36749a286f993dc2d418e2fdc5dc414bff6b9204d3c30	\N	0	2026-02-02 08:00:00+00	\N	\N	\N	\N
67cf7c47-dba2-4937-ba2f-f7418001f219	230004	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\x922b1f28b541810be01e04741d6f858e8fa028810c5063ab6a4aceb1baf74351	\N	0	2026-02-02 08:00:00+00	\N	\N	\N	\N
efee9991-9343-460c-a84e-ba49166fd557	230003	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\xed948590db2c4fb6ede4a590ab48d57fb5e1daebc1b2f3bfd0b1a082ae9cda36	\N	0	2026-02-02 08:00:00+00	\N	\N	\N	\N
42a103e5-8213-47f5-8488-5ef709c5ac9e	230006	2026-02-02 08:00:00+00	2026-02-02 08:00:00+00	2026-02-02 20:00:00+00	2026-02-09 08:00:00+00	\\x1d9e5e9658011fdf621eb1280f0403d95dab74ac853cb46ef11a24b2dfd4988b	\N	0	2026-02-02 08:00:00+00	\N	\N	\N	\N
\.


--
-- Data for Name: signin_failures; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.signin_failures (account, address, at) FROM stdin;
\.


--
-- Data for Name: signin_links; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.signin_links (id, code_hash, user_id, created_at, expires_at, used_at) FROM stdin;
e5be47dc-0243-4836-96fd-0385b9269ec6	\\x277eb2d0c70d95bb5adcbdf1dfbb768c328b1bac8f8d88bf270db83cbc007f91	230004	2026-02-02 08:00:00+00	2026-02-02 08:15:00+00	\N
\.


--
-- Data for Name: stream_cursors; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.stream_cursors (stream, session, seq, stored_at) FROM stdin;
\.


--
-- Data for Name: uploads; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.uploads (address, uploaded_by, kind, created_at) FROM stdin;
/uploads/profile-81967e3cd61a409986ddead422b20f43.png	230004	profile_pic	2026-02-02 08:00:00+00
/uploads/letter-3f8a2076efd1459fbd3c845b6dded6ea.pdf	230003	excuse_letter	2026-02-02 08:00:00+00
\.


--
-- Data for Name: workers; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.workers (id, name, queues, at_once, started_at, seen_at) FROM stdin;
\.


--
-- Data for Name: ws_connections; Type: TABLE DATA; Schema: muster; Owner: -
--

COPY muster.ws_connections (connection_id, user_id, role, cadet_id, session, joined_seq, seq, greeted, lease_until, connected_at) FROM stdin;
\.


--
-- Data for Name: activities; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.activities (id, title, description, date, image_path, images, type) FROM stdin;
50001	Parade	\N	2026-01-14	\N	\N	event
\.


--
-- Data for Name: activity_images; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.activity_images (id, activity_id, image_path, created_at) FROM stdin;
\.


--
-- Data for Name: admin_messages; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.admin_messages (id, user_id, sender_role, subject, message, status, admin_reply, created_at) FROM stdin;
\.


--
-- Data for Name: attendance_records; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.attendance_records (id, training_day_id, cadet_id, status, remarks, time_in, time_out) FROM stdin;
80001	210001	100001	present	\N	\N	\N
\.


--
-- Data for Name: audit_logs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.audit_logs (id, table_name, operation, record_id, user_id, payload, created_at) FROM stdin;
90001	users	INSERT	230001	\N	{"after": {"id": 230001, "role": "admin", "email": "[personal]", "username": "[personal]", "created_at": "2026-11-28T20:21:54.82112", "is_approved": 1, "is_archived": false}}	2026-11-28 20:21:54.82112
90002	training_staff	INSERT	220001	\N	{"after": {"id": 220001, "rank": "Sgt", "role": "Instructor", "email": "[personal]", "last_name": "[personal]", "created_at": "2026-11-28T20:21:54.825645", "first_name": "[personal]", "is_archived": false, "has_seen_guide": false, "is_profile_completed": true}}	2026-11-28 20:21:54.825645
90003	users	INSERT	230002	\N	{"after": {"id": 230002, "role": "training_staff", "email": "[personal]", "staff_id": 220001, "username": "[personal]", "created_at": "2026-11-28T20:21:54.82792", "is_approved": 1, "is_archived": false}}	2026-11-28 20:21:54.82792
90004	cadets	INSERT	100001	\N	{"after": {"id": 100001, "rank": "Cdt", "email": "[personal]", "status": "Ongoing", "company": "Alpha", "platoon": "1st Platoon", "last_name": "[personal]", "created_at": "2026-11-28T20:21:54.829279", "first_name": "[personal]", "student_id": "[personal]", "is_archived": false, "has_seen_guide": false, "is_profile_completed": true}}	2026-11-28 20:21:54.829279
90005	grades	INSERT	120001	\N	{"after": {"id": 120001, "status": "active", "cadet_id": 100001, "final_score": 0, "merit_points": 0, "prelim_score": 0, "midterm_score": 0, "demerit_points": 0, "attendance_present": 0, "lifetime_merit_points": 0}}	2026-11-28 20:21:54.830707
90006	users	INSERT	230003	\N	{"after": {"id": 230003, "role": "cadet", "email": "[personal]", "cadet_id": 100001, "username": "[personal]", "created_at": "2026-11-28T20:21:54.832983", "is_approved": 1, "is_archived": false}}	2026-11-28 20:21:54.832983
90007	cadets	INSERT	100002	\N	{"after": {"id": 100002, "rank": "Cdt", "email": "[personal]", "status": "Ongoing", "company": "Alpha", "platoon": "1st Platoon", "last_name": "[personal]", "created_at": "2026-11-28T20:21:54.834134", "first_name": "[personal]", "student_id": "[personal]", "is_archived": false, "has_seen_guide": false, "is_profile_completed": true}}	2026-11-28 20:21:54.834134
90008	grades	INSERT	120002	\N	{"after": {"id": 120002, "status": "active", "cadet_id": 100002, "final_score": 0, "merit_points": 0, "prelim_score": 0, "midterm_score": 0, "demerit_points": 0, "attendance_present": 0, "lifetime_merit_points": 0}}	2026-11-28 20:21:54.834856
90009	users	INSERT	230004	\N	{"after": {"id": 230004, "role": "cadet", "email": "[personal]", "cadet_id": 100002, "username": "[personal]", "created_at": "2026-11-28T20:21:54.835521", "is_approved": 1, "is_archived": false}}	2026-11-28 20:21:54.835521
90010	training_days	INSERT	210001	\N	{"after": {"id": 210001, "date": "2026-02-01", "title": "Drill"}}	2026-11-28 20:21:54.836254
90011	users	LOGIN	230003	230003	{"means": "password", "session": "3706c7ca-1646-4124-adda-5fec2abf0891"}	2026-11-28 20:21:54.849783
90012	users	LOGIN	230003	230003	{"means": "password", "session": "bfaa7a5e-55f4-4167-964b-10a3d47f13bb"}	2026-11-28 20:21:54.920951
90013	users	LOGOUT	230003	230003	{}	2026-11-28 20:21:54.927843
90014	users	LOGIN	230003	230003	{"means": "password", "session": "d8985195-6019-4fcb-8852-648fb861dba6"}	2026-11-28 20:21:54.93278
90015	users	INSERT	230005	\N	{"after": {"id": 230005, "role": "admin", "email": "[personal]", "username": "[personal]", "created_at": "2026-11-28T20:21:54.937299", "is_approved": 1, "is_archived": false}}	2026-11-28 20:21:54.937299
90016	cadets	UPDATE	100001	230005	{"after": {"profile_pic": "/uploads/profile-c8ca7d311d24405a81ad7dc671b99b99.png"}, "before": {"profile_pic": null}, "request": "e9bd5a84-fb39-4907-afe8-e30d5f72373a"}	2026-11-28 20:21:54.967388
90017	cadets	UPDATE	100002	\N	{"after": {"is_profile_completed": false}, "before": {"is_profile_completed": true}}	2026-11-28 20:21:54.982087
90018	excuse_letters	INSERT	110001	\N	{"after": {"id": 110001, "reason": "[personal]", "status": "pending", "cadet_id": 100001, "created_at": "2026-11-28T20:21:54.991467", "date_absent": "2026-02-02"}}	2026-11-28 20:21:54.991467
90019	excuse_letters	UPDATE	110001	230003	{"after": {"file_url": "[personal]"}, "before": {"file_url": null}, "request": "338c8873-7f32-41ea-b701-8c514d6b11f1"}	2026-11-28 20:21:54.998788
90020	activities	INSERT	50001	\N	{"after": {"id": 50001, "date": "2026-01-14", "type": "event", "title": "Parade"}}	2026-11-28 20:21:55.003068
90021	training_staff	INSERT	220002	\N	{"after": {"id": 220002, "rank": "Sgt", "role": "Instructor", "email": "[personal]", "last_name": "[personal]", "created_at": "2026-11-28T20:21:55.004278", "first_name": "[personal]", "is_archived": false, "has_seen_guide": false, "is_profile_completed": true}}	2026-11-28 20:21:55.004278
90022	users	INSERT	230006	\N	{"after": {"id": 230006, "role": "training_staff", "email": "[personal]", "staff_id": 220002, "username": "[personal]", "created_at": "2026-11-28T20:21:55.005", "is_approved": 1, "is_archived": false}}	2026-11-28 20:21:55.005
90023	certificates	INSERT	20001	230006	{"after": {"id": 20001, "code": "[personal]", "key_id": "345419b83954617f", "cadet_id": 100001, "snapshot": "[personal]", "issued_at": "2026-02-02T08:00:00+00:00", "issued_by": 230006, "signature": "[personal]", "activity_id": 50001, "fingerprint": "[personal]"}, "request": "c2c30f8b-70c1-4a68-aa76-f689f93a7ff7"}	2026-11-28 20:21:55.012337
90024	reports	GENERATE	50001	230006	{"cached": false, "report": "certificate"}	2026-11-28 20:21:55.040037
90025	attendance_records	INSERT	80001	230005	{"after": {"id": 80001, "status": "present", "cadet_id": 100001, "training_day_id": 210001}, "request": "65416fb8-3fd0-499b-a351-5a86cc3beee8"}	2026-11-28 20:21:55.043623
90026	grades	UPDATE	120001	230005	{"after": {"attendance_present": 1}, "before": {"attendance_present": 0}, "request": "65416fb8-3fd0-499b-a351-5a86cc3beee8"}	2026-11-28 20:21:55.043623
90027	notifications	INSERT	140001	230005	{"after": {"id": 140001, "type": "attendance", "is_read": false, "message": "[personal]", "user_id": 230003, "created_at": "2026-11-28T20:21:55.043623"}, "request": "65416fb8-3fd0-499b-a351-5a86cc3beee8"}	2026-11-28 20:21:55.043623
90028	users	LOGIN_LINK	230004	\N	{}	2026-11-28 20:21:55.055769
90029	users	LOGIN_FAILED	\N	\N	{"locked": false}	2026-11-28 20:21:55.36878
90030	users	LOGIN_FAILED	\N	\N	{"locked": false}	2026-11-28 20:21:55.430902
90031	users	LOGIN_FAILED	\N	\N	{"locked": false}	2026-11-28 20:21:55.492616
90032	users	LOGIN_FAILED	\N	\N	{"locked": false}	2026-11-28 20:21:55.554218
90033	users	LOGIN_LOCKED	\N	\N	{"locked": true}	2026-11-28 20:21:55.615845
\.


--
-- Data for Name: cadets; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.cadets (id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, address, course, year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position, gender, status, student_id, profile_pic, is_profile_completed, is_archived, has_seen_guide, created_at, religion, birthdate) FROM stdin;
100001	Cdt	Juan	\N	Test3	\N	cadet3@example.test	\N	\N	\N	\N	\N	\N	Alpha	1st Platoon	\N	\N	\N	\N	Ongoing	2026-0003	/uploads/profile-c8ca7d311d24405a81ad7dc671b99b99.png	t	f	f	2026-11-28 20:21:54.829279	\N	\N
100002	Cdt	Juan	\N	Test4	\N	cadet4@example.test	\N	\N	\N	\N	\N	\N	Alpha	1st Platoon	\N	\N	\N	\N	Ongoing	2026-0004	\N	f	f	f	2026-11-28 20:21:54.834134	\N	\N
\.


--
-- Data for Name: excuse_letters; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.excuse_letters (id, cadet_id, training_day_id, date_absent, reason, file_url, status, created_at) FROM stdin;
110001	100001	\N	2026-02-02	ill	/uploads/letter-3f8a2076efd1459fbd3c845b6dded6ea.pdf	pending	2026-11-28 20:21:54.991467
\.


--
-- Data for Name: grades; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.grades (id, cadet_id, attendance_present, merit_points, demerit_points, prelim_score, midterm_score, final_score, status, lifetime_merit_points) FROM stdin;
120002	100002	0	0	0	0	0	0	active	0
120001	100001	1	0	0	0	0	0	active	0
\.


--
-- Data for Name: merit_demerit_logs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.merit_demerit_logs (id, cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name) FROM stdin;
\.


--
-- Data for Name: notifications; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.notifications (id, user_id, message, type, is_read, created_at) FROM stdin;
140001	230003	Your attendance for Drill (2026-02-01) has been marked as present.	attendance	f	2026-11-28 20:21:55.043623
\.


--
-- Data for Name: push_subscriptions; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.push_subscriptions (id, user_id, endpoint, keys, created_at) FROM stdin;
\.


--
-- Data for Name: staff_attendance_records; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.staff_attendance_records (id, training_day_id, staff_id, status, remarks, time_in, time_out) FROM stdin;
\.


--
-- Data for Name: staff_audit; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.staff_audit (id, action, staff_id, before_json, after_json, user_id, created_at) FROM stdin;
\.


--
-- Data for Name: staff_messages; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.staff_messages (id, sender_staff_id, content, created_at) FROM stdin;
\.


--
-- Data for Name: sync_events; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.sync_events (id, event_type, cadet_id, payload, created_at, processed, processed_at) FROM stdin;
190001	cadet_updated	100001	{"cadetId": 100001}	2026-11-28 20:21:54.967388	f	\N
190002	grade_updated	100001	{"cadetId": 100001, "changed": ["attendance_present"]}	2026-11-28 20:21:55.043623	f	\N
190003	notifications_created	\N	{"ids": [140001]}	2026-11-28 20:21:55.043623	f	\N
190004	attendance_updated	100001	{"dayId": 210001, "status": "present", "cadetId": 100001}	2026-11-28 20:21:55.043623	f	\N
\.


--
-- Data for Name: system_settings; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.system_settings (id, key, value) FROM stdin;
\.


--
-- Data for Name: training_days; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.training_days (id, date, title, description) FROM stdin;
210001	2026-02-01	Drill	\N
\.


--
-- Data for Name: training_staff; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.training_staff (id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, profile_pic, afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality, gender, language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit, mobilization_center, is_profile_completed, has_seen_guide, created_at, is_archived, qr_code_data) FROM stdin;
220001	Sgt	Maria	\N	Staff2	\N	staff2@example.test	\N	Instructor	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	t	f	2026-11-28 20:21:54.825645	f	\N
220002	Sgt	Maria	\N	Staff6	\N	staff6@example.test	\N	Instructor	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	t	f	2026-11-28 20:21:55.004278	f	\N
\.


--
-- Data for Name: user_settings; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.user_settings (user_id, email_alerts, push_notifications, activity_updates, dark_mode, compact_mode, primary_color, custom_bg) FROM stdin;
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.users (id, username, password, role, cadet_id, staff_id, is_approved, email, profile_pic, gender, is_archived, last_latitude, last_longitude, last_location_at, last_seen, created_at, last_location_accuracy, last_location_provider) FROM stdin;
230001	admin1	$2b$04$dUHhPy5GpZ084H1Lqs0s9e9xZcXkjmETe/TfzeLNlyaV5AI3T8Umm	admin	\N	\N	1	admin1@example.test	\N	\N	f	\N	\N	\N	\N	2026-11-28 20:21:54.82112	\N	\N
230002	staff2	$2b$04$Hv.DtTQhT8RgpE0oGjr4y.DkH3jJl7nQXjGCYax9y4DV6QYp44vuS	training_staff	\N	220001	1	staff2@example.test	\N	\N	f	\N	\N	\N	\N	2026-11-28 20:21:54.82792	\N	\N
230004	2026-0004	nobody knows it	cadet	100002	\N	1	cadet4@example.test	\N	\N	f	\N	\N	\N	\N	2026-11-28 20:21:54.835521	\N	\N
230005	admin5	nobody knows it	admin	\N	\N	1	admin5@example.test	\N	\N	f	\N	\N	\N	\N	2026-11-28 20:21:54.937299	\N	\N
230003	2026-0003	$2b$04$OvuB/CABL3.yPr9KgxlrY.Sx/AquXP/dda/zfSHOCLlfprMs0nIUq	cadet	100001	\N	1	cadet3@example.test	\N	\N	f	\N	\N	\N	\N	2026-11-28 20:21:54.832983	\N	\N
230006	staff6	nobody knows it	training_staff	\N	220002	1	staff6@example.test	\N	\N	f	\N	\N	\N	\N	2026-11-28 20:21:55.005	\N	\N
\.


--
-- Name: adoption_findings_id_seq; Type: SEQUENCE SET; Schema: muster; Owner: -
--

SELECT pg_catalog.setval('muster.adoption_findings_id_seq', 10000, true);


--
-- Name: certificates_id_seq; Type: SEQUENCE SET; Schema: muster; Owner: -
--

SELECT pg_catalog.setval('muster.certificates_id_seq', 20001, true);


--
-- Name: event_log_seq_seq; Type: SEQUENCE SET; Schema: muster; Owner: -
--

SELECT pg_catalog.setval('muster.event_log_seq_seq', 30000, true);


--
-- Name: mails_id_seq; Type: SEQUENCE SET; Schema: muster; Owner: -
--

SELECT pg_catalog.setval('muster.mails_id_seq', 40001, true);


--
-- Name: activities_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.activities_id_seq', 50001, true);


--
-- Name: activity_images_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.activity_images_id_seq', 60000, true);


--
-- Name: admin_messages_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.admin_messages_id_seq', 70000, true);


--
-- Name: attendance_records_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.attendance_records_id_seq', 80001, true);


--
-- Name: audit_logs_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.audit_logs_id_seq', 90033, true);


--
-- Name: cadets_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.cadets_id_seq', 100002, true);


--
-- Name: excuse_letters_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.excuse_letters_id_seq', 110001, true);


--
-- Name: grades_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.grades_id_seq', 120002, true);


--
-- Name: merit_demerit_logs_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.merit_demerit_logs_id_seq', 130000, true);


--
-- Name: notifications_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.notifications_id_seq', 140001, true);


--
-- Name: push_subscriptions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.push_subscriptions_id_seq', 150000, true);


--
-- Name: staff_attendance_records_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.staff_attendance_records_id_seq', 160000, true);


--
-- Name: staff_audit_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.staff_audit_id_seq', 170000, true);


--
-- Name: staff_messages_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.staff_messages_id_seq', 180000, true);


--
-- Name: sync_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sync_events_id_seq', 190004, true);


--
-- Name: system_settings_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.system_settings_id_seq', 200000, true);


--
-- Name: training_days_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.training_days_id_seq', 210001, true);


--
-- Name: training_staff_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.training_staff_id_seq', 220002, true);


--
-- Name: users_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.users_id_seq', 230006, true);


--
-- Name: adoption_findings adoption_findings_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.adoption_findings
    ADD CONSTRAINT adoption_findings_pkey PRIMARY KEY (id);


--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (kind);


--
-- Name: certificates certificates_code_key; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.certificates
    ADD CONSTRAINT certificates_code_key UNIQUE (code);


--
-- Name: certificates certificates_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.certificates
    ADD CONSTRAINT certificates_pkey PRIMARY KEY (id);


--
-- Name: event_log event_log_event_id_key; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.event_log
    ADD CONSTRAINT event_log_event_id_key UNIQUE (event_id);


--
-- Name: event_log event_log_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.event_log
    ADD CONSTRAINT event_log_pkey PRIMARY KEY (seq);


--
-- Name: excuse_effects excuse_effects_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.excuse_effects
    ADD CONSTRAINT excuse_effects_pkey PRIMARY KEY (letter_id);


--
-- Name: hidden_broadcasts hidden_broadcasts_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.hidden_broadcasts
    ADD CONSTRAINT hidden_broadcasts_pkey PRIMARY KEY (user_id, message_id);


--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);


--
-- Name: letter_texts letter_texts_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.letter_texts
    ADD CONSTRAINT letter_texts_pkey PRIMARY KEY (letter_id);


--
-- Name: lockouts lockouts_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.lockouts
    ADD CONSTRAINT lockouts_pkey PRIMARY KEY (account);


--
-- Name: mails mails_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (id);


--
-- Name: meta meta_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);


--
-- Name: migrations_rotc migrations_rotc_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.migrations_rotc
    ADD CONSTRAINT migrations_rotc_pkey PRIMARY KEY (version);


--
-- Name: migrations_shared migrations_shared_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.migrations_shared
    ADD CONSTRAINT migrations_shared_pkey PRIMARY KEY (version);


--
-- Name: notification_states notification_states_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.notification_states
    ADD CONSTRAINT notification_states_pkey PRIMARY KEY (user_id, notification_id);


--
-- Name: ocr_results ocr_results_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.ocr_results
    ADD CONSTRAINT ocr_results_pkey PRIMARY KEY (asked_by, digest, languages);


--
-- Name: orphan_files orphan_files_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.orphan_files
    ADD CONSTRAINT orphan_files_pkey PRIMARY KEY (address);


--
-- Name: push_deliveries push_deliveries_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.push_deliveries
    ADD CONSTRAINT push_deliveries_pkey PRIMARY KEY (notification_id, subscription_id);


--
-- Name: rate_limits rate_limits_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (key);


--
-- Name: report_files report_files_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.report_files
    ADD CONSTRAINT report_files_pkey PRIMARY KEY (task_id);


--
-- Name: secrets secrets_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: signin_links signin_links_code_hash_key; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.signin_links
    ADD CONSTRAINT signin_links_code_hash_key UNIQUE (code_hash);


--
-- Name: signin_links signin_links_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.signin_links
    ADD CONSTRAINT signin_links_pkey PRIMARY KEY (id);


--
-- Name: stream_cursors stream_cursors_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.stream_cursors
    ADD CONSTRAINT stream_cursors_pkey PRIMARY KEY (stream);


--
-- Name: uploads uploads_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (address);


--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);


--
-- Name: ws_connections ws_connections_pkey; Type: CONSTRAINT; Schema: muster; Owner: -
--

ALTER TABLE ONLY muster.ws_connections
    ADD CONSTRAINT ws_connections_pkey PRIMARY KEY (connection_id);


--
-- Name: activities activities_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (id);


--
-- Name: activity_images activity_images_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.activity_images
    ADD CONSTRAINT activity_images_pkey PRIMARY KEY (id);


--
-- Name: admin_messages admin_messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_messages
    ADD CONSTRAINT admin_messages_pkey PRIMARY KEY (id);


--
-- Name: attendance_records attendance_records_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_pkey PRIMARY KEY (id);


--
-- Name: attendance_records attendance_records_training_day_id_cadet_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_training_day_id_cadet_id_key UNIQUE (training_day_id, cadet_id);


--
-- Name: audit_logs audit_logs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_logs
    ADD CONSTRAINT audit_logs_pkey PRIMARY KEY (id);


--
-- Name: cadets cadets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cadets
    ADD CONSTRAINT cadets_pkey PRIMARY KEY (id);


--
-- Name: cadets cadets_student_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cadets
    ADD CONSTRAINT cadets_student_id_key UNIQUE (student_id);


--
-- Name: excuse_letters excuse_letters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.excuse_letters
    ADD CONSTRAINT excuse_letters_pkey PRIMARY KEY (id);


--
-- Name: grades grades_cadet_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grades
    ADD CONSTRAINT grades_cadet_id_key UNIQUE (cadet_id);


--
-- Name: grades grades_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grades
    ADD CONSTRAINT grades_pkey PRIMARY KEY (id);


--
-- Name: merit_demerit_logs merit_demerit_logs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.merit_demerit_logs
    ADD CONSTRAINT merit_demerit_logs_pkey PRIMARY KEY (id);


--
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);


--
-- Name: push_subscriptions push_subscriptions_endpoint_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint);


--
-- Name: push_subscriptions push_subscriptions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id);


--
-- Name: staff_attendance_records staff_attendance_records_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_pkey PRIMARY KEY (id);


--
-- Name: staff_attendance_records staff_attendance_records_training_day_id_staff_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_training_day_id_staff_id_key UNIQUE (training_day_id, staff_id);


--
-- Name: staff_audit staff_audit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_audit
    ADD CONSTRAINT staff_audit_pkey PRIMARY KEY (id);


--
-- Name: staff_messages staff_messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_messages
    ADD CONSTRAINT staff_messages_pkey PRIMARY KEY (id);


--
-- Name: sync_events sync_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_events
    ADD CONSTRAINT sync_events_pkey PRIMARY KEY (id);


--
-- Name: system_settings system_settings_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.system_settings
    ADD CONSTRAINT system_settings_key_key UNIQUE (key);


--
-- Name: system_settings system_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.system_settings
    ADD CONSTRAINT system_settings_pkey PRIMARY KEY (id);


--
-- Name: training_days training_days_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.training_days
    ADD CONSTRAINT training_days_pkey PRIMARY KEY (id);


--
-- Name: training_staff training_staff_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.training_staff
    ADD CONSTRAINT training_staff_email_key UNIQUE (email);


--
-- Name: training_staff training_staff_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.training_staff
    ADD CONSTRAINT training_staff_pkey PRIMARY KEY (id);


--
-- Name: user_settings user_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_settings
    ADD CONSTRAINT user_settings_pkey PRIMARY KEY (user_id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: users users_username_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key UNIQUE (username);


--
-- Name: certificates_cadet; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX certificates_cadet ON muster.certificates USING btree (cadet_id, activity_id);


--
-- Name: certificates_standing; Type: INDEX; Schema: muster; Owner: -
--

CREATE UNIQUE INDEX certificates_standing ON muster.certificates USING btree (fingerprint) WHERE (revoked_at IS NULL);


--
-- Name: event_log_created; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX event_log_created ON muster.event_log USING btree (created_at);


--
-- Name: excuse_effects_record; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX excuse_effects_record ON muster.excuse_effects USING btree (cadet_id, training_day_id);


--
-- Name: hidden_broadcasts_message; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX hidden_broadcasts_message ON muster.hidden_broadcasts USING btree (message_id);


--
-- Name: jobs_finished; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX jobs_finished ON muster.jobs USING btree (finished_at) WHERE (finished_at IS NOT NULL);


--
-- Name: jobs_newest; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX jobs_newest ON muster.jobs USING btree (created_at DESC, id DESC);


--
-- Name: jobs_of; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX jobs_of ON muster.jobs USING btree (created_by, created_at) WHERE (created_by IS NOT NULL);


--
-- Name: jobs_slot; Type: INDEX; Schema: muster; Owner: -
--

CREATE UNIQUE INDEX jobs_slot ON muster.jobs USING btree (kind, slot) WHERE (slot IS NOT NULL);


--
-- Name: jobs_waiting; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX jobs_waiting ON muster.jobs USING btree (kind, run_at, created_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));


--
-- Name: mails_of_job; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX mails_of_job ON muster.mails USING btree (job_id, id) WHERE ((sent_at IS NULL) AND (refused_at IS NULL));


--
-- Name: mails_sent; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX mails_sent ON muster.mails USING btree (sent_at) WHERE (sent_at IS NOT NULL);


--
-- Name: notification_states_notification; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX notification_states_notification ON muster.notification_states USING btree (notification_id);


--
-- Name: ocr_results_created; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX ocr_results_created ON muster.ocr_results USING btree (created_at);


--
-- Name: push_deliveries_created; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX push_deliveries_created ON muster.push_deliveries USING btree (created_at);


--
-- Name: rate_limits_window; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX rate_limits_window ON muster.rate_limits USING btree (window_start);


--
-- Name: report_files_made; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX report_files_made ON muster.report_files USING btree (made_at);


--
-- Name: sessions_absolute_expiry; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX sessions_absolute_expiry ON muster.sessions USING btree (absolute_expires_at);


--
-- Name: sessions_previous_refresh_hash; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX sessions_previous_refresh_hash ON muster.sessions USING btree (previous_refresh_hash) WHERE (previous_refresh_hash IS NOT NULL);


--
-- Name: sessions_refresh_hash; Type: INDEX; Schema: muster; Owner: -
--

CREATE UNIQUE INDEX sessions_refresh_hash ON muster.sessions USING btree (refresh_hash);


--
-- Name: sessions_user; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX sessions_user ON muster.sessions USING btree (user_id);


--
-- Name: signin_failures_account; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX signin_failures_account ON muster.signin_failures USING btree (account, at);


--
-- Name: signin_failures_address; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX signin_failures_address ON muster.signin_failures USING btree (address, at);


--
-- Name: signin_links_user; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX signin_links_user ON muster.signin_links USING btree (user_id, created_at);


--
-- Name: stream_cursors_session; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX stream_cursors_session ON muster.stream_cursors USING btree (session, seq);


--
-- Name: stream_cursors_stored; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX stream_cursors_stored ON muster.stream_cursors USING btree (stored_at);


--
-- Name: uploads_of; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX uploads_of ON muster.uploads USING btree (uploaded_by, created_at);


--
-- Name: ws_connections_waiting; Type: INDEX; Schema: muster; Owner: -
--

CREATE INDEX ws_connections_waiting ON muster.ws_connections USING btree (seq);


--
-- Name: idx_admin_messages_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_admin_messages_user_id ON public.admin_messages USING btree (user_id);


--
-- Name: idx_attendance_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_attendance_cadet_id ON public.attendance_records USING btree (cadet_id);


--
-- Name: idx_attendance_training_day_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_attendance_training_day_id ON public.attendance_records USING btree (training_day_id);


--
-- Name: idx_cadets_company; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_cadets_company ON public.cadets USING btree (company);


--
-- Name: idx_cadets_course; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_cadets_course ON public.cadets USING btree (course);


--
-- Name: idx_cadets_platoon; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_cadets_platoon ON public.cadets USING btree (platoon);


--
-- Name: idx_cadets_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_cadets_status ON public.cadets USING btree (status);


--
-- Name: idx_muster_audit_logs_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_audit_logs_created ON public.audit_logs USING btree (created_at);


--
-- Name: idx_muster_audit_logs_record; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_audit_logs_record ON public.audit_logs USING btree (table_name, record_id);


--
-- Name: idx_muster_cadets_email; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_cadets_email ON public.cadets USING btree (lower(email));


--
-- Name: idx_muster_cadets_student_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_cadets_student_id ON public.cadets USING btree (lower(student_id));


--
-- Name: idx_muster_merit_demerit_issuer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_merit_demerit_issuer ON public.merit_demerit_logs USING btree (issued_by_user_id);


--
-- Name: idx_muster_notifications_global; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_notifications_global ON public.notifications USING btree (created_at DESC, id DESC) WHERE (user_id IS NULL);


--
-- Name: idx_muster_notifications_global_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_notifications_global_type ON public.notifications USING btree (type, created_at DESC, id DESC) WHERE (user_id IS NULL);


--
-- Name: idx_muster_notifications_read; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_notifications_read ON public.notifications USING btree (created_at) WHERE is_read;


--
-- Name: idx_muster_notifications_user_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_notifications_user_created ON public.notifications USING btree (user_id, created_at);


--
-- Name: idx_muster_push_subscriptions_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_push_subscriptions_user ON public.push_subscriptions USING btree (user_id);


--
-- Name: idx_muster_sync_events_processed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_sync_events_processed ON public.sync_events USING btree (processed_at) WHERE processed;


--
-- Name: idx_muster_sync_events_unprocessed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_sync_events_unprocessed ON public.sync_events USING btree (id) WHERE (processed IS NOT TRUE);


--
-- Name: idx_muster_users_email; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_users_email ON public.users USING btree (lower(email));


--
-- Name: idx_muster_users_username; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_muster_users_username ON public.users USING btree (lower(username));


--
-- Name: idx_notifications_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_notifications_user_id ON public.notifications USING btree (user_id);


--
-- Name: idx_perf_activities_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_activities_date ON public.activities USING btree (date);


--
-- Name: idx_perf_activities_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_activities_type ON public.activities USING btree (type);


--
-- Name: idx_perf_attendance_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_attendance_cadet_id ON public.attendance_records USING btree (cadet_id);


--
-- Name: idx_perf_attendance_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_attendance_status ON public.attendance_records USING btree (status);


--
-- Name: idx_perf_attendance_training_cadet; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_attendance_training_cadet ON public.attendance_records USING btree (training_day_id, cadet_id);


--
-- Name: idx_perf_attendance_training_day_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_attendance_training_day_id ON public.attendance_records USING btree (training_day_id);


--
-- Name: idx_perf_cadets_is_archived; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_cadets_is_archived ON public.cadets USING btree (is_archived);


--
-- Name: idx_perf_cadets_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_cadets_status ON public.cadets USING btree (status);


--
-- Name: idx_perf_cadets_status_archived; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_cadets_status_archived ON public.cadets USING btree (status, is_archived);


--
-- Name: idx_perf_excuse_letters_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_excuse_letters_cadet_id ON public.excuse_letters USING btree (cadet_id);


--
-- Name: idx_perf_excuse_letters_training_day_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_excuse_letters_training_day_id ON public.excuse_letters USING btree (training_day_id);


--
-- Name: idx_perf_grades_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_grades_cadet_id ON public.grades USING btree (cadet_id);


--
-- Name: idx_perf_merit_demerit_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_merit_demerit_cadet_id ON public.merit_demerit_logs USING btree (cadet_id);


--
-- Name: idx_perf_merit_demerit_cadet_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_merit_demerit_cadet_type ON public.merit_demerit_logs USING btree (cadet_id, type);


--
-- Name: idx_perf_merit_demerit_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_merit_demerit_date ON public.merit_demerit_logs USING btree (date_recorded);


--
-- Name: idx_perf_merit_demerit_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_merit_demerit_type ON public.merit_demerit_logs USING btree (type);


--
-- Name: idx_perf_notifications_is_read; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_notifications_is_read ON public.notifications USING btree (is_read);


--
-- Name: idx_perf_notifications_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_notifications_user_id ON public.notifications USING btree (user_id);


--
-- Name: idx_perf_notifications_user_read; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_notifications_user_read ON public.notifications USING btree (user_id, is_read);


--
-- Name: idx_perf_staff_attendance_staff_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_staff_attendance_staff_id ON public.staff_attendance_records USING btree (staff_id);


--
-- Name: idx_perf_staff_attendance_training_day_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_staff_attendance_training_day_id ON public.staff_attendance_records USING btree (training_day_id);


--
-- Name: idx_perf_training_days_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_training_days_date ON public.training_days USING btree (date);


--
-- Name: idx_perf_users_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_users_cadet_id ON public.users USING btree (cadet_id);


--
-- Name: idx_perf_users_is_archived; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_users_is_archived ON public.users USING btree (is_archived);


--
-- Name: idx_perf_users_staff_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_perf_users_staff_id ON public.users USING btree (staff_id);


--
-- Name: idx_staff_attendance_staff_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_staff_attendance_staff_id ON public.staff_attendance_records USING btree (staff_id);


--
-- Name: idx_staff_attendance_training_day_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_staff_attendance_training_day_id ON public.staff_attendance_records USING btree (training_day_id);


--
-- Name: idx_training_days_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_training_days_date ON public.training_days USING btree (date);


--
-- Name: idx_users_cadet_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_users_cadet_id ON public.users USING btree (cadet_id);


--
-- Name: idx_users_is_approved; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_users_is_approved ON public.users USING btree (is_approved);


--
-- Name: certificates trg_muster_audit_added; Type: TRIGGER; Schema: muster; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON muster.certificates REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: certificates trg_muster_audit_changed; Type: TRIGGER; Schema: muster; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON muster.certificates FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: jobs trg_muster_started; Type: TRIGGER; Schema: muster; Owner: -
--

CREATE TRIGGER trg_muster_started AFTER INSERT ON muster.jobs REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION muster.note_started_jobs();


--
-- Name: certificates trg_muster_touched; Type: TRIGGER; Schema: muster; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON muster.certificates FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',certificates,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: notification_states trg_muster_touched; Type: TRIGGER; Schema: muster; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON muster.notification_states FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',notification_states,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: merit_demerit_logs trg_merit_demerit_audit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_merit_demerit_audit AFTER INSERT OR DELETE OR UPDATE ON public.merit_demerit_logs FOR EACH ROW EXECUTE FUNCTION public.fn_merit_demerit_audit();


--
-- Name: activities trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.activities REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: activity_images trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.activity_images REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: admin_messages trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.admin_messages REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: attendance_records trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.attendance_records REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: cadets trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.cadets REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: excuse_letters trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.excuse_letters REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: grades trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.grades REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: notifications trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: push_subscriptions trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.push_subscriptions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: staff_attendance_records trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.staff_attendance_records REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: staff_audit trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.staff_audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: staff_messages trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.staff_messages REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: system_settings trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.system_settings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: training_days trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.training_days REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: training_staff trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.training_staff REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: user_settings trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.user_settings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: users trg_muster_audit_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_added AFTER INSERT ON public.users REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION muster.audit_added();


--
-- Name: activities trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.activities FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: activity_images trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.activity_images FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: admin_messages trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.admin_messages FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: attendance_records trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.attendance_records FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: cadets trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.cadets FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: excuse_letters trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.excuse_letters FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: grades trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.grades FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: notifications trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.notifications FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: push_subscriptions trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.push_subscriptions FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: staff_attendance_records trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.staff_attendance_records FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: staff_audit trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.staff_audit FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: staff_messages trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.staff_messages FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: system_settings trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.system_settings FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: training_days trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.training_days FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: training_staff trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.training_staff FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: user_settings trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.user_settings FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: users trg_muster_audit_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_audit_changed AFTER DELETE OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION muster.audit_changed();


--
-- Name: sync_events trg_muster_events_stored; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_events_stored AFTER INSERT ON public.sync_events FOR EACH STATEMENT EXECUTE FUNCTION muster.events_stored();


--
-- Name: activities trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.activities FOR EACH ROW WHEN ((num_nonnulls(new.image_path, new.images) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: activity_images trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.activity_images FOR EACH ROW WHEN ((num_nonnulls(new.image_path) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: cadets trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.cadets FOR EACH ROW WHEN ((num_nonnulls(new.profile_pic) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: excuse_letters trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.excuse_letters FOR EACH ROW WHEN ((num_nonnulls(new.file_url) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: training_staff trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.training_staff FOR EACH ROW WHEN ((num_nonnulls(new.profile_pic) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: user_settings trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.user_settings FOR EACH ROW WHEN ((num_nonnulls(new.custom_bg) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: users trg_muster_files_added; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_added AFTER INSERT ON public.users FOR EACH ROW WHEN ((num_nonnulls(new.profile_pic) > 0)) EXECUTE FUNCTION muster.follow_files();


--
-- Name: activities trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF image_path, images ON public.activities FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: activity_images trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF image_path ON public.activity_images FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: cadets trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF profile_pic ON public.cadets FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: excuse_letters trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF file_url ON public.excuse_letters FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: training_staff trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF profile_pic ON public.training_staff FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: user_settings trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF custom_bg ON public.user_settings FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: users trg_muster_files_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF profile_pic ON public.users FOR EACH ROW EXECUTE FUNCTION muster.follow_files();


--
-- Name: grades trg_muster_grade_updated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_grade_updated AFTER UPDATE ON public.grades FOR EACH ROW WHEN ((((((((old.attendance_present IS DISTINCT FROM new.attendance_present) OR (old.merit_points IS DISTINCT FROM new.merit_points)) OR (old.demerit_points IS DISTINCT FROM new.demerit_points)) OR (old.prelim_score IS DISTINCT FROM new.prelim_score)) OR (old.midterm_score IS DISTINCT FROM new.midterm_score)) OR (old.final_score IS DISTINCT FROM new.final_score)) OR (old.status IS DISTINCT FROM new.status))) EXECUTE FUNCTION muster.grade_updated();


--
-- Name: excuse_letters trg_muster_letter_texts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_letter_texts AFTER INSERT OR DELETE OR UPDATE OF file_url ON public.excuse_letters FOR EACH ROW EXECUTE FUNCTION muster.follow_letters();


--
-- Name: notifications trg_muster_notices_stored; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_notices_stored AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION muster.notices_stored();


--
-- Name: system_settings trg_muster_setting_stored; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_setting_stored AFTER INSERT OR UPDATE OF value ON public.system_settings FOR EACH ROW EXECUTE FUNCTION muster.setting_stored();


--
-- Name: activities trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.activities FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',activities,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: activity_images trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.activity_images FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',activity_images,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: admin_messages trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.admin_messages FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',admin_messages,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: attendance_records trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.attendance_records FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',attendance_records,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: audit_logs trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.audit_logs FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',audit_logs,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: cadets trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.cadets FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',cadets,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: excuse_letters trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.excuse_letters FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',excuse_letters,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: grades trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.grades FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',grades,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: merit_demerit_logs trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.merit_demerit_logs FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',merit_demerit_logs,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: notifications trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.notifications FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',notifications,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: push_subscriptions trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.push_subscriptions FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',push_subscriptions,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: staff_attendance_records trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.staff_attendance_records FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',staff_attendance_records,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: staff_audit trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.staff_audit FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',staff_audit,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: staff_messages trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.staff_messages FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',staff_messages,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: sync_events trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.sync_events FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',sync_events,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: system_settings trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.system_settings FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',system_settings,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: training_days trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.training_days FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',training_days,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: training_staff trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.training_staff FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',training_staff,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: user_settings trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE ON public.user_settings FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',user_settings,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: users trg_muster_touched; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR UPDATE OF id, username, password, role, cadet_id, staff_id, is_approved, email, profile_pic, gender, is_archived, created_at ON public.users FOR EACH STATEMENT WHEN ((COALESCE(strpos(current_setting('muster.touched'::text, true), ',users,'::text), 0) = 0)) EXECUTE FUNCTION muster.touch();


--
-- Name: activity_images activity_images_activity_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.activity_images
    ADD CONSTRAINT activity_images_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id) ON DELETE CASCADE;


--
-- Name: admin_messages admin_messages_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_messages
    ADD CONSTRAINT admin_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: attendance_records attendance_records_cadet_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;


--
-- Name: attendance_records attendance_records_training_day_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attendance_records
    ADD CONSTRAINT attendance_records_training_day_id_fkey FOREIGN KEY (training_day_id) REFERENCES public.training_days(id) ON DELETE CASCADE;


--
-- Name: excuse_letters excuse_letters_cadet_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.excuse_letters
    ADD CONSTRAINT excuse_letters_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;


--
-- Name: excuse_letters excuse_letters_training_day_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.excuse_letters
    ADD CONSTRAINT excuse_letters_training_day_id_fkey FOREIGN KEY (training_day_id) REFERENCES public.training_days(id) ON DELETE CASCADE;


--
-- Name: grades grades_cadet_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grades
    ADD CONSTRAINT grades_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;


--
-- Name: merit_demerit_logs merit_demerit_logs_cadet_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.merit_demerit_logs
    ADD CONSTRAINT merit_demerit_logs_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;


--
-- Name: merit_demerit_logs merit_demerit_logs_issued_by_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.merit_demerit_logs
    ADD CONSTRAINT merit_demerit_logs_issued_by_user_id_fkey FOREIGN KEY (issued_by_user_id) REFERENCES public.users(id) ON DELETE SET NULL;


--
-- Name: notifications notifications_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;


--
-- Name: staff_attendance_records staff_attendance_records_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.training_staff(id) ON DELETE CASCADE;


--
-- Name: staff_attendance_records staff_attendance_records_training_day_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_attendance_records
    ADD CONSTRAINT staff_attendance_records_training_day_id_fkey FOREIGN KEY (training_day_id) REFERENCES public.training_days(id) ON DELETE CASCADE;


--
-- Name: staff_messages staff_messages_sender_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.staff_messages
    ADD CONSTRAINT staff_messages_sender_staff_id_fkey FOREIGN KEY (sender_staff_id) REFERENCES public.training_staff(id) ON DELETE CASCADE;


--
-- Name: sync_events sync_events_cadet_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_events
    ADD CONSTRAINT sync_events_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;


--
-- Name: user_settings user_settings_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_settings
    ADD CONSTRAINT user_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: users users_cadet_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_cadet_id_fkey FOREIGN KEY (cadet_id) REFERENCES public.cadets(id) ON DELETE CASCADE;


--
-- Name: users users_staff_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.training_staff(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--

\unrestrict H9Chuwi1MgUa24Qd6xS7fVWaMzFVR8D1WnbR9exWH5Qlbi6sx9TcLChMkgEPHFN

