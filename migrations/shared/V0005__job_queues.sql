-- Why: jobs go to workers through queues, each kind to its own; whoever started one follows it, and a worker that dies or
-- a message that is lost must delay nothing for ever.

ALTER TABLE muster.jobs
    -- What the triggers of stored files start has always been work on files.
    ADD COLUMN queue TEXT NOT NULL DEFAULT 'image',
    ADD COLUMN sent_at TIMESTAMPTZ, -- when a message with the id last went to the queue
    ADD COLUMN started_at TIMESTAMPTZ, -- of the first try
    ADD COLUMN progress_done BIGINT,
    ADD COLUMN progress_of BIGINT,
    ADD COLUMN problem TEXT, -- why it failed, in words for whoever started it; last_error is for the log
    ADD COLUMN slot TIMESTAMPTZ, -- the period a job that starts by itself is for
    ALTER COLUMN created_by SET DEFAULT nullif(current_setting('muster.actor', true), '')::integer;
UPDATE muster.jobs SET queue = CASE
    WHEN kind = 'push' THEN 'delivery'
    WHEN kind IN ('clean_up', 'expire_audit_logs', 'sweep_events', 'sweep_files') THEN 'upkeep'
    ELSE queue END;

-- Two processes that start the job of a period at the same moment start one.
CREATE UNIQUE INDEX jobs_slot ON muster.jobs (kind, slot) WHERE slot IS NOT NULL;
CREATE INDEX jobs_of ON muster.jobs (created_by, created_at) WHERE created_by IS NOT NULL;
CREATE INDEX jobs_newest ON muster.jobs (created_at DESC, id DESC);

-- The jobs a transaction has started, ',queue:id,queue:id': the program reads them with the commit and tells the queues.
-- What is too much for a setting is sent by the sweep.
CREATE FUNCTION muster.note_started_jobs() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    known TEXT := coalesce(current_setting('muster.started', true), '');
    added TEXT := (SELECT string_agg(format(',%s:%s', queue, id), '' ORDER BY created_at, id)
                   FROM new_jobs WHERE status = 'queued' AND run_at IS NULL);
BEGIN
    IF added IS NOT NULL AND length(known) + length(added) < 200000 THEN
        PERFORM set_config('muster.started', known || added, true);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER trg_muster_started AFTER INSERT ON muster.jobs
    REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION muster.note_started_jobs();

-- A new job or mail wakes nobody in the database any more.
DROP TRIGGER IF EXISTS trg_muster_touched ON muster.jobs;
DROP TRIGGER IF EXISTS trg_muster_touched ON muster.mails;

-- A mail is sent by a job. Without one it waits until the sweep finds that mails can be sent.
ALTER TABLE muster.mails
    ADD COLUMN job_id UUID,
    ADD COLUMN refused_at TIMESTAMPTZ; -- nobody takes it, ever
UPDATE muster.mails SET refused_at = coalesce(next_try_at, created_at) WHERE sent_at IS NULL AND tries >= 8;
DROP INDEX muster.mails_unsent;
CREATE INDEX mails_of_job ON muster.mails (job_id, id) WHERE sent_at IS NULL AND refused_at IS NULL;
COMMENT ON COLUMN muster.mails.next_try_at IS 'No longer used: the job knows.';

-- Who works: each process that takes jobs says so while it lives.
CREATE TABLE muster.workers (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    queues TEXT[] NOT NULL,
    at_once INTEGER NOT NULL, -- jobs of one queue at the same time
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);
