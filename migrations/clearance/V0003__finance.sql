-- Why: the graduation fee of a student, and every shilling that came for it. A receipt is money that has arrived; what is due
-- follows from the receipts, never from what somebody claims.

CREATE TABLE public.finance_records (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    student_id UUID NOT NULL UNIQUE REFERENCES public.students,
    tuition_balance NUMERIC(10, 2) NOT NULL DEFAULT 0 CHECK (tuition_balance >= 0),
    graduation_fee NUMERIC(10, 2) NOT NULL CHECK (graduation_fee BETWEEN 0 AND 1000000), -- 0: waived
    mpesa_code VARCHAR(50) NOT NULL DEFAULT '',
    mpesa_payment_date TIMESTAMPTZ,
    last_verified_date TIMESTAMPTZ,
    verified_by VARCHAR(255) NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX finance_records_newest ON public.finance_records (created_at DESC, id);

CREATE TABLE public.payments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    student_id UUID NOT NULL REFERENCES public.students,
    amount NUMERIC(10, 2) NOT NULL, -- what is claimed, then what was received
    payment_method VARCHAR(20) NOT NULL DEFAULT 'mpesa' CHECK (payment_method IN ('mpesa', 'bank', 'cash')),
    transaction_id VARCHAR(100) NOT NULL DEFAULT '',
    phone_number VARCHAR(20) NOT NULL DEFAULT '',
    payment_date TIMESTAMPTZ,
    is_verified BOOLEAN NOT NULL DEFAULT FALSE,
    verified_by_id UUID REFERENCES public.users, -- none where M-PESA said so
    verification_date TIMESTAMPTZ,
    notes TEXT NOT NULL DEFAULT '',
    receipt TEXT, -- address of the stored file
    fee_statement TEXT, -- address of the stored file
    graduation_fee_amount NUMERIC(10, 2) NOT NULL, -- the fee when the row was made
    created_by_id UUID REFERENCES public.users,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX payments_of ON public.payments (student_id) WHERE deleted_at IS NULL;
CREATE INDEX payments_receipt ON public.payments (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX payments_fee_statement ON public.payments (fee_statement) WHERE fee_statement IS NOT NULL;
CREATE INDEX payments_newest ON public.payments (created_at DESC, id);

-- A request to pay on a phone.
CREATE TABLE public.mpesa_attempts (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    student_id UUID NOT NULL REFERENCES public.students,
    payment_id UUID REFERENCES public.payments,
    phone_number VARCHAR(20) NOT NULL,
    amount NUMERIC(10, 2) NOT NULL CHECK (amount > 0),
    account_reference VARCHAR(12) NOT NULL UNIQUE,
    checkout_request_id TEXT UNIQUE,
    merchant_request_id TEXT,
    status VARCHAR(20) NOT NULL CHECK (status IN (
        'created', 'sent', 'pending', 'succeeded', 'mismatch', 'failed', 'cancelled', 'timed_out', 'reversed')),
    result_code TEXT,
    result_desc TEXT,
    transaction_id TEXT,
    created_by_id UUID REFERENCES public.users,
    asked_at TIMESTAMPTZ, -- when M-PESA was last asked about it
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ
);
CREATE INDEX mpesa_attempts_of ON public.mpesa_attempts (student_id, created_at DESC);
CREATE INDEX mpesa_attempts_waiting ON public.mpesa_attempts (created_at)
    WHERE status IN ('created', 'sent', 'pending', 'timed_out');

-- Money that has arrived. transaction_id is stored in upper case.
CREATE TABLE public.receipts (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    transaction_id VARCHAR(100) NOT NULL UNIQUE CHECK (transaction_id = upper(transaction_id)),
    source VARCHAR(20) NOT NULL CHECK (source IN ('stk', 'c2b', 'pull', 'statement', 'manual')),
    student_id UUID REFERENCES public.students,
    payment_id UUID REFERENCES public.payments,
    attempt_id UUID REFERENCES public.mpesa_attempts,
    payment_method VARCHAR(20) NOT NULL DEFAULT 'mpesa' CHECK (payment_method IN ('mpesa', 'bank', 'cash')),
    amount NUMERIC(12, 2) NOT NULL CHECK (amount > 0),
    applied_amount NUMERIC(12, 2) NOT NULL DEFAULT 0, -- to the fee; the rest is to be refunded
    refunded_amount NUMERIC(12, 2) NOT NULL DEFAULT 0, -- never applied again
    phone_number VARCHAR(20) NOT NULL DEFAULT '',
    account_reference VARCHAR(100) NOT NULL DEFAULT '',
    paid_at TIMESTAMPTZ NOT NULL,
    state VARCHAR(20) NOT NULL CHECK (state IN ('applied', 'review', 'dismissed', 'reversed')),
    reason TEXT NOT NULL DEFAULT '',
    refunded_at TIMESTAMPTZ,
    refund_reference TEXT NOT NULL DEFAULT '',
    created_by_id UUID REFERENCES public.users,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (applied_amount >= 0 AND refunded_amount >= 0 AND applied_amount + refunded_amount <= amount),
    CHECK (state = 'applied' OR applied_amount = 0),
    CHECK (state <> 'applied' OR student_id IS NOT NULL)
);
CREATE INDEX receipts_of ON public.receipts (student_id, paid_at);
CREATE INDEX receipts_newest ON public.receipts (created_at DESC, id);
CREATE UNIQUE INDEX receipts_attempt ON public.receipts (attempt_id); -- one request to pay, one payment

-- What was received of a student, and what is still due of the fee; never below nothing.
CREATE FUNCTION public.received_from(student UUID) RETURNS NUMERIC LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(applied_amount), 0.00) FROM public.receipts WHERE student_id = student AND state = 'applied'
$$;
CREATE FUNCTION public.due_from(student UUID) RETURNS NUMERIC LANGUAGE sql STABLE AS $$
    SELECT greatest(coalesce((SELECT graduation_fee FROM public.finance_records WHERE student_id = student), 0.00)
                    - public.received_from(student), 0.00)
$$;

-- The same with what is to be refunded, and how far a payment is: claimed, partial, paid.
CREATE FUNCTION public.payment_sums(student UUID)
RETURNS TABLE (received NUMERIC, due NUMERIC, overpaid NUMERIC, state TEXT) LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(applied_amount), 0.00), public.due_from(student),
           coalesce(sum(amount - applied_amount - refunded_amount), 0.00),
           CASE WHEN count(*) = 0 THEN 'claimed' WHEN public.due_from(student) > 0 THEN 'partial' ELSE 'paid' END
    FROM public.receipts WHERE student_id = student AND receipts.state = 'applied'
