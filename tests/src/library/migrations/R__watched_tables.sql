-- Why: every write is audited, ends what is cached of its table, and takes along the files it lets go of.

CREATE OR REPLACE FUNCTION muster.write_audit(table_name TEXT, operation TEXT, record_ids TEXT[], payloads JSONB[])
RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.audit_entries (branch_id, table_name, operation, record_id, person_id, payload)
    SELECT muster.tenant()::uuid, table_name, operation, id::uuid, muster.acting_user()::uuid, payload
    FROM unnest(record_ids, payloads) AS written (id, payload)
$$;

SELECT muster.watch('public.people', personal => '{email, name}', secret => '{password}');
SELECT muster.watch('public.memberships', id => 'person_id');
SELECT muster.watch('public.books', files => '{cover}');
SELECT muster.watch('public.loans');
