-- The register: dated planning records with their sources.
-- {srid} is the deployment's one projected storage CRS (SQH_STORAGE_SRID).

CREATE TABLE register_state (
    singleton    boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    revision     bigint  NOT NULL DEFAULT 0,
    storage_srid integer NOT NULL
);
INSERT INTO register_state (storage_srid) VALUES ({srid});

CREATE TABLE authority (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE account (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    role       text NOT NULL CHECK (role IN ('planner', 'approver', 'officer', 'clerk', 'admin')),
    secret     text,
    created_at timestamptz NOT NULL,
    disabled   boolean NOT NULL DEFAULT false
);

CREATE TABLE audit_event (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    subject text NOT NULL,
    before  jsonb,
    after   jsonb
);
CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_event is append-only';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();

-- Administrative units: codes are reused over time, so a unit is (level, code, valid).
CREATE TABLE admin_unit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code        text NOT NULL,
    level       text NOT NULL CHECK (level IN ('province', 'district', 'commune')),
    kind        text NOT NULL,
    name        text NOT NULL,
    full_name   text NOT NULL,
    name_en     text,
    name_key    text NOT NULL,
    parent_code text,
    parent_name text,
    valid       daterange NOT NULL CHECK (NOT isempty(valid)),
    source      text NOT NULL,
    invented    boolean NOT NULL DEFAULT false,
    geom        geometry(MultiPolygon, {srid}) CHECK (ST_IsValid(geom)),
    CONSTRAINT admin_unit_one_meaning_a_day EXCLUDE USING gist (level WITH =, code WITH =, valid WITH &&)
);
CREATE INDEX admin_unit_name_key ON admin_unit USING gin (name_key gin_trgm_ops);
CREATE INDEX admin_unit_geom ON admin_unit USING gist (geom);

CREATE TABLE admin_succession (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    old_unit_id bigint NOT NULL REFERENCES admin_unit,
    new_unit_id bigint NOT NULL REFERENCES admin_unit,
    share       text NOT NULL CHECK (share IN ('whole', 'part')),
    is_main     boolean NOT NULL,
    resolution  text,
    UNIQUE (old_unit_id, new_unit_id)
);
CREATE INDEX admin_succession_new_unit ON admin_succession (new_unit_id);

-- Deliveries: what came in, byte for byte (the bytes lie in the blob store by sha256).
CREATE TABLE dossier (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256       text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
    name         text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('plan', 'parcels', 'units')),
    profile      text NOT NULL,
    state        text NOT NULL CHECK (state IN
                 ('received', 'checked', 'staged', 'published', 'withdrawn', 'rejected')),
    invented     boolean NOT NULL DEFAULT false,
    received_at  timestamptz NOT NULL,
    published_at timestamptz
);

CREATE TABLE dossier_file (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dossier_id bigint NOT NULL REFERENCES dossier ON DELETE CASCADE,
    path       text NOT NULL,
    sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
    role       text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    UNIQUE (dossier_id, path)
);

CREATE TABLE ingest_run (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dossier_id    bigint NOT NULL REFERENCES dossier ON DELETE CASCADE,
    code_version  text NOT NULL,
    profile_hash  text NOT NULL,
    settings_hash text NOT NULL,
    counts        jsonb NOT NULL,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz NOT NULL
);
CREATE INDEX ingest_run_dossier ON ingest_run (dossier_id);

CREATE TABLE issue (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      bigint NOT NULL REFERENCES ingest_run ON DELETE CASCADE,
    code        text NOT NULL,
    level       text NOT NULL CHECK (level IN ('FATAL', 'ERROR', 'WARNING', 'INFO')),
    file        text,
    layer       text,
    row_no      bigint,
    column_name text,
    value       text,
    count       bigint NOT NULL DEFAULT 1,
    detail      jsonb NOT NULL DEFAULT '{{}}',
    geom        geometry(Geometry, {srid})
);
CREATE INDEX issue_run ON issue (run_id);
CREATE INDEX issue_geom ON issue USING gist (geom);

-- Plans, their versions, and when each version was the law.
CREATE TABLE plan (
    id           text PRIMARY KEY,
    code         text NOT NULL,
    name         text NOT NULL,
    name_key     text NOT NULL,
    kind         text NOT NULL,
    level        text NOT NULL CHECK (level IN ('general', 'zoning', 'detailed', 'site', 'land_use', 'other')),
    authority_id bigint REFERENCES authority
);
CREATE INDEX plan_name_key ON plan USING gin (name_key gin_trgm_ops);

