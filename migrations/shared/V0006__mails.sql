-- Why: a mail may get another job than its first and is still the same mail, with one message id; and some are worth nothing
-- after a moment, whichever job they have.

ALTER TABLE muster.mails
    ADD COLUMN key UUID NOT NULL DEFAULT gen_random_uuid(), -- in its message id
    ADD COLUMN expires_at TIMESTAMPTZ; -- it is not sent any more then
