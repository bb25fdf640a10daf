"""Ids of the notifier's own things."""

import base64
import secrets
import time

DELIVERY_PATTERN = r"^delivery-[a-z2-7]{16}$"


def new_search_id() -> str:
    """An id for a saved search."""
    return f"search-{_random()}"


def new_delivery_id() -> str:
    """An id for a delivery: the `webhook-id` of every attempt at it."""
    return f"delivery-{_random()}"


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def _random() -> str:
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()
