-- name: waiting
-- about: the photo of a report as it came, while it waits
SELECT original FROM ticket_photo WHERE ticket_id = %(ticket_id)s AND state = 'waiting' FOR UPDATE

-- name: keep
-- about: the clean copy stays, what came goes
UPDATE ticket_photo SET state = 'kept', image = %(image)s, original = NULL
 WHERE ticket_id = %(ticket_id)s

-- name: refuse
-- about: no photo that can be shown; what came goes
UPDATE ticket_photo SET state = 'refused', why = %(why)s, original = NULL
 WHERE ticket_id = %(ticket_id)s
