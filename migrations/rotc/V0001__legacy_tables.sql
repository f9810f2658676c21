-- Why: the tables of the legacy server, so that Muster starts on an empty database and adopts a running one in place.
--
-- Names, types, defaults and constraint names are those PostgreSQL gave the legacy server, so both programs can work on
-- the same database. A table that exists already is left as it is here; the adoption files that follow repair it.
-- Foreign keys stand in V0003, one list for new and adopted databases alike.
-- Two wide types are on purpose: the three scores are DOUBLE PRECISION (85.5 is a score) and excuse_letters.status is TEXT.

CREATE TABLE IF NOT EXISTS public.training_staff (
    id SERIAL PRIMARY KEY,
    rank TEXT,
    first_name TEXT NOT NULL,
    middle_name TEXT,
    last_name TEXT NOT NULL,
    suffix_name TEXT,
    email TEXT CONSTRAINT training_staff_email_key UNIQUE,
    contact_number TEXT,
    role TEXT DEFAULT 'Instructor',
    profile_pic TEXT,
    afpsn TEXT,
    birthdate TEXT, -- Legacy: free text here, a DATE for cadets
    birthplace TEXT,
    age INTEGER,
    height TEXT,
    weight TEXT,
    blood_type TEXT,
    address TEXT,
    civil_status TEXT,
    nationality TEXT,
    gender TEXT,
    language_spoken TEXT,
    combat_boots_size TEXT,
    uniform_size TEXT,
    bullcap_size TEXT,
    facebook_link TEXT,
    rotc_unit TEXT,
    mobilization_center TEXT,
    is_profile_completed BOOLEAN DEFAULT FALSE,
    has_seen_guide BOOLEAN DEFAULT FALSE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    is_archived BOOLEAN DEFAULT FALSE,
    qr_code_data TEXT -- the staff member's attendance code as a PNG data URL, made on first use
);

CREATE TABLE IF NOT EXISTS public.cadets (
    id SERIAL PRIMARY KEY,
    rank TEXT,
    first_name TEXT NOT NULL,
    middle_name TEXT,
    last_name TEXT NOT NULL,
    suffix_name TEXT,
    email TEXT,
    contact_number TEXT,
    address TEXT,
    course TEXT,
    year_level TEXT,
    school_year TEXT,
    battalion TEXT,
    company TEXT,
    platoon TEXT,
    cadet_course TEXT,
    semester TEXT,
    corp_position TEXT,
    gender TEXT,
    status TEXT DEFAULT 'Ongoing',
    student_id TEXT NOT NULL CONSTRAINT cadets_student_id_key UNIQUE, -- Legacy: may hold a user name or a mail address
    profile_pic TEXT,
    is_profile_completed BOOLEAN DEFAULT FALSE,
    is_archived BOOLEAN DEFAULT FALSE, -- NULL counts as not archived
    has_seen_guide BOOLEAN DEFAULT FALSE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    religion TEXT,
    birthdate DATE
);

CREATE TABLE IF NOT EXISTS public.users (
    id SERIAL PRIMARY KEY,
    username TEXT NOT NULL CONSTRAINT users_username_key UNIQUE,
    password TEXT NOT NULL, -- bcrypt, or the legacy placeholder that never matches
    role TEXT NOT NULL CONSTRAINT users_role_check CHECK (role IN ('admin', 'cadet', 'training_staff')),
    cadet_id INTEGER, -- Legacy: several users may share a cadet
    staff_id INTEGER,
    is_approved INTEGER DEFAULT 0, -- Legacy: 0 or 1, never a BOOLEAN
    email TEXT,
    profile_pic TEXT,
    gender TEXT,
    is_archived BOOLEAN DEFAULT FALSE,
    last_latitude DOUBLE PRECISION,
    last_longitude DOUBLE PRECISION,
    last_location_at TIMESTAMP,
    last_seen TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_location_accuracy DOUBLE PRECISION,
    last_location_provider TEXT
);

CREATE TABLE IF NOT EXISTS public.user_settings (
    user_id INTEGER PRIMARY KEY,
    email_alerts BOOLEAN DEFAULT TRUE,
    push_notifications BOOLEAN DEFAULT TRUE,
    activity_updates BOOLEAN DEFAULT TRUE,
    dark_mode BOOLEAN DEFAULT FALSE,
    compact_mode BOOLEAN DEFAULT FALSE,
    primary_color TEXT DEFAULT 'blue',
    custom_bg TEXT
);

