-- name: stage
-- about: where units, successions and boundaries wait to be compared with the register
CREATE TEMP TABLE staged_unit (
    level text, code text, valid daterange, kind text, name text, full_name text, name_en text,
    name_key text, parent_code text, parent_name text, source text, invented boolean, geom geometry
) ON COMMIT DROP;
CREATE TEMP TABLE staged_succession (
    old_level text, old_code text, old_start date, new_level text, new_code text, new_start date,
    share text, is_main boolean, resolution text
) ON COMMIT DROP;
CREATE TEMP TABLE staged_boundary (
    unit_id bigint, name_en text, source text, geom geometry
) ON COMMIT DROP

-- name: update_units
-- about: units whose row says something else now; a boundary or English name is never taken away
UPDATE admin_unit unit
   SET kind = staged.kind, name = staged.name, full_name = staged.full_name,
       name_en = coalesce(staged.name_en, unit.name_en), name_key = staged.name_key,
       parent_code = staged.parent_code, parent_name = staged.parent_name,
       source = staged.source || substr(unit.source, strpos(unit.source || ' + ', ' + ')),
       invented = staged.invented, geom = coalesce(staged.geom, unit.geom)
  FROM staged_unit staged
 WHERE unit.level = staged.level AND unit.code = staged.code AND unit.valid = staged.valid
   AND (unit.kind, unit.name, unit.full_name, unit.name_en, unit.name_key, unit.parent_code,
        unit.parent_name, split_part(unit.source, ' + ', 1), unit.invented)
       IS DISTINCT FROM
       (staged.kind, staged.name, staged.full_name, coalesce(staged.name_en, unit.name_en),
        staged.name_key, staged.parent_code, staged.parent_name, staged.source, staged.invented)
    OR unit.level = staged.level AND unit.code = staged.code AND unit.valid = staged.valid
   AND staged.geom IS DISTINCT FROM unit.geom AND staged.geom IS NOT NULL

-- name: insert_units
-- about: units the register does not have
INSERT INTO admin_unit (level, code, valid, kind, name, full_name, name_en, name_key, parent_code,
                        parent_name, source, invented, geom)
SELECT staged.level, staged.code, staged.valid, staged.kind, staged.name, staged.full_name,
       staged.name_en, staged.name_key, staged.parent_code, staged.parent_name, staged.source,
       staged.invented, staged.geom
  FROM staged_unit staged
  LEFT JOIN admin_unit unit
    ON unit.level = staged.level AND unit.code = staged.code AND unit.valid = staged.valid
 WHERE unit.id IS NULL
 ORDER BY staged.level, staged.code, staged.valid

-- name: save_successions
-- about: successions the register does not have, or has otherwise
INSERT INTO admin_succession AS known (old_unit_id, new_unit_id, share, is_main, resolution)
SELECT old_unit.id, new_unit.id, staged.share, staged.is_main, staged.resolution
  FROM staged_succession staged
  JOIN admin_unit old_unit
    ON old_unit.level = staged.old_level AND old_unit.code = staged.old_code
   AND lower(old_unit.valid) IS NOT DISTINCT FROM staged.old_start
  JOIN admin_unit new_unit
    ON new_unit.level = staged.new_level AND new_unit.code = staged.new_code
   AND lower(new_unit.valid) IS NOT DISTINCT FROM staged.new_start
 ORDER BY old_unit.id, new_unit.id
ON CONFLICT (old_unit_id, new_unit_id) DO UPDATE
   SET share = excluded.share, is_main = excluded.is_main, resolution = excluded.resolution
 WHERE (known.share, known.is_main, known.resolution)
       IS DISTINCT FROM (excluded.share, excluded.is_main, excluded.resolution)

-- name: units_in_force
-- about: the units of one day, for matching boundaries
SELECT id, level, code, full_name, parent_code FROM admin_unit WHERE valid @> %s::date

-- name: bounded_communes
-- about: the communes of one day that have a boundary, for the copy that checks without a database use
SELECT code, full_name, parent_code, ST_AsBinary(geom)
  FROM admin_unit
 WHERE level = 'commune' AND valid @> %s::date AND geom IS NOT NULL
 ORDER BY code

-- name: update_boundaries
-- about: boundaries and English names that differ from the register's
UPDATE admin_unit unit
   SET geom = staged.geom, name_en = coalesce(staged.name_en, unit.name_en),
       source = split_part(unit.source, ' + ', 1) || ' + ' || staged.source
  FROM staged_boundary staged
 WHERE unit.id = staged.unit_id
   AND (unit.geom IS DISTINCT FROM staged.geom
        OR coalesce(staged.name_en, unit.name_en) IS DISTINCT FROM unit.name_en)
