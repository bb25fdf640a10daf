"""The client of the registry's log for partners, and for our own readers: follow, mirror, verify. See docs/client.md.

It needs `httpx` and `orjson` alone; over Kafka also `kafka-python` (the extra `kafka`).
"""

from services.events.client.keeping import Change
from services.events.client.kept import KeptSnapshots
from services.events.client.mirror import Mirror
from services.events.client.mirror_file import MirrorFile, Organisation, Standing
from services.events.client.pages import Page
from services.events.client.problems import (
    ClientError,
    MirrorInUse,
    MirrorOfOtherView,
    MirrorUnusable,
    NotAMirror,
    OnChangesFailed,
    PositionNotReached,
)
from services.events.client.registry import Registry
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View, Visibility
from services.events.following.protocol import (
    AnswerUnreadable,
    GapInEntries,
    Refused,
    Snapshot,
    SnapshotDiffers,
    SnapshotIncomplete,
    SourceUnavailable,
)
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired, PositionTooFarBack
from services.events.verifying.holding import Digest
from services.events.verifying.report import Difference, Report

__all__ = [
    "AnswerUnreadable",
    "Change",
    "ClientError",
    "Difference",
    "Digest",
    "Entry",
    "GapInEntries",
    "KeptSnapshots",
    "Mirror",
    "MirrorFile",
    "MirrorInUse",
    "MirrorOfOtherView",
    "MirrorUnusable",
    "NotAMirror",
    "OnChangesFailed",
    "Organisation",
    "Page",
    "Position",
    "PositionAhead",
    "PositionBeyondFork",
    "PositionExpired",
    "PositionNotReached",
    "PositionTooFarBack",
    "Refused",
    "Registry",
    "Report",
    "Snapshot",
    "SnapshotDiffers",
    "SnapshotIncomplete",
    "SourceUnavailable",
    "Standing",
    "Subject",
    "View",
    "Visibility",
]
