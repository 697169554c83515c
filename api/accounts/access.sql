-- name: session
-- about: $1 sha256, $2 now, $3 oldest last sight: whose session this is, while it lives
SELECT a.id, a.name, a.role, s.id AS session_id, s.last_seen_at
  FROM account_session s JOIN account a ON a.id = s.account_id
 WHERE s.sha256 = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND NOT a.disabled

-- name: seen
-- about: $1 session, $2 now: the session was used
UPDATE account_session SET last_seen_at = $2 WHERE id = $1

-- name: bearer
-- about: $1 sha256, $2 now: whose bearer token this is, while it is good
SELECT a.id, a.name, a.role
  FROM access_token t JOIN account a ON a.id = t.account_id
 WHERE t.sha256 = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND NOT a.disabled

-- name: audit
-- about: $1 when (now by default), $2 actor, $3 action, $4 subject, $5 before, $6 after
INSERT INTO audit_event (at, actor, action, subject, before, after)
VALUES (coalesce($1, now()), $2, $3, $4, $5::text::jsonb, $6::text::jsonb)
