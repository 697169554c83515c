-- name: carry_zones
-- about: zones of the basis; of levels the adjustment draws, what lies outside its boundary
INSERT INTO zone (plan_version_id, origin_version_id, level, symbol, function_1, function_2,
                  function_3, land_use_code, area_declared_m2, area_m2, density_min, density_max,
                  density_text, storeys_min, storeys_max, storeys_text, far_min, far_max, far_text,
                  setback_m, population, attributes, source_file_id, source_layer, source_row, geom)
SELECT %(version_id)s, z.origin_version_id, z.level, z.symbol, z.function_1, z.function_2,
       z.function_3, z.land_use_code, CASE WHEN NOT cut.is_cut THEN z.area_declared_m2 END,
       ST_Area(rest.geom), z.density_min, z.density_max, z.density_text, z.storeys_min,
       z.storeys_max, z.storeys_text, z.far_min, z.far_max, z.far_text, z.setback_m,
       CASE WHEN NOT cut.is_cut THEN z.population END, z.attributes, z.source_file_id,
       z.source_layer, z.source_row, rest.geom
  FROM plan_version v,
       zone z,
       -- touching is not overlapping: such a zone is copied as it is
       LATERAL (SELECT z.level IN (SELECT own.level FROM zone own
                                    WHERE own.plan_version_id = %(version_id)s)
                       AND z.geom && v.boundary
                       AND ST_Relate(z.geom, v.boundary, 'T********') AS is_cut) cut,
       -- pieces of less than 10 cm² or 1 mm width (2 × area / perimeter) are rounding, not land
       LATERAL (SELECT z.geom WHERE NOT cut.is_cut
                UNION ALL
                SELECT ST_Multi(ST_Collect(piece.geom))
                  FROM ST_Dump(ST_CollectionExtract(
                           ST_MakeValid(ST_Difference(z.geom, v.boundary)), 3)) piece
                 WHERE cut.is_cut
                   AND ST_Area(piece.geom) >= 0.001
                   AND 2 * ST_Area(piece.geom) >= 0.001 * ST_Perimeter(piece.geom)
                HAVING count(*) > 0) rest
 WHERE v.id = %(version_id)s
   AND z.plan_version_id = %(basis_id)s

-- name: carry_lines
-- about: lines of the basis; of themes the adjustment speaks about, what lies outside its boundary
INSERT INTO plan_line (plan_version_id, origin_version_id, kind, name, setback_m, width_m,
                       attributes, source_file_id, source_layer, source_row, geom)
SELECT %(version_id)s, l.origin_version_id, l.kind, l.name, l.setback_m, l.width_m,
       l.attributes, l.source_file_id, l.source_layer, l.source_row, rest.geom
  FROM plan_version v,
       plan_line l,
       LATERAL (SELECT EXISTS (SELECT FROM coverage c
                                WHERE c.plan_version_id = %(version_id)s
                                  AND c.theme = CASE l.kind WHEN 'road_axis' THEN 'road'
                                                            ELSE l.kind END)
                       AND ST_Intersects(l.geom, v.boundary) AS is_cut) cut,
       LATERAL (SELECT l.geom WHERE NOT cut.is_cut
                UNION ALL
                SELECT ST_Multi(ST_Collect(piece.geom))
                  FROM ST_Dump(ST_CollectionExtract(ST_Difference(l.geom, v.boundary), 2)) piece
                 WHERE cut.is_cut AND ST_Length(piece.geom) >= 0.001
                HAVING count(*) > 0) rest
 WHERE v.id = %(version_id)s
   AND l.plan_version_id = %(basis_id)s

-- name: carry_features
-- about: features of the basis; of themes or layers the adjustment brings, what lies outside
INSERT INTO plan_feature (plan_version_id, origin_version_id, layer, theme, name, attributes,
                          source_file_id, source_layer, source_row, geom)
SELECT %(version_id)s, f.origin_version_id, f.layer, f.theme, f.name, f.attributes,
       f.source_file_id, f.source_layer, f.source_row, rest.geom
  FROM plan_version v,
       plan_feature f,
       -- a collection of mixed kinds cannot be cut in one go and stays whole
       LATERAL (SELECT coalesce(
                    GeometryType(f.geom) <> 'GEOMETRYCOLLECTION'
                    AND ST_Intersects(f.geom, v.boundary)
                    AND CASE WHEN f.theme IS NULL
                             THEN EXISTS (SELECT FROM plan_feature own
                                           WHERE own.plan_version_id = %(version_id)s
                                             AND own.layer = f.layer)
                             ELSE EXISTS (SELECT FROM coverage c
                                           WHERE c.plan_version_id = %(version_id)s
                                             AND c.theme = f.theme) END, false) AS is_cut) cut,
       LATERAL (SELECT f.geom WHERE NOT cut.is_cut
                UNION ALL
                SELECT ST_Multi(ST_Collect(piece.geom))
                  FROM ST_Dump(ST_CollectionExtract(
                           ST_MakeValid(ST_Difference(f.geom, v.boundary)),
                           ST_Dimension(f.geom) + 1)) piece
                 WHERE cut.is_cut
                   AND (ST_Dimension(f.geom) = 0
                        OR ST_Length(piece.geom) >= 0.001
                        OR 2 * ST_Area(piece.geom) >= 0.001 * ST_Perimeter(piece.geom)
                           AND ST_Area(piece.geom) >= 0.001)
                HAVING count(*) > 0) rest
 WHERE v.id = %(version_id)s
   AND f.plan_version_id = %(basis_id)s

-- name: carry_coverage
-- about: the basis goes on speaking where it spoke; where both speak, the adjustment's piece stands
INSERT INTO coverage (plan_version_id, theme, geom)
SELECT v.id, c.theme, rest.geom
  FROM plan_version v,
       coverage c,
       LATERAL (SELECT EXISTS (SELECT FROM coverage own
                                WHERE own.plan_version_id = v.id AND own.theme = c.theme)
                       AND ST_Intersects(c.geom, v.boundary) AS is_cut) cut,
       LATERAL (SELECT c.geom WHERE NOT cut.is_cut
                UNION ALL
                SELECT piece.geom
                  FROM ST_Dump(ST_CollectionExtract(
                           ST_MakeValid(ST_Difference(c.geom, v.boundary)), 3)) piece
                 WHERE cut.is_cut) rest
 WHERE v.id = %(version_id)s
   AND c.plan_version_id = %(basis_id)s

-- name: widen_boundary
-- about: the adjusted version is the whole plan; what stands on invented ground is invented
UPDATE plan_version v
   SET boundary = coalesce(ST_Multi(ST_CollectionExtract(
                      ST_MakeValid(ST_Union(v.boundary, basis.boundary)), 3)), v.boundary),
       invented = v.invented OR basis.invented
  FROM plan_version basis
 WHERE v.id = %(version_id)s
   AND basis.id = %(basis_id)s
