-- Why: name and address are typed into the same field at sign-in. A name that is somebody else's address would be found in its
-- place, and would get the links and codes that are theirs.

-- A trigger for the table of accounts: its columns of the name and of the address, then those that say whose account it is
-- (two accounts of one person may name each other). Values are compared without regard to case and to blanks around them.
CREATE OR REPLACE FUNCTION muster.guard_account_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    account JSONB := to_jsonb(NEW);
    before JSONB := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) END;
    same TEXT := '';
    found BOOLEAN;
BEGIN
    IF (before -> TG_ARGV[0], before -> TG_ARGV[1]) = (account -> TG_ARGV[0], account -> TG_ARGV[1]) THEN
        RETURN NEW;
    END IF;
    -- Whoever else gives a name or an address waits: each of two would not see the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('muster.account_names', 0));
    FOR position IN 2 .. TG_NARGS - 1 LOOP
        same := same || format(' AND (other.%1$I = ($1).%1$I) IS NOT TRUE', TG_ARGV[position]);
    END LOOP;
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %1$s AS other WHERE lower(other.%2$I) = lower(btrim($2)) AND other.id <> ($1).id%4$s)
             OR EXISTS (SELECT FROM %1$s AS other WHERE lower(other.%3$I) = lower(btrim($3)) AND other.id <> ($1).id%4$s)',
        TG_RELID::regclass, TG_ARGV[1], TG_ARGV[0], same)
    INTO found USING NEW, nullif(btrim(account ->> TG_ARGV[0]), ''), nullif(btrim(account ->> TG_ARGV[1]), '');
    IF found THEN
        RAISE unique_violation USING
            CONSTRAINT = 'muster_account_names', MESSAGE = 'a name must not be the address of another account';
    END IF;
    RETURN NEW;
END
$$;

-- Puts the trigger on a table of accounts, unless it is there.
CREATE OR REPLACE FUNCTION muster.guard_names(accounts REGCLASS, name TEXT, address TEXT, VARIADIC person TEXT[])
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = accounts AND tgname = 'trg_muster_account_names') THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TRIGGER trg_muster_account_names BEFORE INSERT OR UPDATE OF %I, %I ON %s
         FOR EACH ROW EXECUTE FUNCTION muster.guard_account_names(%s)',
        name, address, accounts,
        (SELECT string_agg(quote_literal(argument), ', ' ORDER BY place)
         FROM unnest(ARRAY[name, address] || person) WITH ORDINALITY AS arguments (argument, place)));
END
$$;
