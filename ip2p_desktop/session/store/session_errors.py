"""The error for sessions and projects that cannot be read."""

from __future__ import annotations

from engine.errors import EngineError


class SessionUnreadable(EngineError):
    """A session or a project cannot be read."""

    kind = "session"
