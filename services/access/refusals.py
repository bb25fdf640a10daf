"""Why an access token is refused: each cause has its own word and its own sentence."""

from enum import StrEnum

from services.problems import Unauthenticated


class Refusal(StrEnum):
    """Cause of a refusal, as the member `reason` of the problem document names it for programs."""

    MALFORMED = "malformed"
    WRONG_TYPE = "wrong_type"
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_ISSUER = "wrong_issuer"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_AUDIENCE = "wrong_audience"
    MISSING_CLAIM = "missing_claim"


def refused(reason: Refusal, detail: str) -> Unauthenticated:
    """The problem to raise; `WWW-Authenticate` says the same in the words of RFC 6750."""
    problem = Unauthenticated(detail, reason=reason.value)
    problem.headers["WWW-Authenticate"] += ', error="invalid_token"'
    return problem
