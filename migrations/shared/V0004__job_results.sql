-- Why: whoever started a long piece of work (an import, a batch of documents) wants to know how it ended, and may want to stop it.
ALTER TABLE muster.jobs
    ADD COLUMN result JSONB,
    DROP CONSTRAINT jobs_status_check,
    ADD CONSTRAINT jobs_status_check CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled'));
