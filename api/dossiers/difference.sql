-- name: compared
-- about: $1 dossier: its versions that are not withdrawn, each with the version it is compared with: what is in force on its first day, or what it took over from
SELECT v.id, v.plan_id, v.ordinal, v.status, v.adjustment_kind, lower(v.valid) AS valid_from,
       g.name AS plan_name,
       v.status = 'staged' AND v.adjustment_kind = 'local' AS is_partial,
       basis.id AS basis_id, basis.ordinal AS basis_ordinal,
       basis.decision_no AS basis_decision, basis.decision_date AS basis_date
  FROM plan_version v
  JOIN plan g ON g.id = v.plan_id
  LEFT JOIN LATERAL (
       SELECT p.plan_version_id AS id
         FROM version_period p
        WHERE v.status = 'staged' AND p.plan_id = v.plan_id
          AND upper_inf(p.recorded) AND p.valid @> lower(v.valid)
       ) in_force ON true
  LEFT JOIN LATERAL (  -- a plan and its adjustment in one dossier
       SELECT o.id FROM plan_version o
        WHERE v.status = 'staged' AND o.plan_id = v.plan_id AND o.dossier_id = v.dossier_id
          AND o.status = 'staged' AND (lower(o.valid), o.ordinal) < (lower(v.valid), v.ordinal)
        ORDER BY lower(o.valid) DESC, o.ordinal DESC LIMIT 1
       ) earlier ON true
  LEFT JOIN plan_version basis ON basis.id = CASE
       WHEN v.status = 'staged' THEN coalesce(earlier.id, in_force.id) ELSE v.supersedes END
 WHERE v.dossier_id = $1 AND v.status <> 'withdrawn'
 ORDER BY v.plan_id, lower(v.valid), v.ordinal

-- name: make
-- about: for one transaction: both drawings of a version side by side, and which zones are the same; rows are only ever added
CREATE TEMPORARY TABLE compared_zone (
    side text, id bigint, level text, area_m2 double precision, says jsonb, drawn uuid,
    is_cut boolean NOT NULL DEFAULT false, geom geometry
) ON COMMIT DROP;
CREATE TEMPORARY TABLE compared_pair (
    new_id bigint, old_id bigint, moved_m2 double precision
) ON COMMIT DROP

-- name: fill
-- about: $1 side, $2 version, $3 the adjustment that draws only inside its boundary (NULL: none): the zones of one drawing
INSERT INTO compared_zone (side, id, level, area_m2, geom, drawn, says, is_cut)
SELECT $1, z.id, z.level, z.area_m2, z.geom, md5(ST_AsBinary(ST_Normalize(z.geom)))::uuid,
       jsonb_strip_nulls(jsonb_build_object(
           'symbol', z.symbol, 'function_1', z.function_1, 'function_2', z.function_2,
           'function_3', z.function_3, 'land_use_code', z.land_use_code,
           'density', z.density_text, 'storeys', z.storeys_text, 'far', z.far_text,
           'density_range', nullif(jsonb_build_array(z.density_min, z.density_max), '[null, null]'),
           'storeys_range', nullif(jsonb_build_array(z.storeys_min, z.storeys_max), '[null, null]'),
           'far_range', nullif(jsonb_build_array(z.far_min, z.far_max), '[null, null]'),
           'setback_m', z.setback_m)),
       v.id IS NOT NULL AND EXISTS (SELECT FROM zone own WHERE own.plan_version_id = v.id AND own.level = z.level)
           AND z.geom && v.boundary AND ST_Relate(z.geom, v.boundary, 'T********')
  FROM zone z LEFT JOIN plan_version v ON v.id = $3
 WHERE z.plan_version_id = $2

-- name: leave
-- about: $1 adjustment: what it leaves of zones that reach across its boundary stands in the new drawing; untouched zones as they are
INSERT INTO compared_zone (side, id, level, area_m2, says, drawn, geom)
SELECT 'new', -o.id, o.level, ST_Area(rest.geom), o.says, o.drawn, rest.geom
  FROM compared_zone o
  JOIN plan_version v ON v.id = $1,
       LATERAL (SELECT o.geom WHERE NOT o.is_cut
                UNION ALL
                SELECT ST_Multi(ST_Collect(piece.geom))
                  FROM ST_Dump(ST_CollectionExtract(
                           ST_MakeValid(ST_Difference(o.geom, v.boundary)), 3)) piece
                 WHERE o.is_cut AND ST_Area(piece.geom) >= 0.001
                   AND 2 * ST_Area(piece.geom) >= 0.001 * ST_Perimeter(piece.geom)
                HAVING count(*) > 0) rest
 WHERE o.side = 'old'

-- name: pair_left
-- about: what an adjustment leaves of a zone is that zone
INSERT INTO compared_pair (new_id, old_id, moved_m2)
SELECT n.id, o.id, o.area_m2 - n.area_m2
  FROM compared_zone n JOIN compared_zone o ON o.side = 'old' AND o.id = -n.id
 WHERE n.side = 'new' AND n.id < 0

