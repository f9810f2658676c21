-- Why: databases come from several generations of the legacy server; this gives each the columns and types of V0001.
--
-- On a new database nothing here has work to do. No row is deleted; a value that fits no more is kept in
-- muster.adoption_findings, and so is every later complaint of the adoption (see V0003).

CREATE TABLE IF NOT EXISTS muster.adoption_findings (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    found_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    table_name TEXT NOT NULL,
    column_name TEXT,
    row_key TEXT, -- the row's id, when one row is meant
    finding TEXT NOT NULL,
    detail JSONB
);
COMMENT ON TABLE muster.adoption_findings IS
    'What the adoption of a legacy database could not repair; for the administrator to read and empty.';

-- A new lifetime_merit_points starts as the sum of the merits; an existing one is the truth and stays.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = 'public.grades'::regclass AND attname = 'lifetime_merit_points' AND NOT attisdropped
    ) THEN
        ALTER TABLE public.grades ADD COLUMN lifetime_merit_points INTEGER DEFAULT 0;
        UPDATE public.grades SET lifetime_merit_points = ledger.points
        FROM (
            SELECT cadet_id, sum(points)::int AS points
            FROM public.merit_demerit_logs WHERE type = 'merit' GROUP BY cadet_id
        ) ledger
        WHERE ledger.cadet_id = grades.cadet_id;
    END IF;
END $$;

ALTER TABLE public.grades
    ADD COLUMN IF NOT EXISTS status TEXT DEFAULT 'active';

ALTER TABLE public.cadets
    ADD COLUMN IF NOT EXISTS corp_position TEXT,
    ADD COLUMN IF NOT EXISTS gender TEXT,
    ADD COLUMN IF NOT EXISTS profile_pic TEXT,
    ADD COLUMN IF NOT EXISTS is_profile_completed BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS is_archived BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS has_seen_guide BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN IF NOT EXISTS religion TEXT,
    ADD COLUMN IF NOT EXISTS birthdate DATE;

ALTER TABLE public.users
    ADD COLUMN IF NOT EXISTS staff_id INTEGER,
    ADD COLUMN IF NOT EXISTS profile_pic TEXT,
    ADD COLUMN IF NOT EXISTS gender TEXT,
    ADD COLUMN IF NOT EXISTS is_archived BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS last_latitude DOUBLE PRECISION,
    ADD COLUMN IF NOT EXISTS last_longitude DOUBLE PRECISION,
    ADD COLUMN IF NOT EXISTS last_location_at TIMESTAMP,
    ADD COLUMN IF NOT EXISTS last_seen TIMESTAMP,
    ADD COLUMN IF NOT EXISTS created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN IF NOT EXISTS last_location_accuracy DOUBLE PRECISION,
    ADD COLUMN IF NOT EXISTS last_location_provider TEXT;

ALTER TABLE public.training_staff
    ADD COLUMN IF NOT EXISTS afpsn TEXT,
    ADD COLUMN IF NOT EXISTS birthdate TEXT,
    ADD COLUMN IF NOT EXISTS birthplace TEXT,
    ADD COLUMN IF NOT EXISTS age INTEGER,
    ADD COLUMN IF NOT EXISTS height TEXT,
    ADD COLUMN IF NOT EXISTS weight TEXT,
    ADD COLUMN IF NOT EXISTS blood_type TEXT,
    ADD COLUMN IF NOT EXISTS address TEXT,
    ADD COLUMN IF NOT EXISTS civil_status TEXT,
    ADD COLUMN IF NOT EXISTS nationality TEXT,
    ADD COLUMN IF NOT EXISTS gender TEXT,
    ADD COLUMN IF NOT EXISTS language_spoken TEXT,
    ADD COLUMN IF NOT EXISTS combat_boots_size TEXT,
    ADD COLUMN IF NOT EXISTS uniform_size TEXT,
    ADD COLUMN IF NOT EXISTS bullcap_size TEXT,
    ADD COLUMN IF NOT EXISTS facebook_link TEXT,
    ADD COLUMN IF NOT EXISTS rotc_unit TEXT,
    ADD COLUMN IF NOT EXISTS mobilization_center TEXT,
    ADD COLUMN IF NOT EXISTS is_profile_completed BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS has_seen_guide BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN IF NOT EXISTS is_archived BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS qr_code_data TEXT;

ALTER TABLE public.activities
    ADD COLUMN IF NOT EXISTS images TEXT,
    ADD COLUMN IF NOT EXISTS type TEXT DEFAULT 'activity'; -- Legacy: has the default only when added later

ALTER TABLE public.merit_demerit_logs
    ADD COLUMN IF NOT EXISTS issued_by_user_id INTEGER,
    ADD COLUMN IF NOT EXISTS issued_by_name TEXT;

ALTER TABLE public.attendance_records
    ADD COLUMN IF NOT EXISTS remarks TEXT,
    ADD COLUMN IF NOT EXISTS time_in TEXT,
    ADD COLUMN IF NOT EXISTS time_out TEXT;

ALTER TABLE public.staff_attendance_records
    ADD COLUMN IF NOT EXISTS remarks TEXT,
    ADD COLUMN IF NOT EXISTS time_in TEXT,
    ADD COLUMN IF NOT EXISTS time_out TEXT;

