-- What the rows of the legacy server lack: the fee that each student owes, and a receipt for every payment that was verified.
-- Nobody loses a payment: the fee of who has paid is what they have paid. The fees that the legacy server kept in
-- finance_records were never used.
-- Runs again without harm. muster.graduation_fee is the fee of everybody else.

INSERT INTO public.finance_records (student_id, graduation_fee, created_at)
SELECT id, current_setting('muster.graduation_fee')::numeric, created_at FROM public.students
ON CONFLICT (student_id) DO NOTHING;

UPDATE public.finance_records
SET graduation_fee = coalesce(owed.fee, current_setting('muster.graduation_fee')::numeric)
FROM public.students
LEFT JOIN LATERAL (
    SELECT CASE WHEN is_verified THEN amount ELSE graduation_fee_amount END AS fee
    FROM public.payments WHERE payments.student_id = students.id AND deleted_at IS NULL
) AS owed ON TRUE
WHERE finance_records.student_id = students.id
  AND NOT EXISTS (SELECT FROM public.receipts WHERE receipts.student_id = students.id);

-- A transaction number that is missing or stands at several payments cannot be that of a receipt.
WITH paid AS (
    SELECT payments.*, upper(btrim(transaction_id)) AS number,
           count(*) OVER (PARTITION BY upper(btrim(transaction_id))) AS bearers
    FROM public.payments
    WHERE is_verified AND amount > 0 AND deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM public.receipts WHERE receipts.payment_id = payments.id)
), numbered AS (
    SELECT *, CASE WHEN number <> '' AND bearers = 1 THEN number ELSE 'LEGACY-' || upper(id::text) END AS receipt_number
    FROM paid
), noted AS (
    UPDATE public.payments
    SET notes = concat_ws(E'\n', nullif(payments.notes, ''), 'Transaction of the legacy system: ' || payments.transaction_id)
    FROM numbered
    WHERE payments.id = numbered.id AND payments.transaction_id <> '' AND bearers > 1
)
INSERT INTO public.receipts (transaction_id, source, payment_method, student_id, payment_id, amount, applied_amount, phone_number, paid_at,
                             state, created_by_id, created_at)
SELECT receipt_number, 'manual', payment_method, student_id, id, amount, amount, phone_number,
       coalesce(payment_date, verification_date, created_at), 'applied', verified_by_id, created_at
FROM numbered;

-- Certificates are signed by the program.
INSERT INTO muster.jobs (id, kind, queue, payload) VALUES (gen_random_uuid(), 'issue_certificates', 'upkeep', '{}');
