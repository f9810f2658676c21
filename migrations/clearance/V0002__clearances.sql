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