$$;

-- verified: nothing is due; paid: a claim of all that is due waits; pending.
CREATE FUNCTION public.fee_status(student UUID) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN public.due_from(student) = 0 THEN 'verified'
        WHEN EXISTS (SELECT FROM public.payments WHERE student_id = student AND deleted_at IS NULL
                       AND NOT is_verified AND amount = public.due_from(student)
                       AND public.received_from(student) = 0) THEN 'paid'
        ELSE 'pending' END
$$;

-- A payment with what was received for it; amount is what is claimed until something was.
CREATE VIEW public.payment_rows AS
SELECT payments.id, payments.student_id, users.full_name AS student_name, registration_number, users.admission_number,
       faculty, program, graduation_year,
       CASE WHEN sums.state = 'claimed' THEN payments.amount ELSE sums.received END AS amount, payment_method,
       transaction_id, phone_number, payment_date, is_verified, verified_by_id AS verified_by,
       verifiers.full_name AS verified_by_name, verification_date, notes, receipt, fee_statement, graduation_fee_amount,
       payments.created_at, payments.updated_at, sums.state, sums.received AS amount_received, sums.due AS amount_due,
       sums.overpaid AS overpaid_amount
FROM public.payments JOIN public.students ON students.id = payments.student_id
     JOIN public.users ON users.id = students.user_id CROSS JOIN LATERAL public.payment_sums(payments.student_id) AS sums
     LEFT JOIN public.users AS verifiers ON verifiers.id = verified_by_id
