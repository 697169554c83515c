-- Every change of what the register answers, in the order in which it became visible: `seq` is
-- given under the register's lock, by the transaction that makes the change.
-- `revision`: the register's after the change; NULL for changes made before this log was kept.
-- `plan_version_id`: the version that was published or withdrawn. `detail`: of a plan, every
-- version whose days or status changed, with the days that began and ended; else what was loaded.
CREATE TABLE change (
    seq             bigint PRIMARY KEY CHECK (seq > 0),
    revision        bigint UNIQUE,
    at              timestamptz NOT NULL,
    kind            text NOT NULL CHECK (kind IN
                    ('published', 'adjusted', 'corrected', 'withdrawn', 'parcels', 'units')),
    plan_version_id bigint REFERENCES plan_version,
    detail          jsonb NOT NULL,
    extent          geometry(Polygon, {srid}),
    CONSTRAINT change_of_a_plan_names_its_version
        CHECK ((kind IN ('parcels', 'units')) = (plan_version_id IS NULL))
);
CREATE INDEX change_at ON change (at);
CREATE INDEX change_version ON change (plan_version_id);
CREATE INDEX change_extent ON change USING gist (extent);

-- The ground a change of a plan really changed, in pieces of at most 128 vertices: where zones say
-- something else, where lines and marked places differ, and (`whole`, `boundary`) where the
-- register began or ceased to speak.
CREATE TABLE change_ground (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_seq bigint NOT NULL REFERENCES change ON DELETE CASCADE,
    layer      text NOT NULL CHECK (layer IN
               ('area', 'cell', 'lot', 'line', 'feature', 'boundary', 'whole')),
    before     jsonb,
    after      jsonb,
    geom       geometry(Geometry, {srid}) NOT NULL
);
CREATE INDEX change_ground_change ON change_ground (change_seq);
CREATE INDEX change_ground_geom ON change_ground USING gist (geom);

-- What a zone says, as far as two zones can say different things.
CREATE FUNCTION zone_says(z zone) RETURNS jsonb LANGUAGE sql STABLE AS $$
SELECT jsonb_strip_nulls(jsonb_build_object(
               'symbol', z.symbol, 'function', coalesce(z.function_3, z.function_2, z.function_1),
               'functions', nullif(concat_ws(' / ', z.function_1, z.function_2, z.function_3), ''),
               'land_use_code', z.land_use_code, 'setback_m', z.setback_m,
               'density', CASE WHEN coalesce(z.density_min, z.density_max) IS NULL THEN to_jsonb(z.density_text)
                               ELSE jsonb_build_array(z.density_min, z.density_max) END,
               'storeys', CASE WHEN coalesce(z.storeys_min, z.storeys_max) IS NULL THEN to_jsonb(z.storeys_text)
                               ELSE jsonb_build_array(z.storeys_min, z.storeys_max) END,
               'far', CASE WHEN coalesce(z.far_min, z.far_max) IS NULL THEN to_jsonb(z.far_text)
                           ELSE jsonb_build_array(z.far_min, z.far_max) END))
$$;

