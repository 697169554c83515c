-- name: parcel
-- about: $1 now, $2 today, $3 commune codes, $4 sheet, $5 number: one point inside of each parcel that bears the key
SELECT p.id, p.commune_code, p.sheet, p.number, ST_PointOnSurface(p.geom) AS point,
       (SELECT u.full_name FROM admin_unit u WHERE u.level = 'commune' AND u.code = p.commune_code
                                               AND u.valid @> $2::date LIMIT 1) AS commune
  FROM parcel p
 WHERE p.commune_code = ANY ($3::text[]) AND p.sheet = $4::text AND p.number = $5::text
   AND p.recorded @> $1::timestamptz AND p.valid @> $2::date
 LIMIT 2

-- name: version
-- about: $1 plan, $2 version: a published version and whose it is
SELECT g.id, g.name, v.ordinal, g.authority_id
  FROM plan g JOIN plan_version v ON v.plan_id = g.id
 WHERE g.id = $1::text AND v.ordinal = $2::int
   AND EXISTS (SELECT FROM change c WHERE c.plan_version_id = v.id)

-- name: zone
-- about: $1 plan, $2 version, $3 symbol: whether the version draws such a zone
SELECT EXISTS (SELECT FROM zone z JOIN plan_version v ON v.id = z.plan_version_id
                WHERE v.plan_id = $1::text AND v.ordinal = $2::int AND z.symbol = $3::text)

-- name: offices
-- about: $1 now, $2 today, $3 easting, $4 northing (NULL: none), $5 parcel (NULL: none): the plans in force there, with their levels and authorities
SELECT DISTINCT g.level, g.authority_id
  FROM coverage c
  JOIN version_period t ON t.plan_version_id = c.plan_version_id
   AND t.recorded @> $1::timestamptz AND t.valid @> $2::date
  JOIN plan g ON g.id = t.plan_id
 WHERE c.geom && coalesce(ST_SetSRID(ST_MakePoint($3::float8, $4::float8), (SELECT storage_srid FROM register_state)),
                          (SELECT ST_PointOnSurface(geom) FROM parcel WHERE id = $5::bigint))
   AND ST_Intersects(c.geom, coalesce(
           ST_SetSRID(ST_MakePoint($3::float8, $4::float8), (SELECT storage_srid FROM register_state)),
           (SELECT ST_PointOnSurface(geom) FROM parcel WHERE id = $5::bigint)))
   AND g.authority_id IS NOT NULL

-- name: open
-- about: $1 number, $2 now, $3 subject, $4 message, $5 about, $6 authority, $7 reader, $8 easting, $9 northing, $10 parcel: a new report; nothing where the number is taken
INSERT INTO ticket (id, opened_at, subject, message, state, about, authority_id, reader, geom)
VALUES ($1, $2, $3, $4, 'open', $5::text::jsonb, $6, $7,
        coalesce(ST_SetSRID(ST_MakePoint($8::float8, $9::float8), (SELECT storage_srid FROM register_state)),
                 (SELECT ST_PointOnSurface(geom) FROM parcel WHERE id = $10::bigint)))
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: tell
-- about: $1 number, $2 now, $3 action, $4 actor, $5 answer: one step
INSERT INTO ticket_event (ticket_id, at, action, actor, answer) VALUES ($1, $2, $3, $4, $5)

-- name: photo_in
-- about: $1 number, $2 bytes as they came: a photo that waits to be drawn anew
INSERT INTO ticket_photo (ticket_id, state, original) VALUES ($1, 'waiting', $2)

-- name: defer
-- about: $1 task, $2 lock, $3 arguments, $4 priority: a job for any worker, in this transaction
SELECT procrastinate_defer_jobs_v1(ARRAY[
           ROW('default', $1, $4, $2, NULL, $3::text::jsonb, NULL)::procrastinate_job_to_defer_v1])

-- name: ticket
-- about: $1 number: a report with its office, its steps and the state of its photo
SELECT t.id, t.opened_at, t.subject, t.message, t.state, t.answer, t.about::text AS about, t.reader,
       t.answered_at, t.closed_at, b.name AS office, p.state AS photo, p.why::text AS photo_why,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'action', e.action, 'actor', e.actor,
                   'answer', e.answer) ORDER BY e.id), '[]')
          FROM ticket_event e WHERE e.ticket_id = t.id)::text AS events
  FROM ticket t
  LEFT JOIN authority b ON b.id = t.authority_id
  LEFT JOIN ticket_photo p ON p.ticket_id = t.id
 WHERE t.id = $1

-- name: photo
-- about: $1 number: the clean copy of its photo
SELECT image FROM ticket_photo WHERE ticket_id = $1 AND state = 'kept'

-- name: answer
-- about: $1 number, $2 answer, $3 now: an answer; a closed report stays as it is
UPDATE ticket SET state = 'answered', answer = $2, answered_at = $3
 WHERE id = $1 AND state <> 'closed' RETURNING id

-- name: close
-- about: $1 number, $2 now: the table itself refuses to close what has no answer
UPDATE ticket SET state = 'closed', closed_at = $2 WHERE id = $1 AND state <> 'closed' RETURNING id

-- name: list
-- about: $1 state (NULL: all), $2 authority (0: unassigned, NULL: all), $3 opened before, $4 number before, $5 how many: reports, newest first
SELECT t.id, t.opened_at, t.subject, t.state, t.closed_at, b.name AS office,
       EXISTS (SELECT FROM ticket_photo p WHERE p.ticket_id = t.id) AS has_photo
  FROM ticket t LEFT JOIN authority b ON b.id = t.authority_id
 WHERE ($1::text IS NULL OR t.state = $1)
   AND ($2::bigint IS NULL OR coalesce(t.authority_id, 0) = $2)
   AND ($3::timestamptz IS NULL OR (t.opened_at, t.id) < ($3, $4::text))
 ORDER BY t.opened_at DESC, t.id DESC
 LIMIT $5

-- name: authorities
-- about: the offices that reports are for
SELECT b.id, b.name FROM authority b WHERE b.id IN (SELECT authority_id FROM ticket) ORDER BY b.name
