WITH found AS MATERIALIZED (
    SELECT organisation_key AS key, min(earth_distance(position, centre)) AS metres
    FROM establishment, ll_to_earth($2, $1) AS centre
    WHERE is_place
        AND earth_box(centre, on_equators_sphere($3)) @> position
        AND earth_distance(position, centre) <= on_equators_sphere($3)
    GROUP BY organisation_key
)
SELECT json_build_object('organisations', json_build_object(
    'totalCount', (SELECT count(*) FROM found),
    'nodes', (
        SELECT coalesce(json_agg(json_build_object(
            'id', public_id,
            'slug', slug,
            'title', title,
            'kinds', kinds,
            'distanceKm', on_mean_sphere(metres),
            'establishments', (
                SELECT coalesce(json_agg(json_build_object(
                    'street', street,
                    'houseNumber', house_number,
                    'locality', locality,
                    'longitude', longitude,
                    'latitude', latitude
                ) ORDER BY place), '[]')
                FROM establishment WHERE organisation_key = key
            )
        ) ORDER BY metres, public_id), '[]')
        FROM (SELECT key, metres FROM found ORDER BY metres LIMIT 30) AS shown
        JOIN organisation USING (key)
    )
))::text
