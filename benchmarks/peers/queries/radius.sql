WITH found AS MATERIALIZED (
    SELECT organisation_key AS key, min(cube_distance(position, centre)) AS chord
    FROM place, ll_to_earth($2, $1) AS centre
    WHERE cube_enlarge(centre, chord($3), 3) @> position AND cube_distance(position, centre) <= chord($3)
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
            'distanceKm', kilometres(chord),
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
        ) ORDER BY chord, public_id), '[]')
        FROM (SELECT key, chord FROM found ORDER BY chord LIMIT 30) AS shown
        JOIN organisation USING (key)
    )
))::text
