-- After loading: keys, indexes and statistics. Each index is there for one of the six queries.
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

CREATE INDEX organisation_exporters ON organisation
    USING gin (category_codes, active_markets, export_share) WHERE exports = 'yes';
CREATE INDEX organisation_names ON organisation USING gist (names gist_trgm_ops (siglen = 256));
CREATE INDEX establishment_places ON establishment USING gist (position) WHERE is_place;
