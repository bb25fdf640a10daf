-- The same organisations in tables, as one would lay them out for PostGraphile or for statements by hand:
-- texts in several languages as jsonb, lists of plain values as arrays, lists of objects as tables of their own.
-- `organisation` also holds what searches need, worked out when a row is written: no query computes it.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;

CREATE SCHEMA registry;
SET search_path TO registry, public;

CREATE TABLE commune (
    nis_code text PRIMARY KEY,
    name text NOT NULL,
    province text NOT NULL
);

CREATE TABLE organisation (
    key integer NOT NULL,
    public_id text NOT NULL,
    slug text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    registered_on date NOT NULL,
    last_validated_on date,
    title jsonb NOT NULL,
    short_description jsonb,
    description jsonb,
    kinds text[] NOT NULL,
    size_class text,
    life_cycle_stage text,
    email text,
    phone text,
    websites text[] NOT NULL,
    fronts text[] NOT NULL,
    axes text[] NOT NULL,
    enterprise_numbers text[] NOT NULL,
    exports text,
    export_share double precision,
    export_share_year integer,
    export_share_source text,
    working_languages text[] NOT NULL,
    sort_title text NOT NULL,       -- the title without case and accents
    names text NOT NULL,            -- every title without case and accents
    provinces text[] NOT NULL,      -- of the establishments
    active_markets text[] NOT NULL,
    category_codes text[] NOT NULL  -- scheme:code
);

CREATE TABLE nace (
    organisation_key integer NOT NULL,
    place smallint NOT NULL,
    version text NOT NULL,
    code text NOT NULL,
    role text NOT NULL
);

CREATE TABLE category (
    organisation_key integer NOT NULL,
    place smallint NOT NULL,
    scheme text NOT NULL,
    code text NOT NULL
);

CREATE TABLE label_grant (
    organisation_key integer NOT NULL,
    place smallint NOT NULL,
    label text NOT NULL,
    issuer text NOT NULL,
    valid_from date NOT NULL,
    valid_until date
);

CREATE TABLE establishment (
    organisation_key integer NOT NULL,
    place smallint NOT NULL,
    seat boolean NOT NULL,
    phone text,
    street text,
    house_number text,
    postal_code text,
    locality text,
    nis_code text,
    longitude double precision,
    latitude double precision
);

CREATE TABLE export_market (
    organisation_key integer NOT NULL,
    place smallint NOT NULL,
    country text NOT NULL,
    status text NOT NULL,
    share_percent double precision,
    since integer
);

CREATE TABLE relation (
    organisation_key integer NOT NULL,
    place smallint NOT NULL,
    kind text NOT NULL,
    since integer,
    target_name text,
    target_id text,      -- as the document has it
    target_key integer   -- of an organisation that is shown
);
