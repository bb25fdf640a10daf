"""Why a GraphQL request is refused before anything of it is executed."""

from services.problems import InvalidInput


class InvalidRequest(InvalidInput):
    """The request is not a GraphQL request: its JSON, its members or its parameters are wrong."""

    title = "Not a GraphQL request"


class UnknownOperation(InvalidInput):
    """The document has no operation of the name given, or several and no name was given."""

    title = "Which operation is not clear"


class UnknownDocument(InvalidInput):
    """No persisted document has the id in `documentId`."""

    title = "The document is not known"
