-- name: log
-- about: $1 the last entry known, $2 how many: the entries after it, in their order
SELECT c.seq, c.revision, c.at, c.kind, c.detail::text AS detail,
       v.ordinal AS version, v.decision_no AS decision, v.decision_date AS date,
       v.adjustment_kind, v.invented, g.id AS plan_id, g.name AS plan_name, g.level AS plan_level,
       b.name AS authority,
       CASE WHEN c.extent IS NOT NULL
            THEN ARRAY[ST_XMin(box.geom), ST_YMin(box.geom), ST_XMax(box.geom), ST_YMax(box.geom)] END AS extent
  FROM change c
  LEFT JOIN plan_version v ON v.id = c.plan_version_id
  LEFT JOIN plan g ON g.id = v.plan_id
  LEFT JOIN authority b ON b.id = g.authority_id
  LEFT JOIN LATERAL ST_Transform(c.extent, 4326) box(geom) ON true
 WHERE c.seq > $1::bigint
 ORDER BY c.seq
 LIMIT $2::int

-- name: before_moment
-- about: $1 moment: the last entry before everything made later, however clocks ran
SELECT coalesce((SELECT min(seq) - 1 FROM change WHERE at > $1::timestamptz),
                (SELECT max(seq) FROM change), 0)

-- name: last_entry
-- about: the newest entry's number
SELECT coalesce(max(seq), 0) FROM change

-- name: oldest_moment
-- about: when the register changed for the first time
SELECT min(at) FROM change

-- name: entries
-- about: $1 WKB polygon in the storage CRS, $2 how many: the newest changes whose ground lies in it, with m² and what stood and stands there; touching is no hit
WITH place AS MATERIALIZED (
    SELECT geom, ST_Buffer(geom, -0.01) AS inside
      FROM (SELECT ST_SetSRID(ST_GeomFromWKB($1::bytea), (SELECT storage_srid FROM register_state)) AS geom) p
),
near AS MATERIALIZED (
    SELECT c.seq FROM place p JOIN change c ON c.extent && p.geom
),
piece AS MATERIALIZED (
    SELECT g.change_seq, g.layer, g.before, g.after, d.dimension,
           CASE WHEN d.dimension = 2 AND ST_Covers(p.geom, g.geom) THEN g.geom
                WHEN d.dimension = 2 THEN ST_CollectionExtract(ST_Intersection(g.geom, p.geom), 3)
                ELSE ST_Intersection(g.geom, p.inside) END AS geom
      FROM place p
      JOIN change_ground g ON g.geom && p.geom AND ST_Intersects(p.geom, g.geom)
      CROSS JOIN LATERAL (SELECT ST_Dimension(g.geom) AS dimension) d
     WHERE g.change_seq IN (SELECT seq FROM near)
),
hit AS MATERIALIZED (
    SELECT change_seq, ST_Area(ST_Union(geom) FILTER (WHERE dimension = 2)) AS area_m2,
           sum(ST_Length(geom)) FILTER (WHERE dimension = 1) AS length_m
      FROM piece
     GROUP BY change_seq
    HAVING coalesce(ST_Area(ST_Union(geom) FILTER (WHERE dimension = 2)), 0) > 0.01
        OR coalesce(sum(ST_Length(geom)) FILTER (WHERE dimension = 1), 0) > 0.1
        OR bool_or(dimension = 0 AND NOT ST_IsEmpty(geom))
     ORDER BY change_seq DESC
     LIMIT $2::int
),
difference AS (
    SELECT p.change_seq, p.layer, p.before, p.after,
           sum(ST_Area(p.geom)) AS area_m2,
           sum(ST_Length(p.geom)) FILTER (WHERE p.dimension = 1) AS length_m
      FROM piece p JOIN hit USING (change_seq)
     WHERE p.layer NOT IN ('whole', 'boundary') AND NOT ST_IsEmpty(p.geom)
     GROUP BY p.change_seq, p.layer, p.before, p.after
    HAVING sum(ST_Area(p.geom)) > 0.01 OR bool_or(p.dimension < 2)
),
ranked AS (
    SELECT d.*, row_number() OVER (PARTITION BY change_seq ORDER BY
               array_position(ARRAY['lot', 'cell', 'area', 'line', 'feature'], layer), area_m2 DESC,
               length_m DESC NULLS LAST, before, after) AS place
      FROM difference d
)
SELECT c.seq, c.at, c.kind, c.detail::text AS detail, v.ordinal AS version,
       v.decision_no AS decision, v.decision_date AS date, v.adjustment_kind, v.invented,
       g.id AS plan_id, g.name AS plan_name, g.level AS plan_level, b.name AS authority,
       hit.area_m2, hit.length_m,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('layer', r.layer, 'before', r.before, 'after', r.after,
                   'area_m2', r.area_m2, 'length_m', r.length_m) ORDER BY r.place), '[]')
          FROM ranked r WHERE r.change_seq = c.seq AND r.place <= 12)::text AS differences
  FROM hit
  JOIN change c ON c.seq = hit.change_seq
  JOIN plan_version v ON v.id = c.plan_version_id
  JOIN plan g ON g.id = v.plan_id
  LEFT JOIN authority b ON b.id = g.authority_id
 ORDER BY c.seq DESC

-- name: parcels
-- about: $1 now, $2 today, $3 commune codes, $4 sheet, $5 number, $6 one of several (NULL: all): the parcels of a key with their ground
SELECT p.id, p.commune_code, p.sheet, p.number, p.address, ST_Area(p.geom) AS area_m2,
       ST_AsBinary(p.geom) AS wkb, f.matched_by,
       (SELECT u.full_name FROM admin_unit u
         WHERE u.level = 'commune' AND u.code = p.commune_code AND u.valid @> $2::date LIMIT 1) AS commune,
       (SELECT d.invented FROM dossier_file x JOIN dossier d ON d.id = x.dossier_id
         WHERE x.id = p.source_file_id) AS invented
  FROM (SELECT id, min(matched_by) AS matched_by FROM (
            SELECT p.id, 'key' AS matched_by FROM parcel p
             WHERE p.commune_code = ANY ($3::text[]) AND p.sheet = $4::text AND p.number = $5::text
            UNION ALL
            SELECT a.parcel_id, 'former_key' FROM parcel_alias a
             WHERE a.commune_code = ANY ($3::text[]) AND a.sheet = $4::text AND a.number = $5::text) k
         GROUP BY id) f
  JOIN parcel p ON p.id = f.id
 WHERE p.recorded @> $1::timestamptz AND p.valid @> $2::date
   AND ($6::bigint IS NULL OR p.id = $6::bigint)
 ORDER BY p.id
 LIMIT 51

-- name: commune
-- about: $1 code, $2 today: the commune with its ground
SELECT u.code, u.full_name, u.parent_name, u.invented, ST_AsBinary(u.geom) AS wkb
  FROM admin_unit u
 WHERE u.level = 'commune' AND u.code = $1::text AND u.valid @> $2::date
