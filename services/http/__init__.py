"""What every HTTP application of ours shares: reading requests, answering with problems, the layers around them."""

from services.http.answers import PROBLEM_HANDLERS, problem_response
from services.http.api import create_api
from services.http.caller import CurrentCaller
from services.http.edge import Edge
from services.http.field_errors import invalid_content
from services.http.heads import headers_only
from services.http.json_bodies import read_json
from services.http.negotiation import accepts
from services.http.openapi import merge_patch_body, problems
from services.http.requests import MergePatch, RequestId

__all__ = [
    "PROBLEM_HANDLERS",
    "CurrentCaller",
    "Edge",
    "MergePatch",
    "RequestId",
    "accepts",
    "create_api",
    "headers_only",
    "invalid_content",
    "merge_patch_body",
    "problem_response",
    "problems",
    "read_json",
]
