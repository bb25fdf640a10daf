SELECT json_build_object('organisation', json_build_object(
    'id', public_id,
    'slug', slug,
    'version', version,
    'state', state,
    'registeredOn', registered_on,
    'lastValidatedOn', last_validated_on,
    'title', title,
    'shortDescription', short_description,
    'description', description,
    'kinds', kinds,
    'sizeClass', size_class,
    'lifeCycleStage', life_cycle_stage,
    'email', email,
    'phone', phone,
    'websites', websites,
    'fronts', fronts,
    'axes', axes,
    'enterpriseNumbers', enterprise_numbers,
    'nace', (
        SELECT coalesce(json_agg(json_build_object('version', version, 'code', code, 'role', role) ORDER BY place), '[]')
        FROM nace WHERE organisation_key = key
    ),
    'categories', (
        SELECT coalesce(json_agg(json_build_object('scheme', scheme, 'code', code) ORDER BY place), '[]')
        FROM category WHERE organisation_key = key
    ),
    'labels', (
        SELECT coalesce(json_agg(json_build_object(
            'label', label, 'issuer', issuer, 'validFrom', valid_from, 'validUntil', valid_until
        ) ORDER BY place), '[]')
        FROM label_grant WHERE organisation_key = key
    ),
    'establishments', (
        SELECT coalesce(json_agg(json_build_object(
            'seat', seat,
            'phone', phone,
            'street', street,
            'houseNumber', house_number,
            'postalCode', postal_code,
            'locality', locality,
            'longitude', longitude,
            'latitude', latitude,
            'commune', json_build_object('nisCode', nis_code, 'name', name, 'province', province)
        ) ORDER BY place), '[]')
        FROM establishment LEFT JOIN commune USING (nis_code) WHERE organisation_key = key
    ),
    'export', json_build_object(
        'exports', exports,
        'percent', export_share,
        'year', export_share_year,
        'source', export_share_source,
        'workingLanguages', working_languages,
        'markets', (
            SELECT coalesce(json_agg(json_build_object(
                'country', country, 'status', status, 'sharePercent', share_percent, 'since', since
            ) ORDER BY place), '[]')
            FROM export_market WHERE organisation_key = key
        )
    ),
    'relations', (
        SELECT coalesce(json_agg(json_build_object(
            'kind', relation.kind,
            'since', relation.since,
            'targetName', relation.target_name,
            'organisation', CASE WHEN target.key IS NOT NULL THEN
                json_build_object('id', target.public_id, 'slug', target.slug, 'title', target.title)
            END
        ) ORDER BY relation.place), '[]')
        FROM relation LEFT JOIN organisation AS target ON target.key = target_key
        WHERE relation.organisation_key = organisation.key
    )
))::text
FROM organisation
WHERE slug = $1
