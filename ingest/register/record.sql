-- name: lock_register
-- about: one writer at a time; readers are not held up
SELECT revision FROM register_state FOR UPDATE

-- name: next_revision
-- about: every change of what the register answers has its number
UPDATE register_state SET revision = revision + 1 RETURNING revision

-- name: known_dossier
-- about: the dossier of these bytes and how it was last read
SELECT d.id, d.kind, d.state, run.profile_hash, run.counts
  FROM dossier d
  LEFT JOIN LATERAL (SELECT r.profile_hash, r.counts FROM ingest_run r
                      WHERE r.dossier_id = d.id ORDER BY r.id DESC LIMIT 1) run ON true
 WHERE d.sha256 = %(sha256)s

-- name: record_dossier
-- about: a delivery as it came
INSERT INTO dossier (sha256, name, kind, profile, state, invented, received_at, published_at)
VALUES (%(sha256)s, %(name)s, %(kind)s, %(profile)s, %(state)s, %(invented)s, %(now)s,
        CASE WHEN %(state)s = 'published' THEN %(now)s::timestamptz END)
RETURNING id

-- name: renew_dossier
-- about: a delivery read again, perhaps as another kind or under another profile
UPDATE dossier
   SET name = %(name)s, kind = %(kind)s, profile = %(profile)s, invented = %(invented)s,
       state = %(state)s
 WHERE id = %(dossier_id)s

-- name: unstage
-- about: versions that never came in force, with all they draw; the plans they were of
DELETE FROM plan_version WHERE dossier_id = %(dossier_id)s AND status = 'staged'
RETURNING plan_id

-- name: drop_empty_plans
-- about: plans that have no version any more
DELETE FROM plan p
 WHERE p.id = ANY(%(plans)s)
   AND NOT EXISTS (SELECT FROM plan_version v WHERE v.plan_id = p.id)

-- name: drop_runs
-- about: runs and findings of a dossier of which no version is left
DELETE FROM ingest_run r
 WHERE r.dossier_id = %(dossier_id)s
   AND NOT EXISTS (SELECT FROM plan_version v WHERE v.dossier_id = r.dossier_id)

-- name: drop_files
-- about: file rows of a dossier of which no version is left
DELETE FROM dossier_file f
 WHERE f.dossier_id = %(dossier_id)s
   AND NOT EXISTS (SELECT FROM plan_version v WHERE v.dossier_id = f.dossier_id)

-- name: record_file
-- about: a delivered file; read again under another profile, it may have another role
INSERT INTO dossier_file (dossier_id, path, sha256, role, media_type, size_bytes)
VALUES (%(dossier_id)s, %(path)s, %(sha256)s, %(role)s, %(media_type)s, %(size_bytes)s)
ON CONFLICT (dossier_id, path) DO UPDATE SET role = excluded.role
RETURNING id

-- name: record_run
-- about: code, profile and settings with which a dossier was read
INSERT INTO ingest_run (dossier_id, code_version, profile_hash, settings_hash, counts,
                        started_at, finished_at)
VALUES (%(dossier_id)s, %(code_version)s, %(profile_hash)s, %(settings_hash)s, %(counts)s,
        %(now)s, %(now)s)
RETURNING id

-- name: record_issue
-- about: one finding with its place
INSERT INTO issue (run_id, code, level, file, layer, row_no, column_name, value, count, detail, geom)
VALUES (%(run_id)s, %(code)s, %(level)s, %(file)s, %(layer)s, %(row)s, %(column)s, %(value)s,
        %(count)s, %(detail)s, ST_SetSRID(ST_GeomFromWKB(%(geom)s::bytea), %(srid)s::integer))

-- name: audit
-- about: who changed what, and when
INSERT INTO audit_event (at, actor, action, subject, before, after)
VALUES (%(now)s, %(actor)s, %(action)s, %(subject)s, %(before)s, %(after)s)
