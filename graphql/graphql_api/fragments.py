"""The fragments of a document, wherever its selections are walked."""

from typing import cast

from graphql import DocumentNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionNode

Fragment = InlineFragmentNode | FragmentDefinitionNode


class Fragments:
    """The named fragments of one document."""

    def __init__(self, document: DocumentNode) -> None:
        self._named = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def spread(self, node: SelectionNode, seen: set[str]) -> Fragment | None:
        """What is spread at a selection that is no field; a fragment in `seen` was spread before and adds nothing."""
        if isinstance(node, InlineFragmentNode):
            return node
        name = cast("FragmentSpreadNode", node).name.value
        if name in seen:
            return None
        seen.add(name)
        return self._named[name]
