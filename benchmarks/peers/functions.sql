-- The searches as functions, which is how PostGraphile takes what its own arguments cannot say. They are plain enough to
-- be inlined where they are called.
SET search_path TO registry, public;

CREATE FUNCTION export_search(min_share double precision, countries text[], sector text, other_sector text)
    RETURNS SETOF organisation
    LANGUAGE sql STABLE AS $$
    SELECT *
    FROM organisation
    WHERE exports = 'yes'
        AND export_share >= min_share
        AND active_markets && countries
        AND category_codes && ARRAY['markets:' || sector, 'markets:' || other_sector]
    ORDER BY last_validated_on DESC NULLS LAST, public_id DESC
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

-- Kilometres on the mean radius of the earth, as the registry measures them, in the metres of earthdistance, which takes
-- the radius at the equator.
CREATE FUNCTION on_equators_sphere(km double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE AS 'SELECT km * earth() / 6371.0088';
CREATE FUNCTION on_mean_sphere(metres double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE AS 'SELECT metres * 6371.0088 / earth()';

-- A view only to say what a place is: PostGraphile follows the key to the organisation.
CREATE VIEW place AS SELECT key AS organisation_key, 0::double precision AS distance_km FROM organisation;
COMMENT ON VIEW place IS E'@foreignKey (organisation_key) references organisation (key)';

CREATE FUNCTION places_near(longitude double precision, latitude double precision, radius_km double precision)
    RETURNS SETOF place
    LANGUAGE sql STABLE AS $$
    SELECT organisation_key, on_mean_sphere(min(earth_distance(position, centre))) AS distance_km
    FROM establishment, ll_to_earth(places_near.latitude, places_near.longitude) AS centre
    WHERE is_place
        AND earth_box(centre, on_equators_sphere(radius_km)) @> position
        AND earth_distance(position, centre) <= on_equators_sphere(radius_km)
    GROUP BY organisation_key
    ORDER BY distance_km
$$;
