-- name: plan
-- about: the plan of a version; what a published plan is called changes no more by a staged dossier
WITH office AS (
    INSERT INTO authority (name)
    SELECT %(authority)s WHERE %(authority)s::text IS NOT NULL
    ON CONFLICT (name) DO UPDATE SET name = excluded.name
    RETURNING id)
INSERT INTO plan AS known (id, code, name, name_key, kind, level, authority_id)
VALUES (%(id)s, %(code)s, %(name)s, %(name_key)s, %(kind)s, %(level)s, (SELECT id FROM office))
ON CONFLICT (id) DO UPDATE
   SET code = excluded.code, name = excluded.name, name_key = excluded.name_key,
       kind = excluded.kind, level = excluded.level, authority_id = excluded.authority_id
 WHERE NOT EXISTS (SELECT FROM version_period p WHERE p.plan_id = known.id)

-- name: version
-- about: a staged version under the next free ordinal of its plan
INSERT INTO plan_version (plan_id, dossier_id, ordinal, adjustment_kind, decision_no, decision_date,
                          national_status, status, valid, scale, tolerance_m, representation,
                          invented, attributes, boundary)
SELECT %(plan_id)s, %(dossier_id)s, coalesce(max(ordinal), 0) + 1, %(adjustment_kind)s,
       %(decision_no)s, %(decision_date)s, %(national_status)s, 'staged', %(valid)s, %(scale)s,
       %(tolerance_m)s, %(representation)s, %(invented)s, %(attributes)s,
       ST_Multi(ST_SetSRID(ST_GeomFromWKB(%(boundary)s::bytea), %(srid)s::integer))
  FROM plan_version WHERE plan_id = %(plan_id)s
RETURNING id

-- name: coverage
-- about: a version speaks about a theme wherever its boundary reaches
INSERT INTO coverage (plan_version_id, theme, geom)
SELECT v.id, %(theme)s, piece.geom
  FROM plan_version v, ST_Subdivide(v.boundary, 128) part, ST_Dump(part) piece
 WHERE v.id = %(version_id)s

-- name: document
-- about: a paper of the plan
INSERT INTO document (plan_version_id, role, title, number, date, pages, dossier_file_id)
VALUES (%(version_id)s, %(role)s, %(title)s, %(number)s, %(date)s, %(pages)s, %(file_id)s)

-- name: live_versions
-- about: the versions of a dossier that were not withdrawn
SELECT plan_id, ordinal FROM plan_version
 WHERE dossier_id = %(dossier_id)s AND status <> 'withdrawn'
 ORDER BY plan_id, ordinal
