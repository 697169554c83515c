-- name: nearest_keys
-- about: $1 known_at, $2 valid_at, $3 commune codes, $4 sheet, $5 number: keys that come nearest to one that does not exist
SELECT jsonb_build_object(
           'id', p.id, 'commune_code', p.commune_code, 'sheet', p.sheet, 'number', p.number,
           'area_m2', ST_Area(p.geom), 'matched_by', 'near', 'address', p.address,
           'invented', (SELECT d.invented FROM dossier_file f JOIN dossier d ON d.id = f.dossier_id WHERE f.id = p.source_file_id),
           'commune', (SELECT jsonb_build_object('name', u.full_name) FROM admin_unit u
                        WHERE u.level = 'commune' AND u.code = p.commune_code AND u.valid @> $2::date LIMIT 1)
       )::text
  FROM (
      (SELECT p.*, 0 AS far FROM parcel p
        WHERE p.commune_code = ANY ($3::text[]) AND p.sheet = $4::text
          AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
        ORDER BY abs(length(p.number) - length($5::text)),
                 CASE WHEN p.number ~ '^\d{1,9}$' AND $5::text ~ '^\d{1,9}$'
                      THEN abs(p.number::int - $5::text::int) END NULLS LAST, p.number
        LIMIT 4)
      UNION ALL
      (SELECT p.*, 1 FROM parcel p
        WHERE p.commune_code = ANY ($3::text[]) AND p.number = $5::text AND p.sheet <> $4::text
          AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
        ORDER BY p.sheet LIMIT 4)
      UNION ALL
      (SELECT p.*, 2 FROM parcel p
        WHERE p.sheet = $4::text AND p.number = $5::text AND NOT p.commune_code = ANY ($3::text[])
          AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
        ORDER BY p.commune_code LIMIT 4)
  ) p
 ORDER BY far LIMIT 8

-- name: by_sheet_number
-- about: $1 known_at, $2 valid_at, $3 sheet, $4 number, $5 commune codes or null: every parcel that bears or bore this sheet and number
SELECT jsonb_build_object(
           'id', p.id, 'commune_code', p.commune_code, 'sheet', p.sheet, 'number', p.number,
           'area_m2', ST_Area(p.geom), 'matched_by', k.matched_by, 'address', p.address,
           'invented', (SELECT d.invented FROM dossier_file f JOIN dossier d ON d.id = f.dossier_id WHERE f.id = p.source_file_id),
           'commune', (SELECT jsonb_build_object('name', u.full_name, 'province', u.parent_name) FROM admin_unit u
                        WHERE u.level = 'commune' AND u.code = p.commune_code AND u.valid @> $2::date LIMIT 1),
           'former', (SELECT jsonb_agg(jsonb_build_object('commune_code', a.commune_code, 'sheet', a.sheet,
                             'number', a.number, 'commune_name', (SELECT u.full_name FROM admin_unit u
                               WHERE u.level = 'commune' AND u.code = a.commune_code ORDER BY lower(u.valid) NULLS FIRST LIMIT 1)))
                        FROM parcel_alias a WHERE a.parcel_id = p.id)
       )::text
  FROM (
      SELECT id, min(matched_by) AS matched_by FROM (
          SELECT p.id, '1 key' AS matched_by FROM parcel p
           WHERE p.sheet = $3::text AND p.number = $4::text
             AND ($5::text[] IS NULL OR p.commune_code = ANY ($5::text[]))
          UNION ALL
          SELECT a.parcel_id, '2 former_key' FROM parcel_alias a
           WHERE a.sheet = $3::text AND a.number = $4::text
             AND ($5::text[] IS NULL OR a.commune_code = ANY ($5::text[]))
      ) both_keys GROUP BY id
  ) k
  JOIN parcel p ON p.id = k.id
 WHERE p.recorded @> $1::timestamptz AND p.valid @> $2::date
 ORDER BY k.matched_by, p.commune_code, p.sheet, p.number
 LIMIT 51

-- name: picture
-- about: $1 known_at, $2 valid_at, $3 parcel id: the parcel, its zones and lines in a window around it, as WKB in the storage CRS
WITH p AS (
    SELECT geom, ST_Expand(ST_Envelope(geom), 8 + 0.4 * greatest(
               ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom))) AS box
      FROM parcel WHERE id = $3::bigint
), force AS (
    SELECT plan_version_id AS id FROM version_period
     WHERE recorded @> $1::timestamptz AND valid @> $2::date
)
SELECT 'parcel' AS layer, NULL AS kind, NULL AS label, NULL AS name, NULL::text[] AS names, NULL AS plan_level, NULL AS plan, ST_AsBinary(geom) AS wkb FROM p
UNION ALL
SELECT 'zone', z.level, z.symbol, coalesce(z.function_3, z.function_2, z.function_1),
       ARRAY[z.function_3, z.function_2, z.function_1, z.land_use_code], g.level, g.name,
       ST_AsBinary(ST_CollectionExtract(ST_Intersection(z.geom, p.box), 3))
  FROM p JOIN zone z ON z.geom && p.box AND ST_Intersects(z.geom, p.box)
  JOIN force ON force.id = z.plan_version_id
  JOIN plan_version v ON v.id = z.plan_version_id JOIN plan g ON g.id = v.plan_id
 WHERE z.level = 'lot'
UNION ALL
SELECT 'line', l.kind, NULL, l.name, NULL, NULL, NULL, ST_AsBinary(ST_CollectionExtract(ST_Intersection(l.geom, p.box), 2))
  FROM p JOIN plan_line l ON l.geom && p.box AND ST_Intersects(l.geom, p.box)
  JOIN force ON force.id = l.plan_version_id
