-- Why: two accounts that are the same cadet see and hand in the same things; two requests at once must not make them.
--
-- A legacy database may have such pairs: they stay, are listed for the administrator, and the index is left out. The program
-- checks all the same before it links an account.
DO $$
BEGIN
    INSERT INTO muster.adoption_findings (table_name, column_name, row_key, finding, detail)
    SELECT 'users', 'cadet_id', cadet_id::text, 'several active accounts are the same cadet',
           jsonb_build_object('users', jsonb_agg(id ORDER BY id))
    FROM public.users WHERE role = 'cadet' AND cadet_id IS NOT NULL AND is_archived IS NOT TRUE
    GROUP BY cadet_id HAVING count(*) > 1;
    IF NOT FOUND THEN
        CREATE UNIQUE INDEX idx_muster_users_cadet ON public.users (cadet_id)
            WHERE role = 'cadet' AND is_archived IS NOT TRUE;
    END IF;
END $$;
