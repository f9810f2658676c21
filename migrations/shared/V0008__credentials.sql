-- Why: many guesses sent at once must not pass before the first has failed, so an attempt is counted before the password is
-- looked at; one-time codes serve more than signing in; and a second factor is kept where every process sees it.

-- An attempt stands here from its reservation. A success removes it; a failure makes it count against the address too.
ALTER TABLE muster.signin_failures
    ADD COLUMN attempt UUID,
    ADD COLUMN pending BOOLEAN NOT NULL DEFAULT FALSE;

-- Failures before locked_at have been punished; level doubles the next lock where a system wants that.
ALTER TABLE muster.lockouts
    ADD COLUMN locked_at TIMESTAMPTZ,
    ADD COLUMN level INTEGER NOT NULL DEFAULT 0;

ALTER TABLE muster.signin_links ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign-in';
COMMENT ON TABLE muster.signin_links IS 'One-time codes of every purpose, as hashes; the name is from when there was one purpose.';

-- A process that knows a session as alive forgets it with the commit that ends it, and not when one is opened or used.
CREATE FUNCTION muster.note_ended_sessions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(
        'muster.touched', concat(current_setting('muster.touched', true), ',ended_sessions,'), true);
    RETURN NULL;
END $$;
CREATE TRIGGER trg_muster_ended AFTER DELETE OR UPDATE OF revoked_at ON muster.sessions
    FOR EACH STATEMENT EXECUTE FUNCTION muster.note_ended_sessions();

CREATE TABLE muster.second_factors (
    user_id TEXT PRIMARY KEY,
    secret BYTEA NOT NULL, -- encrypted
    created_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ, -- NULL: set up, but no code was shown to work yet
    used_steps BIGINT[] NOT NULL DEFAULT '{}' -- steps of 30 seconds whose code was used: none works twice
);

CREATE TABLE muster.backup_codes (
    user_id TEXT NOT NULL REFERENCES muster.second_factors ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, code_hash)
);
