-- name: count_attempt
-- about: $1 subject, $2 now, $3 free tries, $4 longest wait (s): one more try; no row while locked
INSERT INTO login_attempt AS t (subject, failures, last_failed_at, locked_until)
VALUES ($1, 1, $2, $2)
ON CONFLICT (subject) DO UPDATE
   SET (failures, last_failed_at, locked_until) = (
       SELECT n, $2, $2 + make_interval(secs => CASE WHEN n < $3 THEN 0 ELSE least(2 ^ least(n - $3, 30), $4) END)
         FROM (SELECT CASE WHEN t.last_failed_at < $2::timestamptz - interval '1 day' THEN 1 ELSE t.failures + 1 END AS n) counted)
 WHERE t.locked_until <= $2
RETURNING failures

-- name: locked_until
-- about: $1 subject: when the next try may come
SELECT locked_until FROM login_attempt WHERE subject = $1

-- name: forgive_subject
-- about: $1 subject: the right password came
DELETE FROM login_attempt WHERE subject = $1

-- name: forgive_address
-- about: $1 subject: this one try was no failure; the others stay
UPDATE login_attempt SET failures = failures - 1, locked_until = last_failed_at WHERE subject = $1

-- name: forget_attempts
-- about: $1 now: failures of more than a day ago, but for those being counted this moment
DELETE FROM login_attempt WHERE subject IN (
    SELECT subject FROM login_attempt
     WHERE last_failed_at < $1::timestamptz - interval '1 day' AND locked_until <= $1 FOR UPDATE SKIP LOCKED)

-- name: by_name
-- about: $1 name: the account, however it is written
SELECT id, name, role, secret, disabled FROM account WHERE lower(name) = lower($1)

-- name: by_id
-- about: $1 account
SELECT id, name, role, secret, disabled FROM account WHERE id = $1 FOR UPDATE

-- name: all
-- about: every account, by name
SELECT id, name, role, disabled, created_at, secret IS NOT NULL AS has_password FROM account ORDER BY lower(name)

-- name: any
-- about: whether there is an account at all
SELECT EXISTS (SELECT FROM account)

-- name: add
-- about: $1 name, $2 role, $3 secret, $4 now
INSERT INTO account (name, role, secret, created_at) VALUES ($1, $2, $3, $4) RETURNING id

-- name: set_role
-- about: $1 account, $2 role
UPDATE account SET role = $2 WHERE id = $1

-- name: set_secret
-- about: $1 account, $2 secret
UPDATE account SET secret = $2 WHERE id = $1

-- name: renew_secret
-- about: $1 account, $2 secret with today's parameters, $3 the secret it replaces
UPDATE account SET secret = $2 WHERE id = $1 AND secret = $3

-- name: set_disabled
-- about: $1 account, $2 whether
UPDATE account SET disabled = $2 WHERE id = $1

-- name: open_session
-- about: $1 account, $2 sha256, $3 now, $4 end: unless the account was disabled this moment
INSERT INTO account_session (account_id, sha256, created_at, last_seen_at, expires_at)
SELECT id, $2, $3, $3, $4 FROM account WHERE id = $1 AND NOT disabled FOR SHARE
RETURNING id

-- name: end_session
-- about: $1 sha256
DELETE FROM account_session WHERE sha256 = $1

-- name: end_sessions
-- about: $1 account, $2 the session that stays, if any
DELETE FROM account_session WHERE account_id = $1 AND id IS DISTINCT FROM $2

-- name: forget_sessions
-- about: $1 now, $2 oldest last sight: sessions that ended by themselves
DELETE FROM account_session WHERE id IN (
    SELECT id FROM account_session WHERE expires_at <= $1 OR last_seen_at <= $2 FOR UPDATE SKIP LOCKED)

-- name: sessions
-- about: $1 account, $2 now, $3 oldest last sight: where it is signed in
SELECT id, created_at, last_seen_at FROM account_session
 WHERE account_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC

-- name: add_token
-- about: $1 account, $2 sha256, $3 label, $4 now, $5 end
INSERT INTO access_token (account_id, sha256, label, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)

-- name: revoke_token
-- about: $1 account, $2 token, $3 now: its label, unless it was revoked before
UPDATE access_token SET revoked_at = $3 WHERE account_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING label

-- name: revoke_tokens
-- about: $1 account, $2 now
UPDATE access_token SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL

-- name: tokens
-- about: $1 account, $2 now: its tokens that are still good
SELECT id, label, created_at, expires_at FROM access_token
 WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id DESC

-- name: trail
-- about: $1 actor, $2 action (NULL: any), $3 before this event (NULL: newest), $4 how many
SELECT a.id, a.at, a.actor, a.action, a.subject, a.before::text AS before, a.after::text AS after,
       d.id AS dossier, d.name AS dossier_name
  FROM audit_event a LEFT JOIN dossier d ON a.subject = 'dossier/' || d.sha256
 WHERE ($1::text IS NULL OR lower(a.actor) = lower($1)) AND ($2::text IS NULL OR a.action = $2)
   AND ($3::bigint IS NULL OR a.id < $3)
 ORDER BY a.id DESC LIMIT $4

-- name: actions
-- about: every action the trail knows
SELECT DISTINCT action FROM audit_event ORDER BY action