-- The fallback creator of the legacy excuse router knew no training day.
ALTER TABLE public.excuse_letters
    ADD COLUMN IF NOT EXISTS training_day_id INTEGER,
    ADD COLUMN IF NOT EXISTS file_url TEXT,
    ADD COLUMN IF NOT EXISTS status TEXT DEFAULT 'pending',
    ADD COLUMN IF NOT EXISTS created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP;

ALTER TABLE public.user_settings
    ADD COLUMN IF NOT EXISTS custom_bg TEXT;

ALTER TABLE public.admin_messages
    ADD COLUMN IF NOT EXISTS sender_role TEXT,
    ADD COLUMN IF NOT EXISTS admin_reply TEXT;

ALTER TABLE public.sync_events
    ADD COLUMN IF NOT EXISTS processed BOOLEAN DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS processed_at TIMESTAMP;

-- Flags that an older server made INTEGER (or that a copy from SQLite left so) become BOOLEAN; NULL stays NULL.
DO $$
DECLARE
    flag RECORD;
BEGIN
    FOR flag IN
        SELECT listed.*
        FROM (VALUES
            ('training_staff', 'is_profile_completed', 'FALSE'),
            ('training_staff', 'has_seen_guide', 'FALSE'),
            ('training_staff', 'is_archived', 'FALSE'),
            ('cadets', 'is_profile_completed', 'FALSE'),
            ('cadets', 'has_seen_guide', 'FALSE'),
            ('cadets', 'is_archived', 'FALSE'),
            ('users', 'is_archived', 'FALSE'),
            ('notifications', 'is_read', 'FALSE'),
            ('sync_events', 'processed', 'FALSE'),
            ('user_settings', 'email_alerts', 'TRUE'),
            ('user_settings', 'push_notifications', 'TRUE'),
            ('user_settings', 'activity_updates', 'TRUE'),
            ('user_settings', 'dark_mode', 'FALSE'),
            ('user_settings', 'compact_mode', 'FALSE')
        ) AS listed (table_name, column_name, preset)
        JOIN information_schema.columns c USING (table_name, column_name)
        WHERE c.table_schema = 'public' AND c.data_type <> 'boolean'
    LOOP
        -- The default goes first: PostgreSQL cannot turn an INTEGER default into a BOOLEAN one.
        EXECUTE format(
            'ALTER TABLE public.%1$I ALTER COLUMN %2$I DROP DEFAULT,'
            ' ALTER COLUMN %2$I TYPE BOOLEAN USING lower(%2$I::text) IN (''1'', ''t'', ''true'', ''yes''),'
            ' ALTER COLUMN %2$I SET DEFAULT %3$s',
            flag.table_name, flag.column_name, flag.preset);
    END LOOP;
END $$;

-- Other types that differ between the generations. is_approved is the one flag both servers count as 0 and 1.
DO $$
DECLARE
    wanted RECORD;
BEGIN
    FOR wanted IN
        SELECT listed.*
        FROM (VALUES
            ('grades', 'prelim_score', 'double precision', '0'),
            ('grades', 'midterm_score', 'double precision', '0'),
            ('grades', 'final_score', 'double precision', '0'),
            ('excuse_letters', 'status', 'text', '''pending'''),
            ('users', 'is_approved', 'integer', '0')
        ) AS listed (table_name, column_name, type_name, preset)
        JOIN information_schema.columns c USING (table_name, column_name)
        WHERE c.table_schema = 'public' AND c.data_type <> listed.type_name
    LOOP
        EXECUTE format(
            'ALTER TABLE public.%1$I ALTER COLUMN %2$I DROP DEFAULT,'
            ' ALTER COLUMN %2$I TYPE %3$s USING %2$I::%3$s,'
            ' ALTER COLUMN %2$I SET DEFAULT %4$s',
            wanted.table_name, wanted.column_name, wanted.type_name, wanted.preset);
    END LOOP;
END $$;

-- Dates that were kept as text. What cannot be read as a date becomes NULL and its text a finding ('' is just NULL).
CREATE FUNCTION pg_temp.readable_date(given TEXT) RETURNS DATE LANGUAGE plpgsql AS $$
BEGIN
    RETURN given::date;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;

DO $$
DECLARE
    dated RECORD;
BEGIN
    FOR dated IN
        SELECT c.table_name, c.column_name
        FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.data_type NOT IN ('date', 'timestamp without time zone')
          AND (c.table_name, c.column_name) IN (('cadets', 'birthdate'), ('excuse_letters', 'date_absent'))
    LOOP
        EXECUTE format(
            'INSERT INTO muster.adoption_findings (table_name, column_name, row_key, finding, detail)'
            ' SELECT %1$L, %2$L, id::text, ''not a date: value moved here'', jsonb_build_object(''value'', %2$I)'
            ' FROM public.%1$I WHERE trim(%2$I::text) <> '''' AND pg_temp.readable_date(%2$I::text) IS NULL',
            dated.table_name, dated.column_name);
        EXECUTE format(
            'ALTER TABLE public.%1$I ALTER COLUMN %2$I DROP DEFAULT, ALTER COLUMN %2$I DROP NOT NULL,'
            ' ALTER COLUMN %2$I TYPE DATE USING pg_temp.readable_date(%2$I::text)',
            dated.table_name, dated.column_name);
    END LOOP;
END $$;

DROP FUNCTION pg_temp.readable_date(TEXT);