-- What differs between two drawings, piece by piece, as what stood and stands there. Pieces of at
-- most 1 dm² or 1 cm width (2 × area / perimeter) and lines of at most 10 cm are drawing noise.
CREATE FUNCTION changed_ground(old_version bigint, new_version bigint)
RETURNS TABLE (layer text, before jsonb, after jsonb, geom geometry) LANGUAGE sql STABLE AS $$
WITH drawn AS MATERIALIZED (
    SELECT z.id, z.plan_version_id = new_version AS is_new, z.level, z.geom,
           md5(ST_AsBinary(z.geom)) AS shape,
           zone_says(z) AS says
      FROM zone z WHERE z.plan_version_id IN (old_version, new_version)
),
odd AS MATERIALIZED (
    SELECT d.* FROM drawn d
     WHERE NOT EXISTS (SELECT FROM drawn twin
                        WHERE twin.is_new <> d.is_new AND twin.level = d.level
                          AND twin.shape = d.shape AND twin.says = d.says)
),
met AS MATERIALIZED (
    SELECT a.id, a.is_new, a.level, a.says, a.geom,
           b.id AS other_id, zone_says(b) AS other_says, b.geom AS other_geom
      FROM odd a
      JOIN zone b ON b.geom && a.geom AND b.level = a.level
                 -- found by place; an index on the version would read the whole of it every time
                 AND b.plan_version_id + 0 = CASE WHEN a.is_new THEN old_version ELSE new_version END
),
pair AS (
    SELECT DISTINCT ON (old_id, new_id) m.level, m.old_says, m.new_says, m.geom, m.other_geom
      FROM (SELECT met.*, CASE WHEN is_new THEN other_id ELSE id END AS old_id,
                   CASE WHEN is_new THEN id ELSE other_id END AS new_id,
                   CASE WHEN is_new THEN other_says ELSE says END AS old_says,
                   CASE WHEN is_new THEN says ELSE other_says END AS new_says
              FROM met WHERE says <> other_says) m
),
mark AS MATERIALIZED (
    SELECT l.plan_version_id = new_version AS is_new, 'line' AS layer,
           jsonb_strip_nulls(jsonb_build_object('kind', l.kind, 'name', l.name,
               'setback_m', l.setback_m, 'width_m', l.width_m)) AS says,
           CASE WHEN l.kind IN ('road_axis', 'corridor') AND l.width_m > 0
                THEN ST_Buffer(l.geom, l.width_m / 2, 'endcap=flat')
                WHEN l.kind = 'corridor' AND ST_IsClosed(l.geom) THEN ST_BuildArea(l.geom)
                ELSE l.geom END AS geom
      FROM plan_line l WHERE l.plan_version_id IN (old_version, new_version)
    UNION ALL
    SELECT f.plan_version_id = new_version, 'feature',
           jsonb_strip_nulls(jsonb_build_object('theme', f.theme, 'layer', f.layer, 'name', f.name)),
           f.geom
      FROM plan_feature f
     WHERE f.plan_version_id IN (old_version, new_version)
       AND f.theme IS NOT NULL AND f.geom IS NOT NULL
),
odd_mark AS MATERIALIZED (
    SELECT m.* FROM mark m
     WHERE NOT EXISTS (SELECT FROM mark twin
                        WHERE twin.is_new <> m.is_new AND twin.layer = m.layer
                          AND twin.says = m.says
                          AND md5(ST_AsBinary(twin.geom)) = md5(ST_AsBinary(m.geom)))
),
bounds AS (
    SELECT o.boundary AS old_geom, n.boundary AS new_geom,
           o.representation = 'vector' AND n.representation = 'vector' AS is_drawn
      FROM plan_version o, plan_version n WHERE o.id = old_version AND n.id = new_version
),
found AS (
    SELECT level AS layer, old_says AS before, new_says AS after,
           ST_Intersection(geom, other_geom) AS geom FROM pair
    UNION ALL
    SELECT a.level, CASE WHEN a.is_new THEN NULL ELSE a.says END,
           CASE WHEN a.is_new THEN a.says END,
           CASE WHEN o.geom IS NULL THEN a.geom ELSE ST_Difference(a.geom, o.geom) END
      FROM odd a
      LEFT JOIN (SELECT met.id, ST_Union(other_geom) AS geom FROM met GROUP BY met.id) o
             ON o.id = a.id
    UNION ALL
    SELECT m.layer, CASE WHEN m.is_new THEN NULL ELSE m.says END,
           CASE WHEN m.is_new THEN m.says END,
           CASE WHEN o.geom IS NULL OR GeometryType(m.geom) = 'GEOMETRYCOLLECTION' THEN m.geom
                ELSE ST_Difference(m.geom, o.geom) END
      FROM odd_mark m
      LEFT JOIN LATERAL (
           SELECT ST_Buffer(ST_Union(t.geom), 0.01) AS geom FROM odd_mark t
            WHERE t.is_new <> m.is_new AND t.layer = m.layer AND t.says = m.says
              AND t.geom && m.geom AND GeometryType(t.geom) <> 'GEOMETRYCOLLECTION') o ON true
    UNION ALL
    SELECT 'boundary', NULL, NULL, CASE WHEN is_drawn THEN ST_SymDifference(old_geom, new_geom)
                                        ELSE ST_Union(old_geom, new_geom) END
      FROM bounds WHERE old_geom IS NOT NULL AND new_geom IS NOT NULL
)
SELECT found.layer, found.before, found.after, small.geom
  FROM found,
       LATERAL ST_Dump(found.geom) part,
       LATERAL ST_Subdivide(part.geom, 128) small(geom)
 WHERE CASE ST_Dimension(part.geom)
       WHEN 2 THEN found.layer IN ('line', 'feature', 'boundary', 'area', 'cell', 'lot')
                   AND ST_Area(part.geom) > 0.01
                   AND 2 * ST_Area(part.geom) > 0.01 * ST_Perimeter(part.geom)
       WHEN 1 THEN found.layer IN ('line', 'feature') AND ST_Length(part.geom) > 0.1
       ELSE found.layer = 'feature' END
$$;

-- Where a version speaks, in pieces: what changes when there was nothing before, or is nothing now.
CREATE FUNCTION whole_ground(version bigint) RETURNS SETOF geometry LANGUAGE sql STABLE AS $$
SELECT ST_Subdivide(part.geom, 128)
  FROM plan_version v,
       LATERAL ST_Dump(coalesce(v.boundary, (SELECT ST_Union(z.geom) FROM zone z
                                              WHERE z.plan_version_id = v.id))) part
 WHERE v.id = version
