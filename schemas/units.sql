-- name: units_asked
-- about: units that ever bore a code or name key, each with the units of the day that it is or became
WITH RECURSIVE asked AS (
    SELECT unit.id, unit.valid
      FROM admin_unit unit
     WHERE (unit.code = ANY($2::text[]) OR unit.name_key = ANY($3::text[]))
       AND ($4::text IS NULL OR unit.level = $4::text)
), onward (asked_id, unit_id, valid, share, is_main) AS (
    SELECT asked.id, asked.id, asked.valid, 'whole', true FROM asked
     UNION
    SELECT onward.asked_id, heir.id, heir.valid,
           CASE onward.share WHEN 'whole' THEN succession.share ELSE 'part' END,
           onward.is_main AND succession.is_main
      FROM onward
      JOIN admin_succession succession ON succession.old_unit_id = onward.unit_id
      JOIN admin_unit heir ON heir.id = succession.new_unit_id
     WHERE upper(onward.valid) <= $1::date
), arrived AS (
    SELECT asked_id, unit_id, bool_or(is_main) AS is_main,
           CASE WHEN bool_or(share = 'whole') THEN 'whole' ELSE 'part' END AS share
      FROM onward
     WHERE valid @> $1::date
     GROUP BY asked_id, unit_id
), back (unit_id, kin_id, share, is_main) AS (
    SELECT arrived.unit_id, succession.old_unit_id, succession.share, succession.is_main
      FROM arrived
      JOIN admin_succession succession ON succession.new_unit_id = arrived.unit_id
     UNION
    SELECT back.unit_id, succession.old_unit_id,
           CASE back.share WHEN 'whole' THEN succession.share ELSE 'part' END,
           back.is_main AND succession.is_main
      FROM back
      JOIN admin_succession succession ON succession.new_unit_id = back.kin_id
), kin AS (
    SELECT unit_id, kin_id, 'predecessors' AS side, bool_or(is_main) AS is_main,
           CASE WHEN bool_or(share = 'whole') THEN 'whole' ELSE 'part' END AS share
      FROM back
     GROUP BY unit_id, kin_id
     UNION
    SELECT arrived.unit_id, succession.new_unit_id, 'successors',
           succession.is_main, succession.share
      FROM arrived
      JOIN admin_succession succession ON succession.old_unit_id = arrived.unit_id
), concerned AS (
    SELECT id FROM asked UNION SELECT unit_id FROM arrived UNION SELECT kin_id FROM kin
), placed AS (
    SELECT unit.id, unit.code, jsonb_build_object(
               'id', unit.id, 'code', unit.code, 'level', unit.level, 'kind', unit.kind,
               'name', unit.name, 'full_name', unit.full_name, 'name_en', unit.name_en,
               'key', unit.name_key,
               'valid_from', lower(unit.valid), 'valid_to', upper(unit.valid),
               'district', CASE parent.level WHEN 'district' THEN parent.full_name END,
               'province_code',
               CASE parent.level WHEN 'province' THEN parent.code ELSE grandparent.code END,
               'province',
               CASE parent.level WHEN 'province' THEN parent.name ELSE grandparent.name END,
               'has_boundary', unit.geom IS NOT NULL, 'invented', unit.invented) AS unit
      FROM concerned
      JOIN admin_unit unit ON unit.id = concerned.id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN unit.valid @> $1::date THEN $1::date
                       WHEN upper(unit.valid) <= $1::date THEN upper(unit.valid) - 1
                       ELSE lower(unit.valid) END AS day) moment
      LEFT JOIN admin_unit parent
        ON parent.level IN ('district', 'province') AND parent.code = unit.parent_code
       AND parent.valid @> moment.day
      LEFT JOIN admin_unit grandparent
        ON grandparent.level = 'province' AND grandparent.code = parent.parent_code
       AND grandparent.valid @> moment.day
), family AS (
    SELECT kin.unit_id, kin.side,
           jsonb_agg(placed.unit || jsonb_build_object('share', kin.share, 'main', kin.is_main)
                     ORDER BY placed.code, placed.id) AS members
      FROM kin
      JOIN placed ON placed.id = kin.kin_id
     GROUP BY kin.unit_id, kin.side
)
SELECT jsonb_build_object(
           'asked', former.unit, 'unit', present.unit,
           'share', arrived.share, 'main', arrived.is_main,
           'predecessors', coalesce(before.members, '[]'),
           'successors', coalesce(after.members, '[]'))::text AS found
  FROM asked
  JOIN placed former ON former.id = asked.id
  LEFT JOIN arrived ON arrived.asked_id = asked.id
  LEFT JOIN placed present ON present.id = arrived.unit_id
  LEFT JOIN family before ON before.unit_id = arrived.unit_id AND before.side = 'predecessors'
  LEFT JOIN family after ON after.unit_id = arrived.unit_id AND after.side = 'successors'
 ORDER BY present.code, former.code, former.id
