SELECT json_build_object('organisations', json_build_object(
    'totalCount', (SELECT count(*) FROM presence WHERE kind = $1 AND province = $2),
    'nodes', (
        SELECT coalesce(json_agg(json_build_object(
            'id', public_id,
            'slug', slug,
            'title', title,
            'kinds', kinds,
            'establishments', (
                SELECT coalesce(json_agg(locality ORDER BY place), '[]')
                FROM establishment WHERE organisation_key = key
            )
        ) ORDER BY shown.sort_title, key), '[]')
        FROM (
            SELECT sort_title, organisation_key
            FROM presence
            WHERE kind = $1 AND province = $2
            ORDER BY sort_title, organisation_key
            LIMIT 20
        ) AS shown
        JOIN organisation ON key = organisation_key
    )
))::text
