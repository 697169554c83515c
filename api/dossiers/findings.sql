-- name: groups
-- about: $1 run: the findings by code and level, gravest first, how many of each
SELECT code, level, sum(count)::bigint AS count, count(*) AS rows
  FROM issue WHERE run_id = $1
 GROUP BY code, level
 ORDER BY array_position(ARRAY['FATAL', 'ERROR', 'WARNING', 'INFO'], level), sum(count) DESC, code

-- name: rows
-- about: $1 run, $2 level, $3 code (NULL: all), $4 after this id, $5 how many, $6 only with a place
SELECT id, code, level, file, layer, row_no, column_name, value, count, detail::text AS detail,
       ST_AsGeoJSON(ST_Transform(geom, 4326), 7) AS geometry
  FROM issue
 WHERE run_id = $1
   AND ($2::text IS NULL OR level = $2)
   AND ($3::text IS NULL OR code = $3)
   AND id > $4
   AND (NOT $6 OR geom IS NOT NULL)
 ORDER BY id
 LIMIT $5

-- name: first
-- about: $1 run, $2 how many of each code: the first findings of every code and level
SELECT id, code, level, file, layer, row_no, column_name, value, count, detail::text AS detail,
       ST_AsGeoJSON(ST_Transform(geom, 4326), 7) AS geometry
  FROM (SELECT *, row_number() OVER (PARTITION BY code, level
                                     ORDER BY count DESC, geom IS NULL, id) AS turn
          FROM issue WHERE run_id = $1) i
 WHERE turn <= $2
 ORDER BY code, level, turn