CREATE TABLE plan_version (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id         text NOT NULL REFERENCES plan,
    dossier_id      bigint NOT NULL REFERENCES dossier,
    ordinal         integer NOT NULL CHECK (ordinal > 0),
    adjustment_kind text NOT NULL CHECK (adjustment_kind IN ('first', 'overall', 'local')),
    decision_no     text,
    decision_date   date,
    national_status text,
    status          text NOT NULL CHECK (status IN ('staged', 'published', 'superseded', 'withdrawn')),
    valid           daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded        tstzrange CHECK (NOT isempty(recorded)),
    scale           integer CHECK (scale > 0),
    tolerance_m     double precision CHECK (tolerance_m >= 0),
    representation  text NOT NULL CHECK (representation IN ('vector', 'raster', 'scan')),
    supersedes      bigint REFERENCES plan_version,
    invented        boolean NOT NULL DEFAULT false,
    attributes      jsonb NOT NULL DEFAULT '{{}}',
    boundary        geometry(MultiPolygon, {srid}) CHECK (ST_IsValid(boundary)),
    UNIQUE (plan_id, ordinal)
);
CREATE INDEX plan_version_dossier ON plan_version (dossier_id);
CREATE INDEX plan_version_boundary ON plan_version USING gist (boundary);

-- Which version of a plan was in force on which days (`valid`), as the register knew it (`recorded`).
-- `plan_version.valid` is what the dossier declares; this table is what follows from all of them.
CREATE TABLE version_period (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id         text NOT NULL REFERENCES plan,
    plan_version_id bigint NOT NULL REFERENCES plan_version,
    valid           daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded        tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    CONSTRAINT one_version_in_force_a_day
        EXCLUDE USING gist (plan_id WITH =, valid WITH &&, recorded WITH &&)
);
CREATE INDEX version_period_version ON version_period (plan_version_id);

