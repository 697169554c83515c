-- Vector tiles (asyncpg: $1 z, $2 x, $3 y, $4 valid_at date, $5 known_at timestamptz).
-- A tile of no rows is zero bytes. The search box goes to the storage CRS, so the index serves;
-- MATERIALIZED keeps each geometry from being cut twice (for the picture and for IS NOT NULL).

-- name: zones
-- about: zones of the versions in force; $6 is {"name in the data": ["style key", "label"]}
WITH tile AS (
    SELECT ST_TileEnvelope($1, $2, $3) AS web,
           ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096), storage_srid) AS ground
    FROM register_state
), seen AS MATERIALIZED (
    SELECT zone.id, zone.symbol, zone.level, plan.name AS plan, plan.level AS plan_level,
           coalesce(zone.function_3, zone.function_2, zone.function_1, zone.land_use_code)
               AS function,
           coalesce($6::jsonb -> zone.function_3, $6::jsonb -> zone.function_2,
                    $6::jsonb -> zone.function_1, $6::jsonb -> zone.land_use_code) AS style,
           ST_AsMVTGeom(ST_Transform(zone.geom, 3857), tile.web, 4096, 64) AS geom
    FROM tile
    JOIN zone ON zone.geom && tile.ground
    JOIN version_period AS period ON period.plan_version_id = zone.plan_version_id
        AND period.valid @> $4::date AND period.recorded @> $5::timestamptz
    JOIN plan ON plan.id = period.plan_id
    WHERE zone.area_m2 > (20037508.34 / 256 / 2 ^ $1) ^ 2
), drawn AS MATERIALIZED (
    SELECT id, symbol, function, level, plan, geom,
           CASE WHEN function IS NULL THEN 'no-function'
                ELSE coalesce(style ->> 0, 'not-in-catalogue') END AS style,
           coalesce(symbol, style ->> 1, function) AS label
    FROM seen
    WHERE geom IS NOT NULL
    ORDER BY array_position(
                 ARRAY['land_use', 'general', 'other', 'zoning', 'detailed', 'site'], plan_level),
             array_position(ARRAY['area', 'cell', 'lot'], level), id
)
SELECT ST_AsMVT(drawn, 'zones', 4096, 'geom', 'id') FROM drawn;

-- name: lines
-- about: red lines, building lines, corridors and road axes of the versions in force
WITH tile AS (
    SELECT ST_TileEnvelope($1, $2, $3) AS web,
           ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096), storage_srid) AS ground
    FROM register_state
), drawn AS MATERIALIZED (
    SELECT line.id, line.kind, line.name, plan.name AS plan,
           ST_AsMVTGeom(ST_Transform(line.geom, 3857), tile.web, 4096, 64) AS geom
    FROM tile
    JOIN plan_line AS line ON line.geom && tile.ground
    JOIN version_period AS period ON period.plan_version_id = line.plan_version_id
        AND period.valid @> $4::date AND period.recorded @> $5::timestamptz
    JOIN plan ON plan.id = period.plan_id
)
SELECT ST_AsMVT(drawn, 'lines', 4096, 'geom', 'id') FROM drawn WHERE geom IS NOT NULL;

-- name: parcels
-- about: parcels as they were on a day, as the register knew them
WITH tile AS (
    SELECT ST_TileEnvelope($1, $2, $3) AS web,
           ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096), storage_srid) AS ground
    FROM register_state
), drawn AS MATERIALIZED (
    SELECT parcel.id, parcel.commune_code, parcel.sheet, parcel.number,
           ST_AsMVTGeom(ST_Transform(parcel.geom, 3857), tile.web, 4096, 64) AS geom
    FROM tile
    JOIN parcel ON parcel.geom && tile.ground
    WHERE parcel.valid @> $4::date AND parcel.recorded @> $5::timestamptz
)
SELECT ST_AsMVT(drawn, 'parcels', 4096, 'geom', 'id') FROM drawn WHERE geom IS NOT NULL;

-- name: zone_names
-- about: every function and code that zones carry; once per revision, for `style_index`
SELECT DISTINCT name
FROM zone, unnest(ARRAY[function_1, function_2, function_3, land_use_code]) AS name
WHERE name IS NOT NULL;

-- name: extent
-- about: longitude and latitude around what is in force ($1 valid_at, $2 known_at); NULLs if nothing
WITH ground AS (
    SELECT version.boundary AS geom
    FROM version_period AS period JOIN plan_version AS version ON version.id = period.plan_version_id
    WHERE period.valid @> $1::date AND period.recorded @> $2::timestamptz
    UNION ALL
    SELECT ST_SetSRID(ST_Extent(parcel.geom)::geometry, storage_srid)
    FROM register_state LEFT JOIN parcel
        ON parcel.valid @> $1::date AND parcel.recorded @> $2::timestamptz
    GROUP BY storage_srid
), seen AS MATERIALIZED (
    SELECT ST_Extent(ST_Transform(geom, 4326)) AS box FROM ground
)
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM seen;
