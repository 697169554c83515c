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
-- about: both drawings of a version side by side, for one transaction; `mate`: the same zone in the other
CREATE TEMPORARY TABLE compared_zone (
    side text, id bigint, level text, area_m2 double precision, says jsonb, drawn text,
    is_cut boolean NOT NULL DEFAULT false, mate bigint, moved_m2 double precision, geom geometry
) ON COMMIT DROP

-- name: fill
-- about: $1 side, $2 version, $3 the adjustment that draws only inside its boundary (NULL: none): the zones of one drawing
INSERT INTO compared_zone (side, id, level, area_m2, geom, drawn, says, is_cut)
SELECT $1, z.id, z.level, z.area_m2, z.geom, md5(ST_AsBinary(ST_Normalize(z.geom))),
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
INSERT INTO compared_zone (side, id, level, area_m2, says, drawn, mate, moved_m2, geom)
SELECT 'new', -o.id, o.level, ST_Area(rest.geom), o.says, o.drawn, o.id, o.area_m2 - ST_Area(rest.geom), rest.geom
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

-- name: settle
-- about: zones that already have a mate, seen from the old drawing too
UPDATE compared_zone o SET mate = n.id, moved_m2 = n.moved_m2
  FROM compared_zone n
 WHERE o.side = 'old' AND n.side = 'new' AND n.mate = o.id AND o.mate IS NULL

-- name: pair_alike
-- about: drawn alike, vertex by vertex; of several zones on one shape each meets one other
WITH free AS MATERIALIZED (
    SELECT side, id, level, drawn,
           row_number() OVER (PARTITION BY side, level, drawn ORDER BY says, id) AS turn
      FROM compared_zone WHERE mate IS NULL
)
UPDATE compared_zone z SET mate = o.id, moved_m2 = 0
  FROM free n
  JOIN free o ON o.side = 'old' AND (o.level, o.drawn, o.turn) = (n.level, n.drawn, n.turn)
 WHERE n.side = 'new' AND z.side = 'new' AND z.id = n.id

-- name: index
-- about: zones are found by their side and number
CREATE UNIQUE INDEX ON compared_zone (side, id)

-- name: index_places
-- about: what is left on the old side is searched by place
CREATE INDEX ON compared_zone USING gist (geom) WHERE side = 'old' AND mate IS NULL

-- name: analyse
-- about: so that the next step is planned for what is really there
ANALYZE compared_zone

-- name: pair_overlapping
-- about: the rest meet where they share at least half of the larger one
WITH likely AS MATERIALIZED (
    SELECT n.id AS new_id, o.id AS old_id, n.area_m2 AS new_area, o.area_m2 AS old_area,
           ST_Area(ST_Intersection(n.geom, o.geom)) AS shared
      FROM compared_zone n
      JOIN compared_zone o ON o.side = 'old' AND o.mate IS NULL AND o.level = n.level
                          AND o.geom && n.geom
     WHERE n.side = 'new' AND n.mate IS NULL
       AND 2 * least(n.area_m2, o.area_m2) >= greatest(n.area_m2, o.area_m2)
), of_old AS (
    SELECT DISTINCT ON (old_id) * FROM likely
     WHERE 2 * shared >= greatest(new_area, old_area)
     ORDER BY old_id, shared DESC, new_id
), best AS (
    SELECT DISTINCT ON (new_id) * FROM of_old ORDER BY new_id, shared DESC, old_id
)
UPDATE compared_zone z SET mate = b.old_id, moved_m2 = b.old_area + b.new_area - 2 * b.shared
  FROM best b WHERE z.side = 'new' AND z.id = b.new_id

-- name: difference
-- about: $1 how many changes to list: counts by level and kind of change, and the largest changes
WITH changes AS MATERIALIZED (
    SELECT CASE WHEN o.id IS NULL THEN 'added'
                WHEN o.says = n.says AND n.moved_m2 < 0.5 THEN 'unchanged'
                ELSE 'changed' END AS change,
           n.level, o.says AS before, n.says AS after, o.area_m2 AS before_m2,
           n.area_m2 AS after_m2, coalesce(n.moved_m2, n.area_m2) AS moved_m2, n.geom
      FROM compared_zone n
      LEFT JOIN compared_zone o ON o.side = 'old' AND o.id = n.mate
     WHERE n.side = 'new'
    UNION ALL
    SELECT 'removed', o.level, o.says, NULL, o.area_m2, NULL, o.area_m2, o.geom
      FROM compared_zone o WHERE o.side = 'old' AND o.mate IS NULL
)
SELECT (SELECT coalesce(jsonb_agg(c), '[]')
          FROM (SELECT level, change, count(*) AS zones,
                       sum(coalesce(after_m2, before_m2)) AS area_m2, sum(moved_m2) AS moved_m2
                  FROM changes GROUP BY level, change ORDER BY level, change) c)::text AS counts,
       (SELECT coalesce(jsonb_agg(c), '[]')
          FROM (SELECT change, level, before, after, before_m2, after_m2, moved_m2,
                       ST_AsGeoJSON(ST_Transform(geom, 4326), 7)::jsonb AS geometry
                  FROM changes WHERE change <> 'unchanged'
                 ORDER BY moved_m2 DESC, greatest(before_m2, after_m2) DESC LIMIT $1) c)::text AS items