-- Where a version speaks about a theme, in pieces of at most 128 vertices; outside is "no data".
CREATE TABLE coverage (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_version_id bigint NOT NULL REFERENCES plan_version ON DELETE CASCADE,
    theme           text NOT NULL,
    geom            geometry(Polygon, {srid}) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX coverage_version ON coverage (plan_version_id, theme);
CREATE INDEX coverage_geom ON coverage USING gist (geom);

-- What a version draws. `origin_version_id`: the version whose dossier delivered the row; a local
-- adjustment carries the rest of the plan over, and every row still cites its own decision.
CREATE TABLE zone (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_version_id   bigint NOT NULL REFERENCES plan_version ON DELETE CASCADE,
    origin_version_id bigint NOT NULL REFERENCES plan_version,
    level             text NOT NULL CHECK (level IN ('area', 'cell', 'lot')),
    symbol            text,
    function_1        text,
    function_2        text,
    function_3        text,
    land_use_code     text,
    area_declared_m2  double precision,
    area_m2           double precision NOT NULL,
    density_min       double precision,
    density_max       double precision,
    density_text      text,
    storeys_min       double precision,
    storeys_max       double precision,
    storeys_text      text,
    far_min           double precision,
    far_max           double precision,
    far_text          text,
    setback_m         double precision,
    population        integer,
    attributes        jsonb NOT NULL,
    source_file_id    bigint NOT NULL REFERENCES dossier_file,
    source_layer      text NOT NULL,
    source_row        bigint NOT NULL,
    geom              geometry(MultiPolygon, {srid}) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX zone_version ON zone (plan_version_id);
CREATE INDEX zone_geom ON zone USING gist (geom);

-- The same zones cut to at most 128 vertices, for questions. Never instead of the originals.
CREATE TABLE zone_cut (
    zone_id         bigint NOT NULL REFERENCES zone ON DELETE CASCADE,
    plan_version_id bigint NOT NULL REFERENCES plan_version ON DELETE CASCADE,
    geom            geometry(Polygon, {srid}) NOT NULL
);
CREATE INDEX zone_cut_zone ON zone_cut (zone_id);
CREATE INDEX zone_cut_geom ON zone_cut USING gist (geom);

CREATE TABLE plan_line (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_version_id   bigint NOT NULL REFERENCES plan_version ON DELETE CASCADE,
    origin_version_id bigint NOT NULL REFERENCES plan_version,
    kind              text NOT NULL CHECK (kind IN ('red_line', 'building_line', 'corridor', 'road_axis')),
    name              text,
    setback_m         double precision,
    width_m           double precision,
    attributes        jsonb NOT NULL,
    source_file_id    bigint NOT NULL REFERENCES dossier_file,
    source_layer      text NOT NULL,
    source_row        bigint NOT NULL,
    geom              geometry(MultiLineString, {srid}) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX plan_line_version ON plan_line (plan_version_id);
CREATE INDEX plan_line_geom ON plan_line USING gist (geom);

CREATE TABLE plan_feature (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_version_id   bigint NOT NULL REFERENCES plan_version ON DELETE CASCADE,
    origin_version_id bigint NOT NULL REFERENCES plan_version,
    layer             text NOT NULL,
    theme             text,
    name              text,
    attributes        jsonb NOT NULL,
    source_file_id    bigint NOT NULL REFERENCES dossier_file,
    source_layer      text NOT NULL,
    source_row        bigint NOT NULL,
    geom              geometry(Geometry, {srid}) CHECK (ST_IsValid(geom))
);
CREATE INDEX plan_feature_version ON plan_feature (plan_version_id);
CREATE INDEX plan_feature_theme_geom ON plan_feature USING gist (geom) WHERE theme IS NOT NULL;

CREATE TABLE document (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_version_id bigint NOT NULL REFERENCES plan_version ON DELETE CASCADE,
    role            text NOT NULL,
    title           text NOT NULL,
    number          text,
    date            date,
    pages           integer,
    dossier_file_id bigint NOT NULL REFERENCES dossier_file
);
CREATE INDEX document_version ON document (plan_version_id);

-- Parcels: no personal data, ever. A parcel number may repeat inside a sheet in real data.
CREATE TABLE parcel (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    national_code  text,
    commune_code   text,
    sheet          text,
    number         text,
    land_code      text,
    address        text,
    area_legal_m2  double precision,
    valid          daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded       tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    attributes     jsonb NOT NULL,
    source_file_id bigint NOT NULL REFERENCES dossier_file,
    source_layer   text NOT NULL,
    source_row     bigint NOT NULL,
    geom           geometry(MultiPolygon, {srid}) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX parcel_key ON parcel (commune_code, sheet, number);
CREATE INDEX parcel_national_code ON parcel (national_code) WHERE national_code IS NOT NULL;
CREATE INDEX parcel_geom ON parcel USING gist (geom);

CREATE TABLE parcel_alias (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parcel_id    bigint NOT NULL REFERENCES parcel ON DELETE CASCADE,
    commune_code text NOT NULL,
    sheet        text NOT NULL,
    number       text NOT NULL
);
CREATE INDEX parcel_alias_key ON parcel_alias (commune_code, sheet, number);
CREATE INDEX parcel_alias_parcel ON parcel_alias (parcel_id);

-- The permit desk, issued extracts and public error reports.
CREATE TABLE application (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_no    text NOT NULL UNIQUE,
    parcel_id  bigint REFERENCES parcel,
    filed_on   date NOT NULL,
    works      jsonb NOT NULL,
    state      text NOT NULL,
    footprint  geometry(MultiPolygon, {srid}) CHECK (ST_IsValid(footprint))
);
CREATE INDEX application_footprint ON application USING gist (footprint);

CREATE TABLE application_event (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES application,
    at             timestamptz NOT NULL,
    actor          text NOT NULL,
    action         text NOT NULL,
    detail         jsonb NOT NULL
);
CREATE INDEX application_event_application ON application_event (application_id);

CREATE TABLE check_result (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES application,
    rule           text NOT NULL,
    verdict        text NOT NULL CHECK (verdict IN ('pass', 'fail', 'cannot_decide', 'not_applicable')),
    detail         jsonb NOT NULL,
    geom           geometry(Geometry, {srid})
);
CREATE INDEX check_result_application ON check_result (application_id);
CREATE INDEX check_result_geom ON check_result USING gist (geom);

CREATE TABLE extract (
    id        text PRIMARY KEY,
    parcel_id bigint NOT NULL REFERENCES parcel,
    issued_at timestamptz NOT NULL,
    revision  bigint NOT NULL,
    sha256    text NOT NULL,
    signature bytea,
    answer    jsonb NOT NULL
);
CREATE INDEX extract_parcel ON extract (parcel_id);

CREATE TABLE ticket (
    id        text PRIMARY KEY,
    opened_at timestamptz NOT NULL,
    subject   text NOT NULL,
    message   text NOT NULL,
    state     text NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    answer    text,
    geom      geometry(Point, {srid}),
    CONSTRAINT closed_means_answered CHECK (state <> 'closed' OR answer IS NOT NULL)
);
CREATE INDEX ticket_geom ON ticket USING gist (geom);
