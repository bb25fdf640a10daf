"""What a client says that it takes."""


def accepts(header: str | None, name: str) -> bool:
    """Whether the header (`Accept`, `Accept-Encoding`) names exactly this, and not with the weight 0."""
    return any(_names(part, name) for part in (header or "").split(","))


def _names(part: str, name: str) -> bool:
    named, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [text.removeprefix("q=") for text in parameters if text.startswith("q=")]
    return named == name and not (weights and weights[0].strip("0.") == "")