CREATE TABLE IF NOT EXISTS public.grades (
    id SERIAL PRIMARY KEY,
    cadet_id INTEGER NOT NULL CONSTRAINT grades_cadet_id_key UNIQUE,
    attendance_present INTEGER DEFAULT 0,
    merit_points INTEGER DEFAULT 0,
    demerit_points INTEGER DEFAULT 0,
    prelim_score DOUBLE PRECISION DEFAULT 0,
    midterm_score DOUBLE PRECISION DEFAULT 0,
    final_score DOUBLE PRECISION DEFAULT 0,
    status TEXT DEFAULT 'active',
    lifetime_merit_points INTEGER DEFAULT 0
);

CREATE TABLE IF NOT EXISTS public.training_days (
    id SERIAL PRIMARY KEY,
    date TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT
);

CREATE TABLE IF NOT EXISTS public.attendance_records (
    id SERIAL PRIMARY KEY,
    training_day_id INTEGER NOT NULL,
    cadet_id INTEGER NOT NULL,
    status TEXT NOT NULL CONSTRAINT attendance_records_status_check
        CHECK (status IN ('present', 'absent', 'late', 'excused')),
    remarks TEXT,
    time_in TEXT, -- Legacy: free text, '08:05' as well as '8:05:12 AM'
    time_out TEXT,
    CONSTRAINT attendance_records_training_day_id_cadet_id_key UNIQUE (training_day_id, cadet_id)
);

CREATE TABLE IF NOT EXISTS public.staff_attendance_records (
    id SERIAL PRIMARY KEY,
    training_day_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    status TEXT NOT NULL CONSTRAINT staff_attendance_records_status_check
        CHECK (status IN ('present', 'absent', 'late', 'excused')),
    remarks TEXT,
    time_in TEXT,
    time_out TEXT,
    CONSTRAINT staff_attendance_records_training_day_id_staff_id_key UNIQUE (training_day_id, staff_id)
);

CREATE TABLE IF NOT EXISTS public.excuse_letters (
    id SERIAL PRIMARY KEY,
    cadet_id INTEGER,
    training_day_id INTEGER,
    date_absent DATE NOT NULL,
    reason TEXT,
    file_url TEXT,
    status TEXT DEFAULT 'pending',
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.merit_demerit_logs (
    id SERIAL PRIMARY KEY,
    cadet_id INTEGER,
    type TEXT NOT NULL CONSTRAINT merit_demerit_logs_type_check CHECK (type IN ('merit', 'demerit')),
    points INTEGER NOT NULL, -- negative for manual corrections
    reason TEXT,
    date_recorded TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    issued_by_user_id INTEGER,
    issued_by_name TEXT
);

CREATE TABLE IF NOT EXISTS public.activities (
    id SERIAL PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT,
    date TEXT,
    image_path TEXT,
    images TEXT, -- JSON array of paths
    type TEXT -- NULL counts as 'activity'
);

CREATE TABLE IF NOT EXISTS public.activity_images (
    id SERIAL PRIMARY KEY,
    activity_id INTEGER,
    image_path TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.admin_messages (
    id SERIAL PRIMARY KEY,
    user_id INTEGER, -- NULL is a broadcast
    sender_role TEXT,
    subject TEXT,
    message TEXT,
    status TEXT DEFAULT 'pending',
    admin_reply TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.staff_messages (
    id SERIAL PRIMARY KEY,
    sender_staff_id INTEGER NOT NULL,
    content TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.notifications (
    id SERIAL PRIMARY KEY,
    user_id INTEGER, -- NULL is for everyone
    message TEXT NOT NULL,
    type TEXT NOT NULL,
    is_read BOOLEAN DEFAULT FALSE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.push_subscriptions (
    id SERIAL PRIMARY KEY,
    user_id INTEGER, -- Legacy: no foreign key
    endpoint TEXT NOT NULL CONSTRAINT push_subscriptions_endpoint_key UNIQUE,
    keys TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.system_settings (
    id SERIAL PRIMARY KEY,
    key TEXT NOT NULL CONSTRAINT system_settings_key_key UNIQUE,
    value TEXT
);

CREATE TABLE IF NOT EXISTS public.audit_logs (
    id SERIAL PRIMARY KEY,
    table_name TEXT NOT NULL,
    operation TEXT NOT NULL,
    record_id INTEGER,
    user_id INTEGER, -- no foreign key: the log outlives the user
    payload JSONB,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.sync_events (
    id SERIAL PRIMARY KEY,
    event_type TEXT NOT NULL,
    cadet_id INTEGER,
    payload JSONB,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    processed BOOLEAN DEFAULT FALSE,
    processed_at TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.staff_audit (
    id SERIAL PRIMARY KEY,
    action TEXT NOT NULL, -- delete, restore
    staff_id INTEGER,
    before_json TEXT,
    after_json TEXT,
    user_id INTEGER,
    created_at TEXT
);
