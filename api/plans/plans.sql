-- name: plans
-- about: $1 known_at, $2 valid_at: every plan with the version in force that day, if any
SELECT jsonb_build_object(
           'id', g.id, 'code', g.code, 'name', g.name, 'kind', g.kind, 'level', g.level, 'authority', b.name,
           'versions', (SELECT count(*) FROM plan_version v WHERE v.plan_id = g.id AND lower(v.recorded) <= $1::timestamptz),
           'in_force', (SELECT jsonb_build_object('version', v.ordinal, 'decision', v.decision_no, 'date', v.decision_date,
                               'valid_from', lower(t.valid), 'invented', v.invented, 'representation', v.representation)
                          FROM version_period t JOIN plan_version v ON v.id = t.plan_version_id
                         WHERE t.plan_id = g.id AND t.recorded @> $1::timestamptz AND t.valid @> $2::date)
       )::text AS document
  FROM plan g LEFT JOIN authority b ON b.id = g.authority_id
 WHERE EXISTS (SELECT FROM plan_version v WHERE v.plan_id = g.id AND lower(v.recorded) <= $1::timestamptz)
 ORDER BY g.name, g.id

-- name: plan
-- about: $1 known_at, $2 plan id: one plan with all its versions and the days each was in force
SELECT jsonb_build_object(
           'id', g.id, 'code', g.code, 'name', g.name, 'kind', g.kind, 'level', g.level, 'authority', b.name,
           'versions', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'version', v.ordinal, 'adjustment_kind', v.adjustment_kind, 'decision', v.decision_no,
                   'date', v.decision_date, 'status', v.status, 'national_status', v.national_status,
                   'scale', v.scale, 'tolerance_m', v.tolerance_m, 'representation', v.representation,
                   'invented', v.invented, 'loaded_at', lower(v.recorded), 'withdrawn_at', upper(v.recorded),
                   'in_force', (SELECT coalesce(jsonb_agg(jsonb_build_array(lower(t.valid), upper(t.valid)) ORDER BY t.valid), '[]')
                                  FROM version_period t WHERE t.plan_version_id = v.id AND t.recorded @> $1::timestamptz),
                   'zones', (SELECT count(*) FROM zone z WHERE z.plan_version_id = v.id),
                   'lines', (SELECT count(*) FROM plan_line l WHERE l.plan_version_id = v.id),
                   'features', (SELECT count(*) FROM plan_feature f WHERE f.plan_version_id = v.id),
                   'area_m2', ST_Area(v.boundary),
                   'documents', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'role', d.role, 'title', d.title,
                                        'number', d.number, 'date', d.date, 'pages', d.pages) ORDER BY d.role, d.id), '[]')
                                   FROM document d WHERE d.plan_version_id = v.id)
               ) ORDER BY v.ordinal), '[]')
               FROM plan_version v WHERE v.plan_id = g.id AND lower(v.recorded) <= $1::timestamptz)
       )::text AS document
  FROM plan g LEFT JOIN authority b ON b.id = g.authority_id
 WHERE g.id = $2::text
   AND EXISTS (SELECT FROM plan_version v WHERE v.plan_id = g.id AND lower(v.recorded) <= $1::timestamptz)

-- name: paper
-- about: $1 plan id, $2 version, $3 document id: the delivered file of a published paper
SELECT f.sha256, f.media_type, f.path
  FROM document d
  JOIN plan_version v ON v.id = d.plan_version_id
  JOIN dossier_file f ON f.id = d.dossier_file_id
 WHERE v.plan_id = $1::text AND v.ordinal = $2::int AND d.id = $3::bigint AND v.recorded IS NOT NULL

-- name: zones
-- about: $1 plan id, $2 version: its lots as GeoJSON features (degrees) for a map that opens without a network
SELECT jsonb_build_object(
           'type', 'Feature', 'geometry', ST_AsGeoJSON(ST_Transform(z.geom, 4326), 7)::jsonb,
           'properties', jsonb_build_object('symbol', z.symbol, 'code', z.land_use_code,
               'functions', jsonb_build_array(z.function_3, z.function_2, z.function_1))
       )::text AS feature
  FROM zone z JOIN plan_version v ON v.id = z.plan_version_id
 WHERE v.plan_id = $1::text AND v.ordinal = $2::int AND v.recorded IS NOT NULL AND z.level = 'lot'
 ORDER BY z.id
