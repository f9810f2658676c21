-- Why: systems that serve several organizations keep them apart in the database itself, so that a query that forgets a
-- condition finds nothing instead of everything.
--
-- Each transaction says who it is for: muster.scope (none, tenant, own, platform), muster.tenant and muster.actor. Policies
-- call the functions below. The migrations of such a system call muster.restricted_role and muster.isolate.

-- The tenant of the transaction as text. A transaction of the application without one is refused; where nothing is set, as
-- in a console, there is none, and no row is one's own.
CREATE FUNCTION muster.tenant() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF current_setting('muster.scope', true) = 'none' THEN
        RAISE EXCEPTION 'a tenant is needed' USING ERRCODE = 'MT403';
    END IF;
    RETURN nullif(current_setting('muster.tenant', true), '');
END
$$;

-- The acting user of the transaction as text.
CREATE FUNCTION muster.acting_user() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('muster.actor', true), '')
$$;

-- Whether the transaction acts for the platform, in all tenants.
CREATE FUNCTION muster.is_platform() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('muster.scope', true) = 'platform', false)
$$;

-- Shows and takes rows of a table only in the tenant of the transaction, those of the platform in every one, and those of the
-- acting user (own_column) too. The settings are cast to the types of the columns, so that indexes serve. Safe to repeat.
CREATE FUNCTION muster.isolate(target regclass, tenant_column name, own_column name DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    condition text := format('%I = muster.tenant()::%s', tenant_column, muster.column_type(target, tenant_column));
BEGIN
    IF own_column IS NOT NULL THEN
        condition := condition
            || format(' OR %I = muster.acting_user()::%s', own_column, muster.column_type(target, own_column));
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS muster_tenant ON %s', target);
    EXECUTE format('CREATE POLICY muster_tenant ON %s USING (%s OR muster.is_platform())', target, condition);
END
$$;

CREATE FUNCTION muster.column_type(target regclass, column_name name) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    found text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                   WHERE attrelid = target AND attname = column_name AND NOT attisdropped);
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'the table % has no column %', target, column_name;
    END IF;
    RETURN found;
END
$$;

-- The role that requests run as: it owns nothing, and row-level security holds for it. Roles belong to the whole server: another
-- database may have made it, or make it at this moment. Safe to repeat; tables made later by this user are granted as well.
CREATE FUNCTION muster.restricted_role(role_name name, VARIADIC schemas name[] DEFAULT '{public,muster}') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    of_schema name;
BEGIN
    IF to_regrole(quote_ident(role_name)) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    -- Superusers take any role; whoever has made it must still be allowed to.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
    END IF;
    FOREACH of_schema IN ARRAY schemas LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', of_schema, role_name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', of_schema, role_name);
        EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', of_schema, role_name);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I',
                       of_schema, role_name);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO %I',
                       of_schema, role_name);
    END LOOP;
END
$$;
