-- Why: who signs in, who studies, where, and which offices clear them. Names and columns are those of the legacy server, so that
-- its rows move as they are, and back.
--
-- Rows are hidden (deleted_at), not removed: numbers and e-mail addresses stay taken, and what was decided stays.

CREATE TABLE public.departments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    code VARCHAR(20) NOT NULL UNIQUE,
    department_type VARCHAR(20) NOT NULL,
    head_email VARCHAR(254) NOT NULL DEFAULT '',
    contact_phone VARCHAR(20) NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    approval_order INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE public.users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    password VARCHAR(128) NOT NULL DEFAULT '', -- a hash; empty: only a reset link lets them in
    email VARCHAR(254) NOT NULL UNIQUE,
    -- Accounts of the legacy server whose addresses differ in case only; their owners sign in with the exact spelling.
    is_email_duplicate BOOLEAN NOT NULL DEFAULT FALSE,
    admission_number VARCHAR(50) UNIQUE,
    full_name VARCHAR(255) NOT NULL,
    role VARCHAR(50) NOT NULL DEFAULT 'student' CHECK (role IN (
        'admin', 'department_staff', 'student', 'library_staff', 'finance_staff', 'hostel_staff', 'academic_staff',
        'gown_issuance_staff', 'clearance_officer')),
    department_id UUID REFERENCES public.departments,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    last_login TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Of the legacy server, for the way back.
    username VARCHAR(254) NOT NULL DEFAULT '',
    first_name VARCHAR(150) NOT NULL DEFAULT '',
    last_name VARCHAR(150) NOT NULL DEFAULT '',
    is_staff BOOLEAN NOT NULL DEFAULT FALSE,
    is_superuser BOOLEAN NOT NULL DEFAULT FALSE,
    date_joined TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_in_any_case ON public.users (lower(email)) WHERE NOT is_email_duplicate;
CREATE INDEX users_role ON public.users (role);
CREATE INDEX users_department ON public.users (department_id);
CREATE INDEX users_newest ON public.users (created_at DESC, id);

-- The office that a member of staff acts for: their own, else that of their role.
CREATE FUNCTION public.effective_department(role TEXT, department_id UUID) RETURNS UUID LANGUAGE sql STABLE AS $$
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

CREATE TABLE public.academic_schools (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL UNIQUE,
    code VARCHAR(20) NOT NULL UNIQUE,
    dean_email VARCHAR(254),
    description TEXT NOT NULL DEFAULT '',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE public.academic_departments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    school_id UUID NOT NULL REFERENCES public.academic_schools,
    name VARCHAR(255) NOT NULL,
    code VARCHAR(20) NOT NULL,
    head_email VARCHAR(254),
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (school_id, code)
);

CREATE TABLE public.academic_courses (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    department_id UUID NOT NULL REFERENCES public.academic_departments,
    code VARCHAR(30) NOT NULL,
    name VARCHAR(255) NOT NULL,
    duration_years SMALLINT NOT NULL DEFAULT 4,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (department_id, code)
);

CREATE TABLE public.students (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL UNIQUE REFERENCES public.users,
    registration_number VARCHAR(50) NOT NULL UNIQUE,
    admission_year INTEGER,
    school_id UUID REFERENCES public.academic_schools,
    department_id UUID REFERENCES public.academic_departments,
    course_id UUID REFERENCES public.academic_courses,
    faculty VARCHAR(255) NOT NULL,
    program VARCHAR(255) NOT NULL,
    graduation_year INTEGER NOT NULL,
    eligibility_status VARCHAR(20) NOT NULL DEFAULT 'pending'
        CHECK (eligibility_status IN ('eligible', 'ineligible', 'pending')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ
);
CREATE INDEX students_newest ON public.students (created_at DESC, id);
CREATE INDEX students_graduation_year ON public.students (graduation_year);

-- Where a value stands in an ascending list; a missing one before all others. Negated: in a descending list, after all others.
CREATE FUNCTION public.ordinal(at TIMESTAMPTZ) RETURNS DOUBLE PRECISION LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(extract(epoch FROM at)::double precision, '-infinity')
$$;
CREATE FUNCTION public.ordinal(number INTEGER) RETURNS DOUBLE PRECISION LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(number::double precision, '-infinity')
$$;

-- Numbers without gaps: certificates of a year, gowns, cash receipts of a day. A row is locked while its number is drawn.
CREATE TABLE public.counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);

CREATE TABLE public.audit_logs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    actor_id UUID, -- no foreign key: rows stay when the actor is gone
    actor_name VARCHAR(255),
    actor_email VARCHAR(254),
    action VARCHAR(20) NOT NULL,
    entity VARCHAR(100) NOT NULL,
    entity_id VARCHAR(100) NOT NULL,
    object_str TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    changes JSONB NOT NULL DEFAULT '{}',
    ip_address TEXT,
    request_id TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX audit_logs_newest ON public.audit_logs (created_at DESC, id);
CREATE INDEX audit_logs_actor ON public.audit_logs (actor_id, created_at DESC);
CREATE INDEX audit_logs_entity ON public.audit_logs (entity, entity_id);

-- Append-only: only the retention job, which says so, takes rows away.
CREATE FUNCTION public.keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('muster.system', true) = 'clean-up' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of the audit log are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_logs_kept BEFORE UPDATE OR DELETE ON public.audit_logs
    FOR EACH ROW EXECUTE FUNCTION public.keep_audit();

-- The offices of a new installation.
INSERT INTO public.departments (name, code, department_type, head_email, approval_order) VALUES
    ('Finance Department', 'FINANCE', 'finance', 'finance.head@makuni.ac.ke', 1),
    ('Library Services', 'LIBRARY', 'library', 'library.head@makuni.ac.ke', 2),
    ('Mess/Cafeteria', 'MESS', 'mess', 'mess.manager@makuni.ac.ke', 3),
    ('Hostel Office', 'HOSTEL', 'hostel', 'hostel.office@makuni.ac.ke', 4),
    ('Academic Affairs', 'ACADEMIC', 'faculty', 'academic.dean@makuni.ac.ke', 5),
    ('Workshop/Laboratories', 'WORKSHOP', 'workshop', 'workshop.head@makuni.ac.ke', 6),
    ('Sports & Games', 'SPORTS', 'sports', 'sports.office@makuni.ac.ke', 7),
    ('Student Services', 'STUDENT_SERVICES', 'other', 'student.services@makuni.ac.ke', 8);
