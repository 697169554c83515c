-- name: subject_by_point
-- about: $1 known_at, $2 valid_at, $3 x, $4 y (storage CRS): the parcels there; the point stands in where there is none
here AS (
    SELECT ST_SetSRID(ST_MakePoint($3::float8, $4::float8), (SELECT storage_srid FROM register_state)) AS geom
),
subject AS MATERIALIZED (
    SELECT p.*, 'point' AS matched_by
      FROM here JOIN parcel p ON p.geom && here.geom AND ST_Intersects(p.geom, here.geom)
     WHERE p.recorded @> $1::timestamptz AND p.valid @> $2::date
     LIMIT 50
)

-- name: subject_by_key
-- about: $1 known_at, $2 valid_at, $3 commune codes, $4 sheet, $5 number: today's key or a former one
here AS (
    SELECT NULL::geometry AS geom
),
found AS (
    SELECT id, min(matched_by) AS matched_by FROM (
        SELECT p.id, '1 key' AS matched_by FROM parcel p
         WHERE p.commune_code = ANY ($3::text[]) AND p.sheet = $4::text AND p.number = $5::text
        UNION ALL
        SELECT a.parcel_id, '2 former_key' FROM parcel_alias a
         WHERE a.commune_code = ANY ($3::text[]) AND a.sheet = $4::text AND a.number = $5::text
    ) both_keys GROUP BY id
),
subject AS MATERIALIZED (
    SELECT p.*, substr(f.matched_by, 3) AS matched_by
      FROM found f JOIN parcel p ON p.id = f.id
     WHERE p.recorded @> $1::timestamptz AND p.valid @> $2::date
     LIMIT 50
)

-- name: subject_by_code
-- about: $1 known_at, $2 valid_at, $3 national parcel code
here AS (
    SELECT NULL::geometry AS geom
),
subject AS MATERIALIZED (
    SELECT p.*, 'code' AS matched_by
      FROM parcel p
     WHERE p.national_code = $3::text
       AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
     LIMIT 50
)

-- name: subject_by_id
-- about: $1 known_at, $2 valid_at, $3 parcel id, as chosen from several
here AS (
    SELECT NULL::geometry AS geom
),
subject AS MATERIALIZED (
    SELECT p.*, 'id' AS matched_by
      FROM parcel p
     WHERE p.id = $3::bigint
       AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
)

-- name: subject_by_geometry
-- about: $1 known_at, $2 valid_at, $3 WKB polygon in the storage CRS: any drawn area
here AS (
    SELECT ST_SetSRID(ST_Multi(ST_GeomFromWKB($3::bytea)), (SELECT storage_srid FROM register_state)) AS geom
),
subject AS MATERIALIZED (
    SELECT p.*, 'geometry' AS matched_by FROM parcel p WHERE false
)

