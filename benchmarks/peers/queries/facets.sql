SELECT json_build_object('facets', json_agg(json_build_object('value', value, 'count', count)))::text
FROM (
    SELECT code, count(*)
    FROM presence, unnest(facet_codes) AS code
    WHERE kind = $1 AND province = $2
    GROUP BY code
) AS counts
JOIN facet_value USING (code)
