-- Why: gowns are lent against a deposit, and people are told what concerns them.

CREATE TABLE public.gown_issuances (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    student_id UUID NOT NULL REFERENCES public.students,
    gown_number VARCHAR(50) NOT NULL UNIQUE,
    gown_size VARCHAR(5) NOT NULL CHECK (gown_size IN ('XS', 'S', 'M', 'L', 'XL', 'XXL')),
    deposit_amount NUMERIC(10, 2) NOT NULL CHECK (deposit_amount >= 0),
    deposit_paid BOOLEAN NOT NULL DEFAULT FALSE,
    deposit_receipt VARCHAR(100) NOT NULL DEFAULT '',
    issued_date TIMESTAMPTZ NOT NULL DEFAULT now(),
    issued_by_id UUID REFERENCES public.users,
    expected_return_date DATE NOT NULL,
    actual_return_date TIMESTAMPTZ,
    returned_to_id UUID REFERENCES public.users,
    status VARCHAR(20) NOT NULL DEFAULT 'issued' CHECK (status IN ('issued', 'returned', 'lost', 'damaged')),
    condition_notes TEXT NOT NULL DEFAULT '',
    damage_fee NUMERIC(10, 2) NOT NULL DEFAULT 0 CHECK (damage_fee BETWEEN 0 AND deposit_amount),
    deposit_refunded BOOLEAN NOT NULL DEFAULT FALSE,
    refund_amount NUMERIC(10, 2) CHECK (refund_amount BETWEEN 0 AND deposit_amount),
    refund_date TIMESTAMPTZ,
    notes TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ
);
-- The legacy server allowed one row for a student, ever; here a student may borrow again after a return.
CREATE UNIQUE INDEX gown_issuances_out ON public.gown_issuances (student_id)
    WHERE status = 'issued' AND deleted_at IS NULL;
CREATE INDEX gown_issuances_newest ON public.gown_issuances (issued_date DESC, id);

-- How many gowns of a size there are; a size without a row is not counted.
CREATE TABLE public.gown_stock (
    size VARCHAR(5) PRIMARY KEY CHECK (size IN ('XS', 'S', 'M', 'L', 'XL', 'XXL')),
    total INTEGER NOT NULL CHECK (total BETWEEN 0 AND 10000)
);

-- Gowns as readers see them, with the people around them. Days are those of Nairobi.
CREATE VIEW public.shown_gowns AS
    SELECT gowns.*, students.user_id AS owner_id, owners.full_name AS student_name, students.registration_number,
           issuers.full_name AS issued_by_name, takers.full_name AS returned_to_name, gowns.status = 'returned' AS is_returned,
           CASE WHEN deposit_refunded THEN 'refunded'
                WHEN deposit_paid AND status IN ('returned', 'lost', 'damaged') THEN 'retained' ELSE 'pending' END AS deposit_status,
           (actual_return_date AT TIME ZONE 'Africa/Nairobi')::date AS returned_on
    FROM public.gown_issuances AS gowns JOIN public.students ON students.id = gowns.student_id
         JOIN public.users AS owners ON owners.id = students.user_id
         LEFT JOIN public.users AS issuers ON issuers.id = issued_by_id
         LEFT JOIN public.users AS takers ON takers.id = returned_to_id
    WHERE gowns.deleted_at IS NULL;

CREATE TABLE public.notifications (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    recipient_id UUID NOT NULL REFERENCES public.users,
    notification_type VARCHAR(50) NOT NULL DEFAULT 'general',
    title VARCHAR(255) NOT NULL,
    message TEXT NOT NULL,
    clearance_id UUID REFERENCES public.clearance_requests,
    approval_id UUID REFERENCES public.clearance_approvals,
    payment_id UUID REFERENCES public.payments,
    gown_id UUID REFERENCES public.gown_issuances,
    is_read BOOLEAN NOT NULL DEFAULT FALSE,
    read_at TIMESTAMPTZ,
    sent_via_email BOOLEAN NOT NULL DEFAULT FALSE,
    email_sent_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
-- The mail of a notice has its id as key; once it is sent, the notice says so.
CREATE FUNCTION public.note_sent_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.notifications SET sent_via_email = TRUE, email_sent_at = NEW.sent_at WHERE id = NEW.key;
    RETURN NULL;
END $$;
CREATE TRIGGER mail_sent AFTER UPDATE OF sent_at ON muster.mails
    FOR EACH ROW WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL) EXECUTE FUNCTION public.note_sent_mail();

CREATE INDEX notifications_of ON public.notifications (recipient_id, created_at DESC, id);
CREATE INDEX notifications_unread ON public.notifications (recipient_id) WHERE NOT is_read;

-- Notices as readers see them: with their recipient, and what they are about.
CREATE VIEW public.shown_notifications AS
    SELECT notifications.*, users.full_name AS recipient_name, users.email AS recipient_email,
           CASE WHEN clearance_id IS NOT NULL THEN 'clearance' WHEN approval_id IS NOT NULL THEN 'approval'
                WHEN payment_id IS NOT NULL THEN 'payment' WHEN gown_id IS NOT NULL THEN 'gown' END AS related_object_type,
           coalesce(clearance_id, approval_id, payment_id, gown_id) AS related_object_id
    FROM public.notifications JOIN public.users ON users.id = recipient_id;

-- A share in percent with two decimals; of nothing it is 0.
CREATE FUNCTION public.percent(part BIGINT, whole BIGINT) RETURNS DOUBLE PRECISION LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(round(100.0 * part / nullif(whole, 0), 2), 0)::float8
$$;

-- updated_at follows every change, whoever makes it.
CREATE FUNCTION public.note_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
DO $$
DECLARE
    changing regclass;
BEGIN
    FOR changing IN SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'updated_at' LOOP
        EXECUTE format('CREATE TRIGGER updated BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION public.note_update()', changing);
    END LOOP;
END $$;
