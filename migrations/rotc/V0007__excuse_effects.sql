-- Why: a letter that is approved excuses its cadet's attendance; to take that back, one must know what the record said before.

CREATE TABLE muster.excuse_effects (
    letter_id INTEGER PRIMARY KEY,
    cadet_id INTEGER NOT NULL,
    training_day_id INTEGER NOT NULL,
    former_status TEXT -- NULL: there was no record
);
COMMENT ON TABLE muster.excuse_effects IS
    'What the approval of an excuse letter changed in attendance_records; the row goes when that is taken back or the letter is deleted.';

-- No foreign keys into the legacy tables, see V0006. What a row says is only used for a record that is still excused.
CREATE INDEX excuse_effects_record ON muster.excuse_effects (cadet_id, training_day_id);
