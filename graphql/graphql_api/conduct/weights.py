"""What a field costs beside its number of values, in points: a point is a value in the answer.

The figures are measured on ten thousand organisations and rounded up: a point is about the time that one value takes
where an operation is executed the ordinary way, 4 µs. They need not be exact: cost bounds work, it does not bill it.
"""

from collections.abc import Mapping

READING = 5
"""Points for each character of a document that this process does not know yet: it is parsed, checked and compiled."""

VARIABLES = 2
"""Points for each byte of a query's variables, as JSON, that is more than these: each value is read and checked."""
FREE_VARIABLES_BYTES = 2_000

BODY = 0.1
"""Points for each byte of a body that has more than `FREE_BODY_BYTES`: it is read as JSON."""
FREE_BODY_BYTES = 10_000

FIELDS: Mapping[str, int] = {
    "Query.organisations": 20,
    "Query.facets": 50,
    "Query.suggest": 200,
    "Query.registryStatus": 10,
}
"""Work that a field does for itself, whatever is selected in it; 1 where it is not here."""

MUTATION = 500
"""A mutation is a request to the registry."""

ARGUMENTS: Mapping[str, int] = {"search": 300, "near": 100, "filter": 50}
"""What an argument adds where it is given."""

LISTS: Mapping[str, float] = {
    "Query.communes": 262,
    "Query.provinces": 5,
    "Query.activityKinds": 12,
    "Facet.values": 50,
    "Organisation.establishments": 3,
    "Organisation.relations": 3,
    # Introspection. `ofType` is no list, and mostly null.
    "__Schema.types": 180,
    "__Schema.directives": 6,
    "__Type.fields": 6,
    "__Type.inputFields": 1,
    "__Type.enumValues": 2,
    "__Type.interfaces": 0.2,
    "__Type.possibleTypes": 0.2,
    "__Type.ofType": 0.5,
    "__Field.args": 0.5,
    "__Directive.args": 1,
}
"""How long lists are taken to be whose length nobody asks for."""

OTHER_LISTS = 2

SIZED_BY: Mapping[str, str] = {"Query.nodes": "ids", "Query.facets": "dimensions"}
"""Fields whose list is as long as the list that they are given; with `first` or `last` it is as long as these say."""