$$;

-- What was published before this log was kept, from what the register remembers. Versions that
-- came and went at one instant left no trace and have none here.
SELECT revision FROM register_state FOR UPDATE;

CREATE TEMPORARY TABLE turn ON COMMIT DROP AS
SELECT plan_id, plan_version_id, lower(recorded) AS at, valid, true AS began FROM version_period
UNION ALL
SELECT plan_id, plan_version_id, upper(recorded), valid, false
  FROM version_period WHERE NOT upper_inf(recorded);

-- Days that ended and began again at one instant did not change.
DELETE FROM turn one USING turn other
 WHERE one.plan_version_id = other.plan_version_id AND one.at = other.at
   AND one.valid = other.valid AND one.began <> other.began;

CREATE TEMPORARY TABLE told ON COMMIT DROP AS
WITH moment AS (
    SELECT m.plan_id, m.at, a.id AS acting, coalesce(lower(a.recorded) = m.at, true) AS is_publication
      FROM (SELECT DISTINCT plan_id, at FROM turn) m
      CROSS JOIN LATERAL (
           SELECT v.id, v.recorded FROM plan_version v
            WHERE v.plan_id = m.plan_id
            ORDER BY lower(v.recorded) = m.at DESC NULLS LAST,
                     upper(v.recorded) = m.at DESC NULLS LAST,
                     v.id IN (SELECT t.plan_version_id FROM turn t
                               WHERE t.plan_id = m.plan_id AND t.at = m.at AND t.began) DESC,
                     lower(v.valid) DESC, v.ordinal DESC LIMIT 1) a
), line AS (
    SELECT m.plan_id, m.at, m.acting, m.is_publication, v.id, v.ordinal, v.valid,
           m.is_publication IS FALSE AND v.id = m.acting AS is_gone,
           jsonb_agg(jsonb_build_array(lower(t.valid), upper(t.valid)) ORDER BY t.valid) FILTER (WHERE t.began) AS began,
           jsonb_agg(jsonb_build_array(lower(t.valid), upper(t.valid)) ORDER BY t.valid) FILTER (WHERE NOT t.began) AS ended,
           EXISTS (SELECT FROM plan_version o
                    WHERE o.plan_id = m.plan_id AND o.recorded @> m.at
                      AND (lower(o.valid), o.ordinal) > (lower(v.valid), v.ordinal)) AS is_followed
      FROM moment m
      JOIN turn t ON t.plan_id = m.plan_id AND t.at = m.at
      JOIN plan_version v ON v.id = t.plan_version_id
     GROUP BY m.plan_id, m.at, m.acting, m.is_publication, v.id
)
SELECT l.at, l.acting AS plan_version_id, l.is_publication,
       CASE WHEN NOT l.is_publication THEN 'withdrawn'
            WHEN EXISTS (SELECT FROM plan_version gone
                          WHERE gone.plan_id = v.plan_id AND gone.adjustment_kind = v.adjustment_kind AND upper(gone.recorded) <= l.at
                            AND (gone.decision_no = v.decision_no OR lower(gone.valid) = lower(v.valid)))
            THEN 'corrected'
            WHEN v.adjustment_kind = 'first' THEN 'published' ELSE 'adjusted' END AS kind,
       jsonb_build_object('versions', jsonb_agg(jsonb_build_object(
           'version', l.ordinal,
           'kind', CASE WHEN l.is_gone THEN 'withdrawn'
                        WHEN NOT l.is_publication THEN 'reinstated'
                        WHEN l.id <> l.acting THEN 'superseded'
                        WHEN EXISTS (SELECT FROM plan_version gone
                                      WHERE gone.plan_id = v.plan_id AND gone.adjustment_kind = v.adjustment_kind AND upper(gone.recorded) <= l.at
                                        AND (gone.decision_no = v.decision_no OR lower(gone.valid) = lower(v.valid)))
                        THEN 'corrected'
                        WHEN v.adjustment_kind = 'first' THEN 'published' ELSE 'adjusted' END,
           'status', CASE WHEN l.is_gone THEN 'withdrawn' WHEN l.is_followed THEN 'superseded' ELSE 'published' END,
           'began', coalesce(l.began, '[]'), 'ended', coalesce(l.ended, '[]')) ORDER BY l.ordinal)) AS detail
  FROM line l JOIN plan_version v ON v.id = l.acting
 GROUP BY l.at, l.acting, l.is_publication, v.id
