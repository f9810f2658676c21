-- Why: a student asks all offices at once to be cleared, and gets a certificate when the last has agreed.

CREATE TABLE public.clearance_requests (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    student_id UUID NOT NULL REFERENCES public.students,
    -- draft and submitted exist in rows of the legacy server only; they are open.
    status VARCHAR(20) NOT NULL DEFAULT 'pending'
        CHECK (status IN ('draft', 'submitted', 'pending', 'in_progress', 'completed', 'rejected', 'cancelled')),
    submission_date TIMESTAMPTZ NOT NULL DEFAULT now(),
    completion_date TIMESTAMPTZ,
    rejection_reason TEXT NOT NULL DEFAULT '',
    revoked_at TIMESTAMPTZ, -- approvals of a revoked request are not carried over
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ
);
CREATE INDEX clearance_requests_of ON public.clearance_requests (student_id, created_at DESC);
CREATE INDEX clearance_requests_newest ON public.clearance_requests (created_at DESC, id);
CREATE UNIQUE INDEX clearance_requests_open ON public.clearance_requests (student_id)
    WHERE status IN ('draft', 'submitted', 'pending', 'in_progress') AND deleted_at IS NULL;

CREATE TABLE public.clearance_approvals (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    clearance_request_id UUID NOT NULL REFERENCES public.clearance_requests,
    department_id UUID NOT NULL REFERENCES public.departments,
    status VARCHAR(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    approved_by_id UUID REFERENCES public.users,
    approval_date TIMESTAMPTZ,
    rejection_reason TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    evidence_file TEXT, -- address of the stored file
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ,
    UNIQUE (clearance_request_id, department_id)
);
CREATE INDEX clearance_approvals_of_office ON public.clearance_approvals (department_id, status, created_at);
CREATE INDEX clearance_approvals_evidence ON public.clearance_approvals (evidence_file) WHERE evidence_file IS NOT NULL;
CREATE INDEX clearance_approvals_newest ON public.clearance_approvals (created_at DESC, id);

CREATE FUNCTION public.is_open(status TEXT) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('draft', 'submitted', 'pending', 'in_progress')
$$;

-- How the offices of a request have decided; the percentage is rounded down.
CREATE FUNCTION public.approval_counts(request UUID)
RETURNS TABLE (total INTEGER, approved INTEGER, rejected INTEGER, pending INTEGER, percentage INTEGER) LANGUAGE sql STABLE AS $$
    SELECT count(*)::int, (count(*) FILTER (WHERE status = 'approved'))::int,
           (count(*) FILTER (WHERE status = 'rejected'))::int, (count(*) FILTER (WHERE status = 'pending'))::int,
           coalesce(((count(*) FILTER (WHERE status <> 'pending')) * 100 / nullif(count(*), 0))::int, 0)
    FROM public.clearance_approvals WHERE clearance_request_id = request AND deleted_at IS NULL
$$;

-- A student with the account and its office.
CREATE VIEW public.student_rows AS
SELECT students.id, registration_number, admission_year, school_id AS school, students.department_id AS department,
       course_id AS course, faculty, program, graduation_year, eligibility_status, students.created_at, students.updated_at,
       students.deleted_at, users.id AS user_id, email, admission_number, full_name, role,
       users.department_id AS user_department, offices.name AS department_name, offices.code AS department_code,
       users.is_active, users.created_at AS user_created_at, users.updated_at AS user_updated_at
FROM public.students JOIN public.users ON users.id = students.user_id
     LEFT JOIN public.departments AS offices ON offices.id = users.department_id;

-- An approval with its office, its request and the student.
CREATE VIEW public.approval_rows AS
SELECT approvals.id, requests.id AS clearance_request, users.full_name AS student_name, registration_number,
       offices.id AS office_id, offices.name AS department_name, offices.code AS department_code, department_type, approval_order,
       approvals.status, approvers.id AS approver_id, approvers.full_name AS approved_by_name, approvers.email AS approver_email,
       approval_date, approvals.rejection_reason, approvals.notes, evidence_file, approvals.created_at, approvals.updated_at,
       users.id AS owner, users.email AS student_email, users.admission_number, students.id AS student_id, faculty, program,
       graduation_year, submission_date AS submitted_date, requests.status AS clearance_status,
       public.is_open(requests.status) AS is_open
FROM public.clearance_approvals AS approvals
     JOIN public.clearance_requests AS requests ON requests.id = approvals.clearance_request_id
     JOIN public.students ON students.id = requests.student_id JOIN public.users ON users.id = students.user_id
     JOIN public.departments AS offices ON offices.id = approvals.department_id
     LEFT JOIN public.users AS approvers ON approvers.id = approved_by_id
WHERE approvals.deleted_at IS NULL AND requests.deleted_at IS NULL;

-- Which offices decide on requests of which students.
CREATE VIEW public.deciding_offices AS
SELECT student_id, department_id AS office FROM public.clearance_requests AS requests
JOIN public.clearance_approvals AS approvals ON approvals.clearance_request_id = requests.id
WHERE requests.deleted_at IS NULL AND approvals.deleted_at IS NULL;

-- One for each completed request. The signature covers the code, the request and the snapshot, so that a row which somebody
-- alters is not taken for a certificate.
CREATE TABLE public.clearance_certificates (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    clearance_request_id UUID NOT NULL UNIQUE REFERENCES public.clearance_requests,
    serial TEXT NOT NULL UNIQUE, -- MKSU-CLR-<year>-<nnnnn>, without gaps in a year
    code TEXT NOT NULL UNIQUE, -- drawn at random; the address of its page
    snapshot JSONB NOT NULL, -- what is printed
    key_id TEXT NOT NULL,
    signature BYTEA NOT NULL, -- Ed25519
    issued_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    revoked_reason TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
