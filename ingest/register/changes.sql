-- name: standing
-- about: every version of a plan with its status and the days it is in force, as the register now knows them
SELECT v.id, v.ordinal, v.status, p.valid
  FROM plan_version v
  LEFT JOIN version_period p ON p.plan_version_id = v.id AND upper_inf(p.recorded)
 WHERE v.plan_id = %(plan_id)s
 ORDER BY v.ordinal

-- name: stands_in
-- about: whether a version takes the place of a withdrawn one of its kind: of the same decision or the same first day
SELECT EXISTS (SELECT FROM plan_version gone
                WHERE gone.plan_id = v.plan_id AND gone.status = 'withdrawn'
                  AND gone.adjustment_kind = v.adjustment_kind
                  AND (gone.decision_no = v.decision_no OR lower(gone.valid) = lower(v.valid)))
  FROM plan_version v WHERE v.id = %(version_id)s

-- name: write_change
-- about: the next change in the log; the register's lock is held, so its number is the order of commits
INSERT INTO change (seq, revision, at, kind, plan_version_id, detail, extent)
SELECT coalesce(max(seq), 0) + 1, %(revision)s, %(now)s, %(kind)s, %(version_id)s, %(detail)s,
       ST_SetSRID(ST_GeomFromEWKB(%(extent)s::bytea), (SELECT storage_srid FROM register_state))
  FROM change
RETURNING seq

-- name: write_ground
-- about: what differs between the drawing that stood and the one that stands
INSERT INTO change_ground (change_seq, layer, before, after, geom)
SELECT %(seq)s, layer, before, after, geom FROM changed_ground(%(old)s, %(new)s)

-- name: write_whole
-- about: the ground on which a version begins or ceases to speak
INSERT INTO change_ground (change_seq, layer, geom)
SELECT %(seq)s, 'whole', whole_ground(%(version_id)s)

-- name: write_extent
-- about: the box around the changed ground
UPDATE change c
   SET extent = ST_Expand(ST_SetSRID(g.box::geometry, ST_SRID(g.one)), 0.5)
  FROM (SELECT ST_Extent(geom) AS box, min(geom) AS one
          FROM change_ground WHERE change_seq = %(seq)s) g
 WHERE c.seq = %(seq)s AND g.box IS NOT NULL
