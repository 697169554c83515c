-- name: take
-- about: whether this session now works on the dossier alone; given back when the session ends
SELECT pg_try_advisory_lock(hashtext('dossier_work'), hashint8(%(dossier_id)s))

-- name: order
-- about: what was asked to be done with a dossier
SELECT id, sha256, name, state, work, attempt, wishes, asked
  FROM dossier WHERE id = %(dossier_id)s

-- name: attempt
-- about: a worker begins with what was asked; attempts before this one are void
UPDATE dossier SET attempt = attempt + 1 WHERE id = %(dossier_id)s AND work = %(work)s
RETURNING id, sha256, name, state, work, attempt, wishes, asked

-- name: claim
-- about: whether this is the last attempt; until the transaction ends no other can begin
SELECT id FROM dossier
 WHERE id = %(dossier_id)s AND work = %(work)s AND attempt = %(attempt)s FOR UPDATE

-- name: overtake
-- about: the attempt is void from now on, unless it writes to the register at this moment
UPDATE dossier SET attempt = attempt + 1
 WHERE id = (SELECT id FROM dossier
              WHERE id = %(dossier_id)s AND work = %(work)s AND attempt = %(attempt)s
                FOR UPDATE SKIP LOCKED)
RETURNING id, sha256, name, state, work, attempt, wishes, asked

-- name: tell
-- about: one more event of a dossier
SELECT tell_dossier(%(dossier_id)s, %(now)s, %(kind)s, %(step)s, %(steps)s, %(vi)s, %(en)s)

-- name: mark_checked
-- about: read to the end, not yet in the register
UPDATE dossier SET state = 'checked' WHERE id = %(dossier_id)s AND state IN ('received', 'failed')

-- name: finish
-- about: the work came to its end
UPDATE dossier SET work = NULL, failure = NULL
 WHERE id = %(dossier_id)s AND work = %(work)s AND attempt = %(attempt)s
RETURNING id

-- name: fail
-- about: the work came to no end; a dossier that was never read to the end has failed
UPDATE dossier
   SET work = NULL, failure = %(failure)s,
       state = CASE WHEN state IN ('received', 'checked') THEN 'failed' ELSE state END
 WHERE id = %(dossier_id)s AND work = %(work)s AND attempt = %(attempt)s
RETURNING id

-- name: last_reading
-- about: the last run, and with what it read: profile, code, profile and settings hash
SELECT r.id, d.profile, r.code_version, r.profile_hash, r.settings_hash
  FROM dossier d JOIN ingest_run r ON r.dossier_id = d.id
 WHERE d.id = %(dossier_id)s
 ORDER BY r.id DESC LIMIT 1

-- name: turn_away
-- about: an approver does not want it
UPDATE dossier SET state = 'rejected' WHERE id = %(dossier_id)s

-- name: own_blobs
-- about: files of a dossier that no other dossier delivered too
SELECT DISTINCT f.sha256
  FROM dossier_file f
 WHERE f.dossier_id = %(dossier_id)s
   AND NOT EXISTS (SELECT FROM dossier_file o
                    WHERE o.sha256 = f.sha256 AND o.dossier_id <> f.dossier_id)

-- name: is_cited
-- about: whether a file with these bytes is written down for any dossier
SELECT EXISTS (SELECT FROM dossier_file WHERE sha256 = %(sha256)s)

-- name: was_published
-- about: whether versions of a dossier were published, be they withdrawn since
SELECT EXISTS (SELECT FROM plan_version WHERE dossier_id = %(dossier_id)s AND status <> 'staged')

-- name: empty
-- about: of a state secret only the hash stays
UPDATE dossier
   SET state = 'refused', name = '', profile = '', wishes = '{}', asked = '{}', invented = false
 WHERE id = %(dossier_id)s

-- name: take_back
-- about: of a dossier that was published before, what was published stays, withdrawn
UPDATE dossier SET state = 'withdrawn' WHERE id = %(dossier_id)s

-- name: forget_events
-- about: what was told of a dossier names its files
DELETE FROM dossier_event WHERE dossier_id = %(dossier_id)s

-- name: under_way
-- about: dossiers with work, whether somebody is at it, and the job that runs or is newest, with its age in seconds
SELECT d.id, d.work, d.attempt,
       EXISTS (SELECT FROM pg_locks l
                WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND l.classid::bigint = hashtext('dossier_work')::bigint & 4294967295
                  AND l.objid::bigint = hashint8(d.id)::bigint & 4294967295) AS is_held,
       job.id AS job, job.task_name AS task, job.status, job.attempts, job.age_s
  FROM dossier d
  LEFT JOIN LATERAL
       (SELECT j.id, j.task_name, j.status::text, j.attempts,
               (SELECT extract(epoch FROM clock_timestamp() - max(e.at))
                  FROM procrastinate_events e WHERE e.job_id = j.id) AS age_s
          FROM procrastinate_jobs j
         WHERE j.lock = %(lock)s || d.id::text
         ORDER BY j.status = 'doing' DESC, j.id DESC LIMIT 1) job ON true
 WHERE d.work IS NOT NULL
 ORDER BY d.id

-- name: awaited
-- about: of these hashes, those of dossiers whose bytes are still to be read
SELECT sha256 FROM dossier
 WHERE sha256 = ANY(%(hashes)s) AND (work = 'check' OR state IN ('received', 'checked', 'failed'))
