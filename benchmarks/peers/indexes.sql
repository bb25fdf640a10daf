-- After loading: keys, and for each of the six queries a table or an index that is laid out for it.
SET search_path TO registry, public;

ALTER TABLE organisation ADD PRIMARY KEY (key), ADD UNIQUE (public_id), ADD UNIQUE (slug);
ALTER TABLE nace ADD PRIMARY KEY (organisation_key, place);
ALTER TABLE category ADD PRIMARY KEY (organisation_key, place);
ALTER TABLE label_grant ADD PRIMARY KEY (organisation_key, place);
ALTER TABLE establishment ADD PRIMARY KEY (organisation_key, place);
ALTER TABLE export_market ADD PRIMARY KEY (organisation_key, place);
ALTER TABLE relation ADD PRIMARY KEY (organisation_key, place);

UPDATE relation SET target_key = key FROM organisation WHERE public_id = target_id;
ALTER TABLE relation DROP COLUMN target_id;

ALTER TABLE nace ADD FOREIGN KEY (organisation_key) REFERENCES organisation;
ALTER TABLE category ADD FOREIGN KEY (organisation_key) REFERENCES organisation;
ALTER TABLE label_grant ADD FOREIGN KEY (organisation_key) REFERENCES organisation;
ALTER TABLE establishment
    ADD FOREIGN KEY (organisation_key) REFERENCES organisation,
    ADD FOREIGN KEY (nis_code) REFERENCES commune;
ALTER TABLE export_market ADD FOREIGN KEY (organisation_key) REFERENCES organisation;
ALTER TABLE relation
    ADD FOREIGN KEY (organisation_key) REFERENCES organisation,
    ADD FOREIGN KEY (target_key) REFERENCES organisation;

-- Facets are counted over small numbers: three times as fast as over texts.
CREATE TABLE facet_value AS
    SELECT row_number() OVER (ORDER BY value)::smallint AS code, value
    FROM (SELECT DISTINCT unnest(kinds || provinces || category_codes) AS value FROM organisation) AS found;
ALTER TABLE facet_value ADD PRIMARY KEY (code);

-- A row for each kind of an organisation in each province where it has an establishment, with its facet values; stored
-- in the order in which lists are read.
CREATE TABLE presence AS
    SELECT kind, province, sort_title, key AS organisation_key, ARRAY(
        SELECT code FROM facet_value WHERE value = ANY (kinds || provinces || category_codes)
    ) AS facet_codes
    FROM organisation, unnest(kinds) AS kind, unnest(provinces) AS province
    ORDER BY kind, province, sort_title, key;
ALTER TABLE presence
    ADD PRIMARY KEY (kind, province, sort_title, organisation_key),
    ADD FOREIGN KEY (organisation_key) REFERENCES organisation;

-- The exporters whose share is published, with what they are searched by: narrow rows, in the order of the answer.
CREATE TABLE exporter AS
    SELECT key AS organisation_key, public_id, last_validated_on, export_share, active_markets, ARRAY(
        SELECT substr(category, 9) FROM unnest(category_codes) AS category WHERE category LIKE 'markets:%'
    ) AS sectors
    FROM organisation
    WHERE exports = 'yes' AND export_share IS NOT NULL
    ORDER BY last_validated_on DESC NULLS LAST, public_id DESC;
ALTER TABLE exporter
    ADD PRIMARY KEY (organisation_key),
    ADD FOREIGN KEY (organisation_key) REFERENCES organisation;
CREATE INDEX exporter_search ON exporter USING gin (sectors, active_markets);

-- Where coworkings, fab labs and EPNs are; neighbours are stored beside one another.
CREATE TABLE place AS
    SELECT organisation_key, ll_to_earth(latitude, longitude) AS position
    FROM establishment JOIN organisation ON key = organisation_key
    WHERE kinds && '{coworking, fab_lab, epn}' AND latitude IS NOT NULL
    ORDER BY floor(longitude * 10), floor(latitude * 10), longitude;
ALTER TABLE place ADD FOREIGN KEY (organisation_key) REFERENCES organisation;
CREATE INDEX place_position ON place USING gist (position);

CREATE INDEX organisation_names ON organisation USING gist (names gist_trgm_ops (siglen = 256));