-- name: pair_alike
-- about: drawn alike, vertex by vertex; of several zones on one shape each meets one other
WITH free AS MATERIALIZED (
    SELECT side, id, level, drawn,
           row_number() OVER (PARTITION BY drawn, side, level ORDER BY says, id) AS turn
      FROM compared_zone z
      LEFT JOIN compared_pair n ON z.side = 'new' AND n.new_id = z.id
      LEFT JOIN compared_pair o ON z.side = 'old' AND o.old_id = z.id
     WHERE n.new_id IS NULL AND o.old_id IS NULL
)
INSERT INTO compared_pair (new_id, old_id, moved_m2)
SELECT n.id, o.id, 0
  FROM free n JOIN free o ON (o.drawn, o.level, o.turn) = (n.drawn, n.level, n.turn)
 WHERE n.side = 'new' AND o.side = 'old'

-- name: set_apart
-- about: the few zones that have no mate yet, the old ones to be searched by place
ANALYZE compared_pair;
CREATE TEMPORARY TABLE compared_rest ON COMMIT DROP AS
SELECT z.side, z.id, z.level, z.area_m2, z.geom
  FROM compared_zone z
  LEFT JOIN compared_pair n ON z.side = 'new' AND n.new_id = z.id
  LEFT JOIN compared_pair o ON z.side = 'old' AND o.old_id = z.id
 WHERE n.new_id IS NULL AND o.old_id IS NULL;
CREATE INDEX ON compared_rest USING gist (geom) WHERE side = 'old';
ANALYZE compared_rest

-- name: pair_overlapping
-- about: the rest meet where they share at least half of the larger one
WITH likely AS MATERIALIZED (
    SELECT n.id AS new_id, o.id AS old_id, n.area_m2 AS new_area, o.area_m2 AS old_area,
           ST_Area(ST_Intersection(n.geom, o.geom)) AS shared
      FROM compared_rest n
      JOIN compared_rest o ON o.side = 'old' AND o.level = n.level AND o.geom && n.geom
     WHERE n.side = 'new'
       AND 2 * least(n.area_m2, o.area_m2) >= greatest(n.area_m2, o.area_m2)
), of_old AS (
    SELECT DISTINCT ON (old_id) * FROM likely
     WHERE 2 * shared >= greatest(new_area, old_area)
     ORDER BY old_id, shared DESC, new_id
), best AS (
    SELECT DISTINCT ON (new_id) * FROM of_old ORDER BY new_id, shared DESC, old_id
)
INSERT INTO compared_pair (new_id, old_id, moved_m2)
SELECT new_id, old_id, old_area + new_area - 2 * shared FROM best

-- name: analyse
-- about: so that the next step is planned for what is really there
ANALYZE compared_zone

-- name: difference
-- about: $1 how many changes to list: counts by level and kind of change, and the largest changes
WITH changes AS MATERIALIZED (
    SELECT CASE WHEN o.says = n.says AND p.moved_m2 < 0.5 THEN 'unchanged'
                ELSE 'changed' END AS change,
           n.level, n.id AS new_id, o.id AS old_id, o.area_m2 AS before_m2, n.area_m2 AS after_m2,
           p.moved_m2
      FROM compared_pair p
      JOIN compared_zone n ON n.side = 'new' AND n.id = p.new_id
      JOIN compared_zone o ON o.side = 'old' AND o.id = p.old_id
    UNION ALL
    SELECT 'added', n.level, n.id, NULL, NULL, n.area_m2, n.area_m2
      FROM compared_zone n LEFT JOIN compared_pair p ON p.new_id = n.id
     WHERE n.side = 'new' AND p.new_id IS NULL
    UNION ALL
    SELECT 'removed', o.level, NULL, o.id, o.area_m2, NULL, o.area_m2
      FROM compared_zone o LEFT JOIN compared_pair p ON p.old_id = o.id
     WHERE o.side = 'old' AND p.old_id IS NULL
), largest AS (
    SELECT * FROM changes WHERE change <> 'unchanged'
     ORDER BY moved_m2 DESC, greatest(before_m2, after_m2) DESC LIMIT $1
)
SELECT (SELECT coalesce(jsonb_agg(c), '[]')
          FROM (SELECT level, change, count(*) AS zones,
                       sum(coalesce(after_m2, before_m2)) AS area_m2, sum(moved_m2) AS moved_m2
                  FROM changes GROUP BY level, change ORDER BY level, change) c)::text AS counts,
       (SELECT coalesce(jsonb_agg(c ORDER BY c.moved_m2 DESC,
                                             greatest(c.before_m2, c.after_m2) DESC), '[]')
          FROM (SELECT l.change, l.level, o.says AS before, n.says AS after, l.before_m2,
                       l.after_m2, l.moved_m2,
                       ST_AsGeoJSON(ST_Transform(coalesce(n.geom, o.geom), 4326), 7)::jsonb AS geometry
                  FROM largest l
                  LEFT JOIN compared_zone n ON n.side = 'new' AND n.id = l.new_id
                  LEFT JOIN compared_zone o ON o.side = 'old' AND o.id = l.old_id) c)::text AS items
