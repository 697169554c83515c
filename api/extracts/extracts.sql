-- name: parcel_shape
-- about: $1 parcel id: its geometry as WKB in the storage CRS
SELECT ST_AsBinary(geom) AS wkb FROM parcel WHERE id = $1::bigint

-- name: around
-- about: $1 known_at, $2 valid_at, $3 parcel id, $4-$7 west, south, east, north: zones, lines and neighbours in a window, as WKB in the storage CRS, with the register's revision
WITH box AS (
    SELECT ST_MakeEnvelope($4::float8, $5::float8, $6::float8, $7::float8, storage_srid) AS geom, revision
      FROM register_state
), force AS (
    SELECT plan_version_id AS id FROM version_period
     WHERE recorded @> $1::timestamptz AND valid @> $2::date
), neighbour AS (
    SELECT p.number, p.geom FROM box b JOIN parcel p ON p.geom && b.geom
     WHERE p.id <> $3::bigint AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
     ORDER BY p.geom <-> ST_Centroid(b.geom) LIMIT 400
)
SELECT 'revision' AS layer, NULL AS kind, revision::text AS label, NULL AS name, NULL::text[] AS names, NULL AS plan_level, NULL AS plan, NULL::bytea AS wkb FROM box
UNION ALL
SELECT 'zone', z.level, z.symbol, coalesce(z.function_3, z.function_2, z.function_1),
       ARRAY[z.function_3, z.function_2, z.function_1, z.land_use_code], g.level, g.name,
       ST_AsBinary(ST_CollectionExtract(ST_Intersection(z.geom, b.geom), 3))
  FROM box b JOIN zone z ON z.geom && b.geom AND ST_Intersects(z.geom, b.geom)
  JOIN force ON force.id = z.plan_version_id
  JOIN plan_version v ON v.id = z.plan_version_id JOIN plan g ON g.id = v.plan_id
 WHERE z.level = 'lot'
UNION ALL
SELECT 'line', l.kind, NULL, l.name, NULL, NULL, NULL, ST_AsBinary(ST_CollectionExtract(ST_Intersection(l.geom, b.geom), 2))
  FROM box b JOIN plan_line l ON l.geom && b.geom AND ST_Intersects(l.geom, b.geom)
  JOIN force ON force.id = l.plan_version_id
UNION ALL
SELECT 'neighbour', NULL, number, NULL, NULL, NULL, NULL, ST_AsBinary(ST_CollectionExtract(ST_Intersection(geom, (SELECT b.geom FROM box b)), 3)) FROM neighbour

-- name: issue
-- about: $1-$15: registers a paper; nothing comes back where the same one is registered already
INSERT INTO extract (id, issue_key, parcel_id, issued_at, revision, valid_at, known_at, lang, sha256, size_bytes,
                     answer, answer_sha256, facts, signature, signer, test_signer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, $14, $15, $16)
ON CONFLICT (issue_key) DO NOTHING RETURNING id

-- name: issued
-- about: $1 issue key: the paper registered for it
SELECT id FROM extract WHERE issue_key = $1::text

-- name: paper
-- about: $1 extract id: everything registered about a paper
SELECT id, parcel_id, issued_at, revision, valid_at, known_at, lang, sha256, size_bytes, answer::text AS answer,
       answer_sha256, facts, signature, signer, test_signer
  FROM extract WHERE id = $1::text

-- name: by_file
-- about: $1 sha256 of a file: the paper whose file it is
SELECT id FROM extract WHERE sha256 = $1::text
