"""The schema as one object."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from graphql_api.schema.context import read_member
from graphql_api.schema.directives import at_least
from graphql_api.schema.mutation import Mutation
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.query import Query
from graphql_api.schema.scalars import SCALARS

_SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[Organisation],
    directives=[at_least],
    config=StrawberryConfig(scalar_map=SCALARS, default_resolver=read_member),
)


def sdl() -> str:
    """The schema in GraphQL's own language."""
    return _SCHEMA.as_str() + "\n"


def executable() -> GraphQLSchema:
    """The schema that graphql-core executes."""
    return _SCHEMA._schema  # noqa: SLF001 - Strawberry has no public name for it
