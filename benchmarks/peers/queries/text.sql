SELECT json_build_object('organisations', json_build_object(
    'nodes', (
        SELECT json_agg(json_build_object('id', public_id, 'slug', slug, 'title', title, 'kinds', kinds))
        FROM (SELECT public_id, slug, title, kinds FROM organisation ORDER BY names <-> unaccent($1) LIMIT 10) AS shown
    )
))::text
