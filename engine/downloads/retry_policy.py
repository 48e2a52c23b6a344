"""Timeouts, pauses and number of tries of a download."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from engine.progress import CancelToken

POLL_SECONDS = 0.05
"""Interval of the checks of the cancel token while nothing arrives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """Timeouts, pauses and number of tries. All times are in seconds."""

    stall: float = 30.0
    """Time without data after which a connection counts as lost."""
    tries: int = 5
    """Number of tries in a row without new data, after which the download fails."""
    first_pause: float = 1.0
    """Pause before the second try; it doubles before each further one."""
    max_pause: float = 60.0
    """The longest pause; if a server asks for more, the download fails."""

    def pause(self, failures: int) -> float:
        """The pause after so many failed tries."""
        return float(min(self.first_pause * 2 ** max(failures - 1, 0), self.max_pause))


DEFAULT_RETRIES = RetryPolicy()


def retry_after_seconds(retry_after: str | None) -> float | None:
    """Seconds in a `Retry-After` header, which holds a number or a date (RFC 9110, 10.2.3); else None."""
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
    """Waits for so many seconds. Raises `Cancelled` when the token is cancelled."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        cancel.raise_if_cancelled()
        time.sleep(min(left, POLL_SECONDS))
    cancel.raise_if_cancelled()
