-- name: cut_zones
-- about: copies of a version's zones in pieces of at most 128 vertices, where it has none yet
INSERT INTO zone_cut (zone_id, plan_version_id, geom)
SELECT z.id, z.plan_version_id, piece.geom
  FROM zone z,
       LATERAL ST_Dump(z.geom) part,
       LATERAL ST_Subdivide(part.geom, 128) cut,
       LATERAL ST_Dump(cut) piece
 WHERE z.plan_version_id = %(version_id)s
   AND NOT EXISTS (SELECT FROM zone_cut c WHERE c.zone_id = z.id)
   AND ST_Dimension(piece.geom) = 2
