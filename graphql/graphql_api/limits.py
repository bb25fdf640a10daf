"""Limits on documents, checked before anything is executed: how long, how deep, how many root fields and aliases."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    ValidationContext,
    ValidationRule,
    specified_rules,
    visit,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule
from graphql.validation.validate import ValidationAbortedError

LENGTH, TOKENS, DEPTH, ROOT_FIELDS, ALIASES, REPETITION = (
    f"{limit}_LIMIT" for limit in ("LENGTH", "TOKEN", "DEPTH", "ROOT_FIELD", "ALIAS", "REPETITION")
)
"""Codes of the errors."""

LONGEST = 32_768
"""Characters of a document: bounds what is kept."""
MOST_VARIABLES_BYTES = 32_768
"""Of a query, as JSON: twice the longest list that a filter takes. Mutations carry whole documents."""
MOST_TOKENS = 1_500
"""Longer documents cost hundreds of milliseconds to validate when they repeat fields."""
DEEPEST = 15
"""Introspection by common tools goes 13 levels deep."""
MOST_ALIASES = 30
MOST_ROOT_FIELDS = 10
MOST_COMPARISONS = 20_000
"""Steps of comparing fields that share a name in the answer; our own operations take ten at most."""
MOST_ERRORS = 20
"""Each unknown field is compared with all known ones, so that the error can say which was meant."""


class LimitRule(ValidationRule):
    """Refuses operations beyond the limits. Every fragment is looked at once, however often it is spread."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fragments = {
            definition.name.value: definition
            for definition in context.document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._depths: dict[str, int] = {}
        self._aliases = 0

    def enter_operation_definition(self, node: OperationDefinitionNode, *_args: Any) -> None:
        """Check one operation."""
        if self._depth(node.selection_set, ()) > DEEPEST:
            message = f"The operation is nested more than {DEEPEST} levels deep; ask in several requests."
            self._refuse(DEPTH, node, message)
        if len(node.selection_set.selections) > MOST_ROOT_FIELDS:
            message = f"The operation has more than {MOST_ROOT_FIELDS} root fields; send several requests."
            self._refuse(ROOT_FIELDS, node, message)

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        """Count aliases over the whole document."""
        self._aliases += node.alias is not None
        if node.alias is not None and self._aliases == MOST_ALIASES + 1:
            self._refuse(ALIASES, node, f"The document has more than {MOST_ALIASES} aliases; ask in several requests.")

    def _depth(self, selection: SelectionSetNode | None, spread: tuple[str, ...]) -> int:
        if selection is None or len(spread) > DEEPEST:
            return 0
        return max((self._depth_of(part, spread) for part in selection.selections), default=0)

    def _depth_of(self, part: Any, spread: tuple[str, ...]) -> int:
        if isinstance(part, FieldNode):
            return 1 + self._depth(part.selection_set, spread)
        if isinstance(part, InlineFragmentNode):
            return self._depth(part.selection_set, spread)
        return self._fragment_depth(part, spread) if isinstance(part, FragmentSpreadNode) else 0

    def _fragment_depth(self, part: FragmentSpreadNode, spread: tuple[str, ...]) -> int:
        name = part.name.value
        if name in spread or name not in self._fragments:
            return 0  # a cycle, or an unknown fragment: other rules refuse it
        if name not in self._depths:
            self._depths[name] = self._depth(self._fragments[name].selection_set, (*spread, name))
        return self._depths[name]

    def _refuse(self, code: str, node: Any, message: str) -> None:
        self.report_error(GraphQLError(message, node, extensions={"code": code}))


def broken_limits(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """The limits that the document breaks. No types are asked, so this takes a third of the time of a validation."""
    errors: list[GraphQLError] = []
    try:
        visit(document, LimitRule(ValidationContext(schema, document, TypeInfo(schema), errors.append)))
    except RecursionError:
        errors.append(GraphQLError("The document is nested too deeply.", extensions={"code": DEPTH}))
    return errors


class MergeRule(OverlappingFieldsCanBeMergedRule):
    """The rule of the specification on fields that share a name, with less work allowed: it grows with their square."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MOST_COMPARISONS


RULES = [*(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule), MergeRule]
"""The rules of the specification."""


def told(error: GraphQLError) -> GraphQLError:
    """An error of validation as callers are told it."""
    # The library ends for two reasons, and tells the other one, too many errors, in more words.
    if not isinstance(error, ValidationAbortedError) or error.message != "Validation aborted.":
        return error
    message = "The document repeats fields, in fragments too, so often that it is not checked; ask for each once."
    return GraphQLError(message, extensions={"code": REPETITION})
