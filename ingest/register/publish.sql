-- name: version_by_name
-- about: one version of a plan by its ordinal
SELECT id, plan_id, ordinal, status, adjustment_kind, dossier_id, lower(valid), upper(valid)
  FROM plan_version
 WHERE plan_id = %(plan_id)s AND ordinal = %(ordinal)s

-- name: staged_versions
-- about: the versions of a dossier that wait for publication, earliest first
SELECT id, plan_id, ordinal, status, adjustment_kind, dossier_id, lower(valid), upper(valid)
  FROM plan_version
 WHERE dossier_id = %(dossier_id)s AND status = 'staged'
 ORDER BY lower(valid), ordinal

-- name: line
-- about: the line of a plan's versions of these statuses; a local adjustment that was published names its basis
SELECT lower(valid), ordinal, id, upper(valid),
       CASE WHEN adjustment_kind = 'local' THEN supersedes END
  FROM plan_version
 WHERE plan_id = %(plan_id)s AND status = ANY(%(statuses)s)

-- name: called
-- about: what people know a version by
SELECT plan_id || '/' || ordinal || coalesce(' (' || nullif(decision_no, '') || ')', '')
  FROM plan_version WHERE id = %(version_id)s

-- name: mark_published
-- about: a staged version becomes part of the line
UPDATE plan_version
   SET status = 'published', recorded = tstzrange(%(now)s, NULL)
 WHERE id = %(version_id)s

-- name: mark_withdrawn
-- about: a version leaves the line; one that was never known for an instant has no record time
UPDATE plan_version
   SET status = 'withdrawn',
       recorded = CASE WHEN lower(recorded) < %(now)s
                       THEN tstzrange(lower(recorded), %(now)s) END
 WHERE id = %(version_id)s

-- name: open_periods
-- about: what the register now says about a plan's days
SELECT id, plan_version_id, valid, lower(recorded)
  FROM version_period
 WHERE plan_id = %(plan_id)s AND upper_inf(recorded)

-- name: close_period
-- about: what the register said until now
UPDATE version_period SET recorded = tstzrange(lower(recorded), %(now)s) WHERE id = %(period_id)s

-- name: drop_period
-- about: a period opened at this very instant was never known to anyone
DELETE FROM version_period WHERE id = %(period_id)s

-- name: open_period
-- about: what the register says from now on
INSERT INTO version_period (plan_id, plan_version_id, valid, recorded)
VALUES (%(plan_id)s, %(version_id)s, %(valid)s, tstzrange(%(now)s, NULL))

-- name: settle_succession
-- about: predecessor and status of every published version, from their order; what a local adjustment was built on stays
UPDATE plan_version v
   SET supersedes = CASE WHEN v.adjustment_kind = 'local' AND v.supersedes IS NOT NULL
                         THEN v.supersedes ELSE line.predecessor END,
       status = CASE WHEN line.is_last THEN 'published' ELSE 'superseded' END
  FROM (SELECT id,
               lag(id) OVER succession AS predecessor,
               lead(id) OVER succession IS NULL AS is_last
          FROM plan_version
         WHERE plan_id = %(plan_id)s AND status IN ('published', 'superseded')
        WINDOW succession AS (ORDER BY lower(valid), ordinal)) line
 WHERE v.id = line.id

-- name: settle_dossier
-- about: a dossier is published while one of its versions is, withdrawn when all are
UPDATE dossier d
   SET state = s.state,
       published_at = CASE WHEN s.state = 'published'
                           THEN coalesce(d.published_at, %(now)s) ELSE d.published_at END
  FROM (SELECT CASE WHEN bool_or(status IN ('published', 'superseded')) THEN 'published'
                    WHEN bool_or(status = 'staged') THEN 'staged'
                    ELSE 'withdrawn' END AS state
          FROM plan_version WHERE dossier_id = %(dossier_id)s) s
 WHERE d.id = %(dossier_id)s

-- name: periods_for_log
-- about: a plan's days in force as the register now knows them
SELECT v.ordinal, lower(p.valid)::text, upper(p.valid)::text
  FROM version_period p
  JOIN plan_version v ON v.id = p.plan_version_id
 WHERE p.plan_id = %(plan_id)s AND upper_inf(p.recorded)
 ORDER BY lower(p.valid)
