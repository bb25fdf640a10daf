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

-- A view only to say what a place is: PostGraphile follows the key to the organisation.
CREATE VIEW place AS SELECT key AS organisation_key, 0::double precision AS distance_km FROM organisation;
COMMENT ON VIEW place IS E'@foreignKey (organisation_key) references organisation (key)';

CREATE FUNCTION places_near(longitude double precision, latitude double precision, radius_km double precision)
    RETURNS SETOF place
    LANGUAGE sql STABLE AS $$
    SELECT organisation_key, min(earth_distance(position, centre)) / 1000 AS distance_km
    FROM establishment, ll_to_earth(places_near.latitude, places_near.longitude) AS centre
    WHERE is_place
        AND earth_box(centre, radius_km * 1000) @> position
        AND earth_distance(position, centre) <= radius_km * 1000
    GROUP BY organisation_key
    ORDER BY distance_km
$$;
