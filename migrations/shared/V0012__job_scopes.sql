-- Why: a job that a tenant's change has started works for that tenant, and a person's own rows of other tenants must not
-- appear among those of the tenant they are working in.

ALTER TABLE muster.jobs ADD COLUMN scope JSONB; -- NULL: none
COMMENT ON COLUMN muster.jobs.scope IS 'Whose rows the job sees: that of the change that started it.';

-- Whether the transaction is for one person's own rows, in whichever tenants they are.
CREATE FUNCTION muster.is_own() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('muster.scope', true) = 'own', false)
$$;

-- Shows and takes rows of a table only in the tenant of the transaction; in the scope of a person it shows those of that person
-- (own_column), in every tenant, and takes none; for the platform all. The settings are cast to the types of the columns, so
-- that indexes serve. Safe to repeat.
CREATE OR REPLACE FUNCTION muster.isolate(target regclass, tenant_column name, own_column name DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    condition text := format('%I = muster.tenant()::%s', tenant_column, muster.column_type(target, tenant_column));
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS muster_tenant ON %s', target);
    EXECUTE format('CREATE POLICY muster_tenant ON %s USING (%s OR muster.is_platform())', target, condition);
    EXECUTE format('DROP POLICY IF EXISTS muster_own ON %s', target);
    IF own_column IS NOT NULL THEN
        EXECUTE format('CREATE POLICY muster_own ON %s FOR SELECT USING (muster.is_own() AND %I = muster.acting_user()::%s)',
                       target, own_column, muster.column_type(target, own_column));
    END IF;
END
$$;
