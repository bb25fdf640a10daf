-- The searches as functions, which is how PostGraphile takes what its own arguments cannot say. They are plain enough to
-- be inlined where they are called.
SET search_path TO registry, public;

CREATE FUNCTION export_search(min_share double precision, countries text[], sector text, other_sector text)
    RETURNS SETOF organisation
    LANGUAGE sql STABLE AS $$
    SELECT organisation.*
    FROM exporter JOIN organisation ON key = organisation_key
    WHERE exporter.export_share >= min_share
        AND exporter.active_markets && countries
        AND sectors && ARRAY[sector, other_sector]
    ORDER BY exporter.last_validated_on DESC NULLS LAST, exporter.public_id DESC
$$;

CREATE FUNCTION name_search(text text) RETURNS SETOF organisation
    LANGUAGE sql STABLE AS $$
    SELECT * FROM organisation ORDER BY names <-> unaccent(name_search.text)
$$;

CREATE FUNCTION facets(of_kind text, in_province text) RETURNS TABLE (value text, count integer)
    LANGUAGE sql STABLE AS $$
    SELECT value, count
    FROM (
        SELECT code, count(*)::integer AS count
        FROM presence, unnest(facet_codes) AS code
        WHERE kind = of_kind AND province = in_province
        GROUP BY code
    ) AS counts
    JOIN facet_value USING (code)
$$;

-- Kilometres on the mean radius of the earth, as the registry measures them, to and from the chords that positions of
-- earthdistance are apart, which takes the radius at the equator.
CREATE FUNCTION chord(km double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE AS 'SELECT gc_to_sec(km * earth() / 6371.0088)';
CREATE FUNCTION kilometres(chord double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE AS 'SELECT sec_to_gc(chord) * 6371.0088 / earth()';

-- A view only to say what is found near a point: PostGraphile follows the key to the organisation.
CREATE VIEW near AS SELECT organisation_key, 0::double precision AS distance_km FROM place;
COMMENT ON VIEW near IS E'@foreignKey (organisation_key) references organisation (key)';

CREATE FUNCTION places_near(longitude double precision, latitude double precision, radius_km double precision)
    RETURNS SETOF near
    LANGUAGE sql STABLE AS $$
    SELECT organisation_key, kilometres(min(cube_distance(position, centre))) AS distance_km
    FROM place, ll_to_earth(places_near.latitude, places_near.longitude) AS centre
    WHERE cube_enlarge(centre, chord(radius_km), 3) @> position AND cube_distance(position, centre) <= chord(radius_km)
    GROUP BY organisation_key
    ORDER BY min(cube_distance(position, centre))
$$;