-- name: answer
-- about: all facts about the one subject (or the bare point) as one JSON document; nothing but candidates where several parcels match
, spot AS MATERIALIZED (
    SELECT geom, ST_Area(geom) AS area, ST_Dimension(geom) = 2 AS is_area
      FROM (SELECT CASE (SELECT count(*) FROM subject)
                   WHEN 0 THEN (SELECT geom FROM here)
                   WHEN 1 THEN (SELECT geom FROM subject) END AS geom) one
     WHERE geom IS NOT NULL
),
-- zones: exact area from the cut copies
touched AS MATERIALIZED (
    SELECT c.zone_id, c.plan_version_id,
           CASE WHEN NOT s.is_area THEN NULL
                WHEN ST_Covers(c.geom, s.geom) THEN s.geom
                ELSE ST_Intersection(c.geom, s.geom) END AS ground
      FROM spot s
      JOIN zone_cut c ON c.geom && s.geom AND ST_Intersects(c.geom, s.geom)
      JOIN version_period t ON t.plan_version_id = c.plan_version_id
       AND t.recorded @> $1::timestamptz AND t.valid @> $2::date
),
hit AS MATERIALIZED (
    SELECT t.zone_id, t.plan_version_id, sum(ST_Area(t.ground)) AS area_m2,
           ST_Union(ST_CollectionExtract(t.ground, 3)) AS ground
      FROM touched t, spot s
     GROUP BY t.zone_id, t.plan_version_id, s.is_area
    HAVING NOT s.is_area OR sum(ST_Area(t.ground)) > 0.01
),
-- the range: the zone near the subject, shrunk and grown by the tolerance of its plan
reach AS MATERIALIZED (
    SELECT h.zone_id, v.tolerance_m,
           CASE WHEN v.tolerance_m IS NULL OR NOT s.is_area THEN NULL
                WHEN n.deep_inside THEN s.area
                ELSE ST_Area(ST_Intersection(s.geom, ST_Buffer(n.near, -v.tolerance_m, 'quad_segs=4'))) END AS low,
           CASE WHEN v.tolerance_m IS NULL OR NOT s.is_area THEN NULL
                WHEN n.deep_inside THEN s.area
                ELSE ST_Area(ST_Intersection(s.geom, ST_Buffer(n.near, v.tolerance_m, 'quad_segs=4'))) END AS high,
           CASE WHEN NOT s.is_area THEN ST_Distance(ST_Boundary(n.near), s.geom) END AS edge_m
      FROM hit h
      CROSS JOIN spot s
      JOIN plan_version v ON v.id = h.plan_version_id
      CROSS JOIN LATERAL (
          SELECT ST_Union(ST_Intersection(c.geom, w.box)) AS near, bool_or(ST_Covers(c.geom, w.box)) AS deep_inside
            FROM (SELECT ST_Expand(ST_Envelope(s.geom), 2 * v.tolerance_m + 1) AS box) w
            JOIN zone_cut c ON c.zone_id = h.zone_id AND c.geom && w.box
      ) n
),
zone_item AS (
    SELECT jsonb_build_object(
               'zone_id', z.id, 'version_id', z.plan_version_id, 'origin_id', z.origin_version_id,
               'level', z.level, 'symbol', z.symbol,
               'functions', jsonb_build_array(z.function_1, z.function_2, z.function_3),
               'land_use_code', z.land_use_code,
               'density', jsonb_build_array(z.density_min, z.density_max, z.density_text),
               'storeys', jsonb_build_array(z.storeys_min, z.storeys_max, z.storeys_text),
               'far', jsonb_build_array(z.far_min, z.far_max, z.far_text),
               'setback_m', z.setback_m, 'area_m2', h.area_m2, 'low', r.low, 'high', r.high,
               'edge_m', r.edge_m, 'tolerance_m', r.tolerance_m,
               'file_id', z.source_file_id, 'layer', z.source_layer, 'row', z.source_row
           ) AS item
      FROM hit h JOIN zone z ON z.id = h.zone_id JOIN reach r ON r.zone_id = h.zone_id
     ORDER BY array_position(ARRAY['lot', 'cell', 'area'], z.level), h.area_m2 DESC NULLS LAST, z.id
),
-- two plans on the same ground
overlap AS (
    SELECT a.zone_id AS a, b.zone_id AS b, o.area_m2
      FROM hit a
      JOIN hit b ON a.zone_id < b.zone_id
      JOIN plan_version va ON va.id = a.plan_version_id
      JOIN plan_version vb ON vb.id = b.plan_version_id AND vb.plan_id <> va.plan_id
      CROSS JOIN LATERAL (SELECT ST_Area(ST_Intersection(a.ground, b.ground)) AS area_m2) o
     WHERE a.ground IS NULL OR o.area_m2 > 0.01
),
axis AS MATERIALIZED (
    SELECT a.plan_version_id, ST_ClipByBox2D(a.geom, ST_Expand(s.geom, 200)::box2d) AS geom,
           ST_Distance(a.geom, s.geom) AS distance_m
      FROM spot s
      JOIN plan_line a ON a.kind = 'road_axis' AND a.geom && ST_Expand(s.geom, 160)
      JOIN version_period t ON t.plan_version_id = a.plan_version_id
       AND t.recorded @> $1::timestamptz AND t.valid @> $2::date
),
-- Lines near the subject, cut to its surroundings; of a closed corridor also the one around it. A
-- red line beyond a nearer axis may have the subject in its reserve however far it runs; without
-- any axis a reserve is taken to reach 60 m.
near_line AS MATERIALIZED (
    SELECT l.id, l.kind, l.name, l.setback_m, l.width_m, l.plan_version_id, l.origin_version_id,
           l.source_file_id, l.source_layer, l.source_row, v.tolerance_m, c.geom,
           ST_Distance(c.geom, s.geom) AS distance_m,
           CASE WHEN l.kind IN ('road_axis', 'corridor') AND l.width_m > 0
                THEN ST_Buffer(c.geom, l.width_m / 2, 'endcap=flat')
                WHEN c.closed THEN ST_BuildArea(c.geom) END AS ground
      FROM spot s
      JOIN plan_line l ON l.geom && ST_Expand(s.geom, 150)
      CROSS JOIN LATERAL (SELECT l.kind = 'corridor' AND ST_IsClosed(l.geom) AS closed) k
      CROSS JOIN LATERAL (
          SELECT k.closed, CASE WHEN k.closed THEN l.geom
                                ELSE ST_ClipByBox2D(l.geom, ST_Expand(s.geom, 300)::box2d) END AS geom
      ) c
      JOIN plan_version v ON v.id = l.plan_version_id
      JOIN version_period t ON t.plan_version_id = l.plan_version_id
       AND t.recorded @> $1::timestamptz AND t.valid @> $2::date
      LEFT JOIN LATERAL (SELECT min(a.distance_m) AS distance_m FROM axis a
                          WHERE a.plan_version_id = l.plan_version_id) road
        ON l.kind IN ('red_line', 'building_line')
     WHERE ST_DWithin(c.geom, s.geom, greatest(30, coalesce(l.width_m / 2, 0)))
        OR c.closed AND l.geom && s.geom
        OR l.kind IN ('red_line', 'building_line')
           AND CASE WHEN road.distance_m IS NULL THEN ST_DWithin(c.geom, s.geom, 60)
                    ELSE road.distance_m < ST_Distance(c.geom, s.geom)
                         AND ST_DWithin(c.geom, s.geom, 150) END
),
-- The subject is cut by all red (or building) lines of a version and its road axes at once. A part
-- is taken when nothing but its line's own axis is in the way to that axis, on the line's side of
-- it; a part that this line does not cut off, only when it is nearer to the axis than the line is.
-- Each part goes to the nearest line that takes it, so that no ground is counted twice.
blade AS MATERIALIZED (
    SELECT l.plan_version_id, l.kind, ST_Union(l.geom) AS lines
      FROM near_line l WHERE l.kind IN ('red_line', 'building_line')
     GROUP BY l.plan_version_id, l.kind
),
part AS MATERIALIZED (
    SELECT b.plan_version_id, b.kind, b.lines, d.geom, ST_PointOnSurface(d.geom) AS inside,
           row_number() OVER () AS n,
           count(*) OVER (PARTITION BY b.plan_version_id, b.kind) = 1 AS whole
      FROM spot s
      CROSS JOIN blade b
      LEFT JOIN LATERAL (SELECT ST_Union(a.geom) AS geom FROM axis a
                          WHERE a.plan_version_id = b.plan_version_id AND a.geom && s.geom) road ON true
      CROSS JOIN LATERAL ST_Dump(CASE WHEN s.is_area AND (ST_Intersects(s.geom, b.lines) OR ST_Intersects(s.geom, road.geom))
           THEN ST_Split(s.geom, ST_Union(b.lines, coalesce(road.geom, b.lines))) ELSE s.geom END) d
),
side AS MATERIALIZED (
    SELECT l.id, p.n, p.geom, ST_Distance(p.inside, l.geom) AS far_m, axis.geom IS NULL AS unknown,
           NOT ST_Intersects(ST_ShortestLine(p.inside, axis.geom), p.lines)
           AND NOT ST_Intersects(ST_ShortestLine(p.inside, l.geom), axis.geom)
           AND (NOT p.whole AND ST_DWithin(p.geom, l.geom, 0.01)
                OR ST_Distance(p.inside, axis.geom)
                   < ST_Distance(ST_ClosestPoint(axis.geom, p.inside), l.geom)) AS taken
      FROM spot s
      CROSS JOIN part p
      JOIN near_line l ON l.plan_version_id = p.plan_version_id AND l.kind = p.kind
      LEFT JOIN LATERAL (
          SELECT a.geom FROM axis a
           WHERE a.plan_version_id = l.plan_version_id
           ORDER BY ST_Distance(a.geom, ST_ClosestPoint(l.geom, p.inside)) LIMIT 1
      ) axis ON true
),
taken AS (
    SELECT DISTINCT ON (n) id, geom FROM side WHERE taken ORDER BY n, far_m, id
),
strip AS MATERIALIZED (
    SELECT l.id, l.tolerance_m, s.area, s.is_area, s.geom AS subject, l.geom AS line,
           CASE WHEN l.kind IN ('road_axis', 'corridor') THEN ST_Intersection(s.geom, l.ground)
                ELSE (SELECT ST_Union(t.geom) FROM taken t WHERE t.id = l.id) END AS ground,
           (SELECT bool_or(e.unknown) FROM side e WHERE e.id = l.id) AS side_unknown,
           CASE WHEN s.is_area THEN ST_Intersects(l.geom, ST_Buffer(s.geom, -0.01))
                ELSE l.distance_m = 0 END AS crosses
      FROM near_line l CROSS JOIN spot s
),
line_item AS (
    SELECT l.kind, jsonb_build_object(
               'line_id', l.id, 'version_id', l.plan_version_id, 'origin_id', l.origin_version_id,
               'kind', l.kind, 'name', l.name, 'setback_m', l.setback_m, 'width_m', l.width_m,
               'distance_m', l.distance_m, 'crosses', k.crosses,
               'inside', CASE WHEN k.is_area THEN coalesce(ST_Area(k.ground), 0) > 0.01
                                ELSE k.ground IS NOT NULL AND NOT ST_IsEmpty(k.ground) END,
               'area_m2', coalesce(ST_Area(k.ground), 0), 'low', r.low, 'high', r.high,
               'side_unknown', coalesce(k.side_unknown, false),
               'length_m', CASE WHEN k.crosses AND k.is_area THEN ST_Length(ST_Intersection(l.geom, k.subject)) ELSE 0 END,
               'tolerance_m', l.tolerance_m,
               'file_id', l.source_file_id, 'layer', l.source_layer, 'row', l.source_row
           ) AS item,
           row_number() OVER (PARTITION BY l.kind ORDER BY coalesce(ST_Area(k.ground), 0) DESC, l.distance_m, l.id) AS place
      FROM near_line l
      JOIN strip k ON k.id = l.id
      CROSS JOIN LATERAL (
          SELECT CASE WHEN k.tolerance_m IS NULL OR NOT k.is_area THEN NULL
                      ELSE coalesce(ST_Area(ST_Difference(k.ground, edge.geom)), 0) END AS low,
                 CASE WHEN k.tolerance_m IS NULL OR NOT k.is_area THEN NULL
                      ELSE coalesce(ST_Area(ST_Intersection(k.subject, ST_Union(k.ground, edge.geom))),
                                    ST_Area(ST_Intersection(k.subject, edge.geom)), 0) END AS high
            FROM (SELECT CASE WHEN coalesce(ST_Area(k.ground), 0) > 0 OR l.distance_m <= k.tolerance_m
                              THEN ST_Buffer(coalesce(ST_Boundary(l.ground), l.geom), k.tolerance_m, 'quad_segs=4')
                         END AS geom) edge
      ) r
),
feature_item AS (
    SELECT f.theme, jsonb_build_object(
               'feature_id', f.id, 'version_id', f.plan_version_id, 'origin_id', f.origin_version_id,
               'theme', f.theme, 'name', f.name, 'area_m2', m.area_m2, 'length_m', m.length_m,
               'file_id', f.source_file_id, 'layer', f.source_layer, 'row', f.source_row
           ) AS item,
           row_number() OVER (PARTITION BY f.theme ORDER BY m.area_m2 DESC NULLS LAST, f.id) AS place
      FROM spot s
      JOIN plan_feature f ON f.theme IS NOT NULL AND f.geom && s.geom AND ST_Intersects(f.geom, s.geom)
      JOIN version_period t ON t.plan_version_id = f.plan_version_id
       AND t.recorded @> $1::timestamptz AND t.valid @> $2::date
      CROSS JOIN LATERAL (
          SELECT CASE WHEN s.is_area AND ST_Dimension(f.geom) = 2 THEN ST_Area(ST_Intersection(f.geom, s.geom)) END AS area_m2,
                 CASE WHEN s.is_area AND ST_Dimension(f.geom) = 1 THEN ST_Length(ST_Intersection(f.geom, s.geom)) END AS length_m
      ) m
     WHERE coalesce(m.area_m2, m.length_m, 1) > 0.01
),
-- every version that ever spoke about this place, piece by piece, as known then
spoken AS MATERIALIZED (
    SELECT c.theme, c.plan_version_id, t.valid, ST_Covers(c.geom, s.geom) AS whole,
           CASE WHEN s.is_area THEN ST_CollectionExtract(ST_Intersection(c.geom, s.geom), 3) END AS ground
      FROM spot s
      JOIN coverage c ON c.geom && s.geom AND ST_Intersects(c.geom, s.geom)
      JOIN version_period t ON t.plan_version_id = c.plan_version_id
       AND t.recorded @> $1::timestamptz
),
-- how much of the subject any plan in force speaks about, by theme
covered AS (
    SELECT theme, covered_m2 / nullif(s.area, 0) AS share, s.area - covered_m2 <= 0.01 AS whole
      FROM spot s
      CROSS JOIN LATERAL (
          SELECT k.theme, CASE WHEN bool_or(k.whole) OR NOT s.is_area THEN s.area
                               ELSE ST_Area(ST_Union(k.ground)) END AS covered_m2
            FROM spoken k WHERE k.valid @> $2::date GROUP BY k.theme
      ) c
     WHERE NOT s.is_area OR covered_m2 > 0.01
),
change AS (
    SELECT DISTINCT k.plan_version_id AS id, k.valid
      FROM spot s
      JOIN spoken k ON NOT s.is_area OR ST_Area(k.ground) > 0.01
      JOIN plan_version v ON v.id = k.plan_version_id
     WHERE v.adjustment_kind <> 'local'
        OR EXISTS (SELECT FROM zone_cut c JOIN zone z ON z.id = c.zone_id
                    WHERE c.plan_version_id = v.id AND z.origin_version_id = v.id
                      AND c.geom && s.geom AND ST_Intersects(c.geom, s.geom) AND NOT ST_Touches(c.geom, s.geom))
        OR EXISTS (SELECT FROM plan_line l WHERE l.plan_version_id = v.id AND l.origin_version_id = v.id
                      AND l.geom && s.geom AND ST_Intersects(l.geom, s.geom))
        OR EXISTS (SELECT FROM plan_feature f WHERE f.plan_version_id = v.id AND f.origin_version_id = v.id
                      AND f.theme IS NOT NULL AND f.geom && s.geom AND ST_Intersects(f.geom, s.geom))
),
named AS (
    SELECT (item ->> 'version_id')::bigint AS id FROM zone_item
    UNION SELECT (item ->> 'origin_id')::bigint FROM zone_item
    UNION SELECT (item ->> 'version_id')::bigint FROM line_item
    UNION SELECT (item ->> 'origin_id')::bigint FROM line_item
    UNION SELECT (item ->> 'version_id')::bigint FROM feature_item
    UNION SELECT (item ->> 'origin_id')::bigint FROM feature_item
    UNION SELECT plan_version_id FROM spoken WHERE valid @> $2::date
    UNION SELECT id FROM change
),
file_named AS (
    SELECT (item ->> 'file_id')::bigint AS id FROM zone_item
    UNION SELECT (item ->> 'file_id')::bigint FROM line_item
    UNION SELECT (item ->> 'file_id')::bigint FROM feature_item
    UNION SELECT source_file_id FROM subject
)
SELECT jsonb_build_object(
    'revision', (SELECT revision FROM register_state),
    'area_m2', (SELECT nullif(area, 0) FROM spot),
    'parcels', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', p.id, 'commune_code', p.commune_code, 'sheet', p.sheet, 'number', p.number,
                   'national_code', p.national_code, 'land_code', p.land_code, 'address', p.address,
                   'area_legal_m2', p.area_legal_m2, 'area_m2', ST_Area(p.geom), 'matched_by', p.matched_by,
                   'file_id', p.source_file_id, 'layer', p.source_layer, 'row', p.source_row,
                   'invented', (SELECT d.invented FROM dossier_file f JOIN dossier d ON d.id = f.dossier_id
                                 WHERE f.id = p.source_file_id),
                   'commune', (SELECT jsonb_build_object('name', u.full_name, 'province', u.parent_name, 'invented', u.invented)
                                 FROM admin_unit u
                                WHERE u.level = 'commune' AND u.valid @> $2::date
                                  AND u.code IN (SELECT p.commune_code UNION ALL
                                                 SELECT a.commune_code FROM parcel_alias a WHERE a.parcel_id = p.id)
                                ORDER BY u.code = p.commune_code DESC LIMIT 1),
                   'former', (SELECT jsonb_agg(jsonb_build_object('commune_code', a.commune_code, 'sheet', a.sheet,
                                     'number', a.number, 'name', (SELECT u.full_name FROM admin_unit u
                                       WHERE u.level = 'commune' AND u.code = a.commune_code ORDER BY lower(u.valid) NULLS FIRST LIMIT 1)))
                                FROM parcel_alias a WHERE a.parcel_id = p.id)
               ) ORDER BY p.commune_code, p.sheet, p.number, p.id), '[]')
          FROM subject p),
    'zones', (SELECT coalesce(jsonb_agg(item), '[]') FROM zone_item),
    'lines', (SELECT coalesce(jsonb_agg(item ORDER BY kind, place), '[]') FROM line_item WHERE place <= 60),
    'features', (SELECT coalesce(jsonb_agg(item ORDER BY theme, place), '[]') FROM feature_item WHERE place <= 60),
    'left_out', (SELECT coalesce(jsonb_object_agg(name, many), '{}') FROM (
                    SELECT kind AS name, count(*) AS many FROM line_item WHERE place > 60 GROUP BY kind
                    UNION ALL SELECT theme, count(*) FROM feature_item WHERE place > 60 GROUP BY theme) x),
    'covered', (SELECT coalesce(jsonb_object_agg(theme, jsonb_build_array(coalesce(share, 1), whole)), '{}') FROM covered),
    'overlaps', (SELECT coalesce(jsonb_agg(jsonb_build_array(a, b, area_m2)), '[]') FROM overlap),
    'changes', (SELECT coalesce(jsonb_agg(jsonb_build_array(id, lower(valid), upper(valid)) ORDER BY lower(valid), id), '[]') FROM change),
    'versions', (
        SELECT coalesce(jsonb_object_agg(v.id, jsonb_build_object(
                   'plan_id', g.id, 'name', g.name, 'kind', g.kind, 'level', g.level, 'ordinal', v.ordinal,
                   'adjustment_kind', v.adjustment_kind, 'decision', v.decision_no, 'date', v.decision_date,
                   'status', v.status, 'national_status', v.national_status, 'valid_from', lower(v.valid),
                   'scale', v.scale, 'tolerance_m', v.tolerance_m, 'representation', v.representation,
                   'invented', v.invented, 'loaded_at', lower(v.recorded), 'authority', b.name,
                   'documents', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'role', d.role,
                                        'title', d.title, 'number', d.number, 'date', d.date, 'pages', d.pages) ORDER BY d.role, d.id), '[]')
                                   FROM document d WHERE d.plan_version_id = v.id)
               )), '{}')
          FROM named n JOIN plan_version v ON v.id = n.id JOIN plan g ON g.id = v.plan_id
          LEFT JOIN authority b ON b.id = g.authority_id),
    'files', (
        SELECT coalesce(jsonb_object_agg(f.id, jsonb_build_object('path', f.path, 'sha256', f.sha256,
                   'dossier', d.name, 'invented', d.invented, 'loaded_at', d.published_at)), '{}')
          FROM file_named n JOIN dossier_file f ON f.id = n.id JOIN dossier d ON d.id = f.dossier_id)
)::text
