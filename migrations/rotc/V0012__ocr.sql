-- Why: reading a scan takes seconds, so what somebody has asked for is kept for a day; and the text of an excuse letter is read
-- once, for the staff to search and to see beside the letter.

-- What documents say is personal: a row is for the person who asked, and goes after a day (jobs/clean_up.rs).
CREATE TABLE muster.ocr_results (
    asked_by INTEGER NOT NULL,
    digest BYTEA NOT NULL, -- SHA-256 of the document
    languages TEXT NOT NULL,
    recognised JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (asked_by, digest, languages)
);
CREATE INDEX ocr_results_created ON muster.ocr_results (created_at);

-- The text of the file that the letter has now. R__letter_texts.sql forgets it with the letter, or when the file is another.
CREATE TABLE muster.letter_texts (
    letter_id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL, -- 0 to 100
    processed_at TIMESTAMPTZ NOT NULL
);
