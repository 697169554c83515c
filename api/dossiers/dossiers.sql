-- name: known
-- about: $1 sha256: the dossier of these bytes, locked so that nobody else takes it in meanwhile
SELECT id, kind, state, work, uploader_id FROM dossier WHERE sha256 = $1 FOR UPDATE

-- name: receive
-- about: $1 sha256, $2 name, $3 bytes, $4 uploader, $5 now: a new dossier; no row where it is known
INSERT INTO dossier (sha256, name, kind, profile, state, received_at, uploader_id, size_bytes)
VALUES ($1, $2, 'plan', '', 'received', $5, $4, $3)
ON CONFLICT (sha256) DO NOTHING
RETURNING id

-- name: receive_again
-- about: $1 dossier, $2 name, $3 bytes, $4 uploader, $5 now: bytes that were not kept came once more
UPDATE dossier
   SET name = $2, size_bytes = $3, uploader_id = $4, kind = 'plan', received_at = $5
 WHERE id = $1

-- name: alone
-- about: $1 uploader: one admission of theirs after the other, so that each counts the earlier ones
SELECT pg_advisory_xact_lock(hashtext('dossier_waiting'), hashint8($1))

-- name: waiting
-- about: $1 uploader, $2 dossier left out: bytes of theirs that lie unchecked
SELECT coalesce(sum(size_bytes), 0)::bigint FROM dossier
 WHERE uploader_id = $1 AND id IS DISTINCT FROM $2
   AND (work = 'check' OR state IN ('received', 'failed'))

-- name: begin
-- about: $1 dossier, $2 work, $3 states, $4 as asked, $5 wishes (NULL: as they are): work begins unless some is under way
UPDATE dossier
   SET work = $2, asked = $4::text::jsonb, failure = NULL,
       wishes = coalesce($5::text::jsonb, wishes),
       state = CASE WHEN $2 = 'check' AND state = 'failed' THEN 'received' ELSE state END
 WHERE id = $1 AND work IS NULL AND state = ANY ($3::text[])
RETURNING id

-- name: tell
-- about: $1 dossier, $2 now, $3 Vietnamese, $4 English: somebody asked for something
SELECT tell_dossier($1, $2, 'asked', NULL, NULL, $3, $4)

-- name: defer
-- about: $1 task, $2 lock, $3 arguments, $4 priority: a job, in the transaction that asks for it
SELECT procrastinate_defer_jobs_v1(ARRAY[
           ROW('default', $1, $4, $2, NULL, $3::text::jsonb, NULL)::procrastinate_job_to_defer_v1])

-- name: dossier
-- about: $1 dossier, $2 only of this uploader (NULL: of all): one dossier whole
SELECT jsonb_build_object(
           'id', d.id, 'sha256', d.sha256, 'name', d.name, 'state', d.state, 'work', d.work,
           'asked', d.asked, 'failure', d.failure, 'profile', d.profile, 'wishes', d.wishes,
           'size_bytes', d.size_bytes, 'received_at', d.received_at,
           'published_at', d.published_at, 'invented', d.invented, 'uploader', u.name,
           'uploader_id', d.uploader_id,
           'run', (SELECT jsonb_build_object(
                              'id', r.id, 'code_version', r.code_version,
                              'profile_hash', r.profile_hash, 'settings_hash', r.settings_hash,
                              'finished_at', r.finished_at, 'counts', r.counts)
                     FROM ingest_run r WHERE r.dossier_id = d.id ORDER BY r.id DESC LIMIT 1),
           'versions', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                   'plan', v.plan_id, 'plan_code', g.code, 'plan_name', g.name,
                                   'level', g.level, 'version', v.ordinal, 'status', v.status,
                                   'adjustment_kind', v.adjustment_kind,
                                   'decision', v.decision_no, 'date', v.decision_date,
                                   'valid_from', lower(v.valid), 'valid_to', upper(v.valid),
                                   'zones', (SELECT count(*) FROM zone z
                                              WHERE z.plan_version_id = v.id),
                                   'lines', (SELECT count(*) FROM plan_line l
                                              WHERE l.plan_version_id = v.id),
                                   'features', (SELECT count(*) FROM plan_feature f
                                                 WHERE f.plan_version_id = v.id),
                                   'area_m2', ST_Area(v.boundary)
                               ) ORDER BY v.plan_id, v.ordinal), '[]')
                          FROM plan_version v JOIN plan g ON g.id = v.plan_id
                         WHERE v.dossier_id = d.id)
       )::text AS document
  FROM dossier d LEFT JOIN account u ON u.id = d.uploader_id
 WHERE d.id = $1 AND d.kind IN ('plan', 'check') AND ($2::bigint IS NULL OR d.uploader_id = $2)

-- name: dossiers
-- about: $1 only of this uploader (NULL: of all), $2 before this id, $3 how many: newest first
SELECT jsonb_build_object(
           'id', d.id, 'name', d.name, 'state', d.state, 'work', d.work, 'failure', d.failure,
           'profile', d.profile, 'received_at', d.received_at, 'published_at', d.published_at,
           'invented', d.invented, 'uploader', u.name, 'counts', coalesce(run.counts, '{}'),
           'versions', (SELECT coalesce(jsonb_agg(g.name || ' / ' || v.ordinal
                                                  ORDER BY v.plan_id, v.ordinal), '[]')
                          FROM plan_version v JOIN plan g ON g.id = v.plan_id
                         WHERE v.dossier_id = d.id)
       )::text AS document
  FROM dossier d
  LEFT JOIN account u ON u.id = d.uploader_id
  LEFT JOIN LATERAL (SELECT r.counts FROM ingest_run r
                      WHERE r.dossier_id = d.id ORDER BY r.id DESC LIMIT 1) run ON true
 WHERE d.kind IN ('plan', 'check')
   AND ($1::bigint IS NULL OR d.uploader_id = $1)
   AND ($2::bigint IS NULL OR d.id < $2)
 ORDER BY d.id DESC
 LIMIT $3

-- name: news
-- about: $1 dossier, $2 last number read: what happened since, how it stands, whether a worker lives
SELECT d.state, d.work, d.failure::text AS failure,
       EXISTS (SELECT FROM procrastinate_workers w
                WHERE w.last_heartbeat > now() - interval '45 seconds') AS has_worker,
       (SELECT coalesce(json_agg(json_build_object(
                   'seq', e.seq, 'at', e.at, 'kind', e.kind, 'step', e.step, 'steps', e.steps,
                   'words', json_build_object('vi', e.vi, 'en', e.en)) ORDER BY e.seq), '[]')
          FROM (SELECT * FROM dossier_event n
                 WHERE n.dossier_id = d.id AND n.seq > $2 ORDER BY n.seq LIMIT 500) e)::text AS events
  FROM dossier d WHERE d.id = $1

-- name: history
-- about: $1 dossier: what was asked and how it ended, and where the work is now
SELECT json_build_object('seq', seq, 'at', at, 'kind', kind, 'step', step, 'steps', steps,
                         'words', json_build_object('vi', vi, 'en', en))::text AS event
  FROM dossier_event e
 WHERE dossier_id = $1
   AND (kind <> 'step' OR seq = (SELECT max(seq) FROM dossier_event l WHERE l.dossier_id = $1))
 ORDER BY seq

-- name: version_dossier
-- about: $1 plan, $2 ordinal: the dossier that delivered a version, and how the version stands
SELECT d.id, v.status FROM plan_version v JOIN dossier d ON d.id = v.dossier_id
 WHERE v.plan_id = $1 AND v.ordinal = $2
