-- Deliveries over the web: who brought a dossier, what is being done with it, and how far it is.
-- `refused`: a state secret, of which nothing but the hash is kept. `failed`: the program did not
-- come to an end with it; that says nothing about the dossier. Kind `check`: read by a profile that
-- only checks; nothing of it is taken into the register. `attempt`: how often a worker began or was
-- overtaken; what an earlier attempt still wants to write is void.
ALTER TABLE dossier DROP CONSTRAINT dossier_state_check, DROP CONSTRAINT dossier_kind_check;
ALTER TABLE dossier
    ADD CONSTRAINT dossier_kind_check CHECK (kind IN ('plan', 'parcels', 'units', 'check')),
    ADD CONSTRAINT dossier_state_check CHECK (state IN
        ('received', 'checked', 'staged', 'published', 'withdrawn', 'rejected', 'refused', 'failed')),
    ADD COLUMN uploader_id bigint REFERENCES account,
    ADD COLUMN size_bytes  bigint CHECK (size_bytes > 0),
    ADD COLUMN wishes      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN work        text CHECK (work IN ('check', 'publish', 'reject', 'withdraw')),
    ADD COLUMN attempt     integer NOT NULL DEFAULT 0,
    ADD COLUMN asked       jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN failure     jsonb,
    ADD CONSTRAINT refused_means_nothing_kept
        CHECK (state <> 'refused' OR (name = '' AND profile = '' AND wishes = '{}'));
CREATE INDEX dossier_uploader ON dossier (uploader_id);
CREATE INDEX dossier_work ON dossier (work) WHERE work IS NOT NULL;

CREATE TABLE dossier_event (
    dossier_id bigint NOT NULL REFERENCES dossier ON DELETE CASCADE,
    seq        integer NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('asked', 'step', 'done', 'failed')),
    step       integer,
    steps      integer,
    vi         text NOT NULL,
    en         text NOT NULL,
    PRIMARY KEY (dossier_id, seq)
);

-- Events of a dossier are numbered without gaps in the order in which they become visible, so that
-- nobody who read up to a number misses one. The number's lock is held to the end of the
-- transaction: tell in a small one, or last.
CREATE FUNCTION tell_dossier(told bigint, told_at timestamptz, event text, event_step integer,
                             event_steps integer, words_vi text, words_en text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    number integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('dossier_event'), hashint8(told));
    INSERT INTO dossier_event (dossier_id, seq, at, kind, step, steps, vi, en)
    SELECT told, coalesce(max(seq), 0) + 1, told_at, event, event_step, event_steps,
           words_vi, words_en
      FROM dossier_event WHERE dossier_id = told
    RETURNING seq INTO number;
    PERFORM pg_notify('dossier', told::text);
    RETURN number;
END $$;
