WITH found AS MATERIALIZED (
    SELECT organisation_key, last_validated_on, public_id
    FROM exporter
    WHERE export_share >= $1 AND active_markets && $2 AND sectors && ARRAY[$3, $4]
)
SELECT json_build_object('organisations', json_build_object(
    'totalCount', (SELECT count(*) FROM found),
    'nodes', (
        SELECT coalesce(json_agg(json_build_object(
            'id', public_id,
            'slug', slug,
            'title', title,
            'sizeClass', size_class,
            'lastValidatedOn', last_validated_on,
            'percent', export_share,
            'year', export_share_year,
            'source', export_share_source,
            'workingLanguages', working_languages,
            'markets', (
                SELECT coalesce(json_agg(json_build_object(
                    'country', country, 'status', status, 'sharePercent', share_percent, 'since', since
                ) ORDER BY place), '[]')
                FROM export_market WHERE export_market.organisation_key = key
            )
        ) ORDER BY last_validated_on DESC NULLS LAST, public_id DESC), '[]')
        FROM (
            SELECT organisation_key FROM found ORDER BY last_validated_on DESC NULLS LAST, public_id DESC LIMIT 50
        ) AS shown
        JOIN organisation ON key = organisation_key
    )
))::text
