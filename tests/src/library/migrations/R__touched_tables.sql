-- Why: what a process caches of a table must not outlive a change of it.
DO $$
DECLARE
    touched regclass;
BEGIN
    FOREACH touched IN ARRAY ARRAY['public.people', 'public.memberships', 'public.books', 'public.loans']::regclass[] LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION muster.touch()', touched);
    END LOOP;
END $$;
