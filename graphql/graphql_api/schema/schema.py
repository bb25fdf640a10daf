"""The schema as one object."""

from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.field import StrawberryField

from graphql_api.schema.context import read_member
from graphql_api.schema.directives import at_least
from graphql_api.schema.mutation import Mutation
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.query import Query
from graphql_api.schema.scalars import SCALARS
from graphql_api.schema.subscription import Subscription

_SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Organisation],
    directives=[at_least],
    config=StrawberryConfig(scalar_map=SCALARS, default_resolver=read_member),
)


def arguments_by_name(field: StrawberryField) -> dict[str, StrawberryArgument]:
    """The arguments of a field by their names in GraphQL."""
    return {_SCHEMA.config.name_converter.from_argument(argument): argument for argument in field.arguments}


def as_resolvers_take_it(argument: StrawberryArgument, value: Any) -> Any:
    """A value of GraphQL's as the field's resolver takes it: an input object, an enum member, a list of them."""
    registry = _SCHEMA.schema_converter.scalar_registry
    return convert_argument(value, argument.type, registry, _SCHEMA.config)


def sdl() -> str:
    """The schema in GraphQL's own language."""
    return _SCHEMA.as_str() + "\n"


def executable() -> GraphQLSchema:
    """The schema that graphql-core executes."""
    return _SCHEMA._schema  # noqa: SLF001 - Strawberry has no public name for it
