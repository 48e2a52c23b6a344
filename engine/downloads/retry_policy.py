"""How long a download waits, and how often it tries again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from engine.progress import CancelToken

POLL_SECONDS = 0.05
"""Between two looks at the cancel token while nothing arrives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """All times in seconds."""

    stall: float = 30.0
    """A connection on which nothing arrives for so long is given up."""
    tries: int = 5
    """Tries one after the other that bring nothing new, before giving up."""
    first_pause: float = 1.0
    """Before the second try; twice as long before each further one."""
    max_pause: float = 60.0
    """The longest pause a server may ask for; if it asks for more, the download ends."""

    def pause(self, failures: int) -> float:
        """How long to wait after so many tries that brought nothing."""
        return float(min(self.first_pause * 2 ** max(failures - 1, 0), self.max_pause))


DEFAULT_RETRIES = RetryPolicy()


def retry_after_seconds(retry_after: str | None) -> float | None:
    """Seconds that a `Retry-After` header asks for, which gives a number or a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def wait(seconds: float, cancel: CancelToken) -> None:
    """Sleep, but not through a cancellation. Raises `Cancelled`."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        cancel.raise_if_cancelled()
        time.sleep(min(left, POLL_SECONDS))
    cancel.raise_if_cancelled()
