-- Extracts as they were issued. `sha256`: of the signed file, whose bytes lie in the blob store.
-- `signature`: Ed25519 over `facts`, the least a paper says, as its QR carries both.
-- `answer_sha256`: of the answer document attached to the file. `issue_key`: what was asked, on
-- which day, in which language, with which answer; the same paper is issued once.
ALTER TABLE extract
    ADD COLUMN issue_key     text,
    ADD COLUMN valid_at      date,
    ADD COLUMN known_at      timestamptz,
    ADD COLUMN lang          text NOT NULL DEFAULT 'vi' CHECK (lang IN ('vi', 'en')),
    ADD COLUMN answer_sha256 text,
    ADD COLUMN facts         bytea,
    ADD COLUMN size_bytes    bigint CHECK (size_bytes > 0),
    ADD COLUMN signer        text,
    ADD COLUMN test_signer   boolean NOT NULL DEFAULT true;
CREATE UNIQUE INDEX extract_issue_key ON extract (issue_key);
CREATE INDEX extract_sha256 ON extract (sha256);