UNION ALL
SELECT e.at, NULL, true, substr(e.action, 6), jsonb_build_object('counts', e.after)
  FROM audit_event e
 WHERE e.action = 'load_parcels'
   AND coalesce((e.after ->> 'loaded')::bigint, 0) + coalesce((e.after ->> 'replaced')::bigint, 0) > 0
    OR e.action = 'load_units'
   AND coalesce((e.after ->> 'units_added')::bigint, 0) + coalesce((e.after ->> 'units_changed')::bigint, 0)
     + coalesce((e.after ->> 'successions_saved')::bigint, 0)
     + coalesce((e.after ->> 'boundaries_changed')::bigint, 0) > 0;

INSERT INTO change (seq, at, kind, plan_version_id, detail)
SELECT row_number() OVER (ORDER BY at, array_position(ARRAY['units', 'parcels'], kind), plan_version_id),
       at, kind, plan_version_id, detail
  FROM told;

-- The acting version against every version that had its days before, or has them since.
CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
SELECT c.seq, c.kind = 'withdrawn' AS is_gone, mine.plan_version_id AS acting, mine.valid,
       other.plan_version_id AS other, other.valid AS other_valid
  FROM change c
  JOIN turn mine ON mine.plan_version_id = c.plan_version_id AND mine.at = c.at
                AND mine.began = (c.kind <> 'withdrawn')
  LEFT JOIN version_period other
         ON other.plan_id = mine.plan_id AND other.plan_version_id <> mine.plan_version_id
        AND other.valid && mine.valid
        AND CASE WHEN c.kind = 'withdrawn' THEN other.recorded @> c.at
                 ELSE lower(other.recorded) < c.at AND (upper_inf(other.recorded) OR upper(other.recorded) >= c.at) END;

INSERT INTO change_ground (change_seq, layer, before, after, geom)
SELECT c.seq, p.layer, p.before, p.after, p.geom
  FROM compared c,
       LATERAL changed_ground(CASE WHEN c.is_gone THEN c.acting ELSE c.other END,
                              CASE WHEN c.is_gone THEN c.other ELSE c.acting END) p
 WHERE c.other IS NOT NULL;

INSERT INTO change_ground (change_seq, layer, geom)
SELECT gap.seq, 'whole', whole_ground(gap.acting)
  FROM (SELECT seq, acting FROM compared GROUP BY seq, acting, valid
        HAVING NOT isempty(valid) AND (bool_or(other IS NULL)
            OR NOT coalesce(range_agg(other_valid) FILTER (WHERE other IS NOT NULL) @> valid, false))) gap;

UPDATE change c
   SET extent = ST_Expand(ST_SetSRID(g.box::geometry, {srid}), 0.5)
  FROM (SELECT change_seq, ST_Extent(geom) AS box FROM change_ground GROUP BY change_seq) g
 WHERE g.change_seq = c.seq;

DROP TABLE turn, told, compared;

-- Public error reports: what they are about, whose office answers, who may read the message.
-- `about`: the object by its public name; `reader`: sha256 of the key in the reporter's own link.
ALTER TABLE ticket
    ADD COLUMN about        jsonb NOT NULL DEFAULT '{{}}',
    ADD COLUMN authority_id bigint REFERENCES authority,
    ADD COLUMN reader       text CHECK (reader ~ '^[0-9a-f]{{64}}$'),
    ADD COLUMN answered_at  timestamptz,
    ADD COLUMN closed_at    timestamptz,
    ADD CONSTRAINT ticket_answer_says_something CHECK (answer <> ''),
    ADD CONSTRAINT ticket_message_is_short CHECK (length(message) <= 4000);
CREATE INDEX ticket_state ON ticket (state, opened_at);
CREATE INDEX ticket_authority ON ticket (authority_id);

CREATE TABLE ticket_event (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id text NOT NULL REFERENCES ticket ON DELETE CASCADE,
    at        timestamptz NOT NULL,
    action    text NOT NULL CHECK (action IN ('opened', 'answered', 'closed')),
    actor     text,
    answer    text
);
CREATE INDEX ticket_event_ticket ON ticket_event (ticket_id, id);

-- A photo as it came (`original`) waits to be drawn anew by a worker behind walls; only the copy
-- (`image`, JPEG without any data about place, time or camera) is ever shown, and the original goes.
CREATE TABLE ticket_photo (
    ticket_id text PRIMARY KEY REFERENCES ticket ON DELETE CASCADE,
    state     text NOT NULL CHECK (state IN ('waiting', 'kept', 'refused')),
    original  bytea,
    image     bytea,
    why       jsonb,
    CONSTRAINT photo_original_goes CHECK ((state = 'waiting') = (original IS NOT NULL)),
    CONSTRAINT photo_kept_is_there CHECK ((state = 'kept') = (image IS NOT NULL))
);
