-- Why: the platform is tested with a system whose users have UUIDs, which serves several tenants and has no legacy server.

CREATE TABLE public.branches (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);

-- People belong to the installation; what they may do, to a branch.
CREATE TABLE public.people (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    is_operator BOOLEAN NOT NULL DEFAULT FALSE,
    is_active BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE public.memberships (
    branch_id UUID NOT NULL REFERENCES public.branches,
    person_id UUID NOT NULL REFERENCES public.people,
    role TEXT NOT NULL CHECK (role IN ('librarian', 'reader')),
    PRIMARY KEY (branch_id, person_id)
);

CREATE TABLE public.books (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    branch_id UUID NOT NULL REFERENCES public.branches,
    isbn TEXT NOT NULL,
    title TEXT NOT NULL,
    price NUMERIC(10, 2) NOT NULL CHECK (price >= 0),
    cover TEXT, -- address of the stored picture
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (branch_id, id),
    UNIQUE (branch_id, isbn)
);

CREATE TABLE public.loans (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    branch_id UUID NOT NULL REFERENCES public.branches,
    book_id UUID NOT NULL,
    person_id UUID NOT NULL,
    deposit NUMERIC(10, 2) NOT NULL,
    paid_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (branch_id, book_id) REFERENCES public.books (branch_id, id),
    FOREIGN KEY (branch_id, person_id) REFERENCES public.memberships (branch_id, person_id)
);
CREATE INDEX loans_of ON public.loans (person_id);

-- What has been changed; without a branch where the platform has.
CREATE TABLE public.audit_entries (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    branch_id UUID,
    table_name TEXT NOT NULL,
    operation TEXT NOT NULL,
    record_id UUID NOT NULL,
    person_id UUID,
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

SELECT muster.isolate('public.memberships', 'branch_id', 'person_id');
SELECT muster.isolate('public.books', 'branch_id');
SELECT muster.isolate('public.loans', 'branch_id', 'person_id');
SELECT muster.isolate('public.audit_entries', 'branch_id', 'person_id');
-- Triggers write them for every change, also where somebody changes what belongs to no branch.
CREATE POLICY audit_entries_added ON public.audit_entries FOR INSERT WITH CHECK (TRUE);
SELECT muster.restricted_role('muster_library');
