-- name: stands
-- about: a dossier that gave parcels stands, even where it was once refused as a plan
UPDATE dossier
   SET invented = invented OR %(invented)s,
       kind = CASE WHEN state = 'rejected' THEN 'parcels' ELSE kind END,
       state = CASE WHEN state = 'rejected' THEN 'published' ELSE state END
 WHERE id = %(dossier_id)s

-- name: new_parcels
-- about: where a further file waits to be compared
CREATE TEMPORARY TABLE new_parcel (LIKE parcel) ON COMMIT DROP

-- name: new_aliases
-- about: old keys of the further file
CREATE TEMPORARY TABLE new_alias (parcel_id bigint, commune_code text, sheet text, number text)
ON COMMIT DROP

-- name: analyse_new
-- about: the planner must know how large the file is
ANALYZE new_parcel, new_alias

-- name: new_digests
-- about: what each parcel of the file says, numbered where several say the same
CREATE TEMPORARY TABLE new_digest ON COMMIT DROP AS
SELECT said.*, row_number() OVER (PARTITION BY digest ORDER BY id) AS nth
  FROM (SELECT p.id, p.commune_code, p.sheet, p.number,
               md5(ROW(p.commune_code, p.sheet, p.number, p.national_code, p.land_code, p.address,
                       p.area_legal_m2, p.attributes, p.valid, p.geom, a.keys)::text) AS digest
          FROM new_parcel p
          LEFT JOIN (SELECT parcel_id,
                            array_agg(ROW(commune_code, sheet, number)::text
                                      ORDER BY commune_code, sheet, number) AS keys
                       FROM new_alias GROUP BY parcel_id) a ON a.parcel_id = p.id) said

-- name: old_digests
-- about: what the register now says of the file's communes, and what this dossier told it before
CREATE TEMPORARY TABLE old_digest ON COMMIT DROP AS
SELECT said.*, row_number() OVER (PARTITION BY digest ORDER BY id) AS nth
  FROM (SELECT p.id, p.commune_code, p.sheet, p.number, lower(p.recorded) AS since,
               f.dossier_id = %(dossier_id)s AS same_file,
               md5(ROW(p.commune_code, p.sheet, p.number, p.national_code, p.land_code, p.address,
                       p.area_legal_m2, p.attributes, p.valid, p.geom, a.keys)::text) AS digest
          FROM parcel p
          JOIN dossier_file f ON f.id = p.source_file_id
          LEFT JOIN (SELECT parcel_id,
                            array_agg(ROW(commune_code, sheet, number)::text
                                      ORDER BY commune_code, sheet, number) AS keys
                       FROM parcel_alias GROUP BY parcel_id) a ON a.parcel_id = p.id
         WHERE upper_inf(p.recorded)
           AND (p.commune_code IN (SELECT commune_code FROM new_parcel)
                OR p.commune_code IS NULL
                OR f.dossier_id = %(dossier_id)s)) said

-- name: same
-- about: parcels that say what the register says already
CREATE TEMPORARY TABLE same_parcel ON COMMIT DROP AS
SELECT n.id AS new_id, o.id AS old_id FROM new_digest n JOIN old_digest o USING (digest, nth)

-- name: ended
-- about: rows whose key now says something else, and what the same bytes were once read as
CREATE TEMPORARY TABLE ended_parcel ON COMMIT DROP AS
SELECT o.id, o.since
  FROM old_digest o
 WHERE NOT EXISTS (SELECT FROM same_parcel s WHERE s.old_id = o.id)
   AND (o.same_file
        OR EXISTS (SELECT FROM new_digest n
                    WHERE n.commune_code = o.commune_code AND n.sheet = o.sheet
                      AND n.number = o.number))

-- name: ended_since
-- about: the latest moment at which an ending row began
SELECT max(since) FROM ended_parcel

-- name: drop_ended
-- about: a row that began at this very instant was never known to anyone
DELETE FROM parcel p USING ended_parcel e WHERE p.id = e.id AND e.since = %(now)s

-- name: close_ended
-- about: the register knew these rows until now
UPDATE parcel p
   SET recorded = tstzrange(lower(p.recorded), %(now)s)
  FROM ended_parcel e
 WHERE p.id = e.id AND e.since < %(now)s

-- name: insert_parcels
-- about: what the file says anew
INSERT INTO parcel (id, national_code, commune_code, sheet, number, land_code, address,
                    area_legal_m2, valid, recorded, attributes, source_file_id, source_layer,
                    source_row, geom) OVERRIDING SYSTEM VALUE
SELECT n.id, n.national_code, n.commune_code, n.sheet, n.number, n.land_code, n.address,
       n.area_legal_m2, n.valid, tstzrange(%(now)s, NULL), n.attributes, n.source_file_id,
       n.source_layer, n.source_row, n.geom
  FROM new_parcel n
 WHERE NOT EXISTS (SELECT FROM same_parcel s WHERE s.new_id = n.id)
 ORDER BY n.id

-- name: insert_aliases
-- about: old keys of the parcels that came in
INSERT INTO parcel_alias (parcel_id, commune_code, sheet, number)
SELECT a.parcel_id, a.commune_code, a.sheet, a.number FROM new_alias a
 WHERE NOT EXISTS (SELECT FROM same_parcel s WHERE s.new_id = a.parcel_id)

-- name: compared
-- about: rows that ended, and rows of the file's communes that it lacks
SELECT (SELECT count(*) FROM ended_parcel),
       (SELECT count(*) FROM old_digest o
         WHERE o.commune_code IN (SELECT commune_code FROM new_digest)
           AND NOT EXISTS (SELECT FROM same_parcel s WHERE s.old_id = o.id)
           AND NOT EXISTS (SELECT FROM ended_parcel e WHERE e.id = o.id))

-- name: filled
-- about: communes of all parcels, and the box around them as WKB
SELECT coalesce(array_agg(DISTINCT commune_code) FILTER (WHERE commune_code IS NOT NULL), '{}'),
       ST_AsBinary(ST_Expand(ST_Extent(geom)::geometry, 0.5))
  FROM parcel

-- name: touched
-- about: communes of the parcels that came or ended, and the box around them as WKB
SELECT coalesce(array_agg(DISTINCT commune_code) FILTER (WHERE commune_code IS NOT NULL), '{}'),
       ST_AsBinary(ST_Expand(ST_Extent(geom)::geometry, 0.5))
  FROM (SELECT n.commune_code, n.geom FROM new_parcel n
         WHERE NOT EXISTS (SELECT FROM same_parcel s WHERE s.new_id = n.id)
        UNION ALL
        SELECT p.commune_code, p.geom FROM ended_parcel e JOIN parcel p ON p.id = e.id) moved