WHERE payments.deleted_at IS NULL;

-- A receipt with its student, if that is known.
CREATE VIEW public.receipt_rows AS
SELECT receipts.id, transaction_id, source, receipts.student_id AS student, full_name AS student_name, registration_number,
       payment_id AS payment, amount, applied_amount,
       CASE state WHEN 'applied' THEN amount - applied_amount ELSE 0.00 END AS excess_amount,
       state = 'applied' AND amount > applied_amount + refunded_amount AS refund_due, phone_number, account_reference,
       paid_at, state, reason, refunded_at, refund_reference, receipts.created_at, user_id
FROM public.receipts LEFT JOIN public.students ON students.id = receipts.student_id
     LEFT JOIN public.users ON users.id = user_id;

-- A request to pay with its student.
CREATE VIEW public.attempt_rows AS
SELECT attempts.id, student_id AS student, full_name AS student_name, registration_number, phone_number, amount,
       account_reference, checkout_request_id, merchant_request_id, status, result_code,
       coalesce(result_desc, '') AS result_desc, transaction_id, attempts.created_at, attempts.updated_at, finished_at,
       user_id
FROM public.mpesa_attempts AS attempts JOIN public.students ON students.id = student_id
     JOIN public.users ON users.id = user_id;

-- What a student owes.
CREATE VIEW public.fee_rows AS
SELECT records.id, records.student_id AS student, full_name AS student_name, registration_number, graduation_year,
       tuition_balance, graduation_fee, public.received_from(records.student_id) AS amount_received,
       public.due_from(records.student_id) AS amount_due,
       public.fee_status(records.student_id) AS graduation_fee_status, mpesa_code, mpesa_payment_date,
       last_verified_date, verified_by, notes, records.created_at, records.updated_at
FROM public.finance_records AS records JOIN public.students ON students.id = records.student_id
     JOIN public.users ON users.id = user_id
WHERE students.deleted_at IS NULL;

-- What M-PESA has sent, as it came: stored and committed before anything is made of it.
CREATE TABLE public.mpesa_messages (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('callback', 'confirmation')),
    attempt_id UUID, -- of the path of a callback; it need not exist
    digest BYTEA NOT NULL UNIQUE, -- of the kind, the path and the body: the same message again is only counted
    body JSONB NOT NULL,
    times INTEGER NOT NULL DEFAULT 1, -- how often it came
    tries INTEGER NOT NULL DEFAULT 0, -- how often it was asked to confirm it
    state VARCHAR(20) NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'booked', 'noted', 'unusable')),
    problem TEXT NOT NULL DEFAULT '',
    checkout_request_id TEXT,
    transaction_id TEXT,
    result_code TEXT,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    done_at TIMESTAMPTZ
);
CREATE INDEX mpesa_messages_received ON public.mpesa_messages (received_at);

-- A list of M-PESA compared with ours.
CREATE TABLE public.reconciliations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    source VARCHAR(20) NOT NULL CHECK (source IN ('statement', 'pull')),
    period_from TIMESTAMPTZ,
    period_to TIMESTAMPTZ,
    row_count INTEGER NOT NULL DEFAULT 0,
    status VARCHAR(20) NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'failed')),
    created_by_id UUID REFERENCES public.users,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ
);
CREATE INDEX reconciliations_newest ON public.reconciliations (created_at DESC, id);

-- The rows of a long list until a job has compared them.
CREATE TABLE public.reconciliation_lists (
    reconciliation_id UUID PRIMARY KEY REFERENCES public.reconciliations ON DELETE CASCADE,
    lines JSONB NOT NULL
);

CREATE TABLE public.reconciliation_items (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reconciliation_id UUID NOT NULL REFERENCES public.reconciliations ON DELETE CASCADE,
    transaction_id TEXT NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('matched', 'booked', 'amount_differs', 'missing_there', 'reversed')),
    receipt_id UUID REFERENCES public.receipts,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX reconciliation_items_of ON public.reconciliation_items (reconciliation_id, id);
