"""Observable attributes, and the ties between them and controls."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Generic, Self, TypeVar, overload

from PySide6.QtCore import QObject, SignalInstance

T = TypeVar("T")


class Observed(Generic[T]):
    """An attribute that compares, stores, then emits `<name>_changed`, a signal of its owner."""

    def __init__(self, default: T) -> None:
        self._default = default

    def __set_name__(self, owner: type[QObject], name: str) -> None:
        self._stored = f"_{name}"
        self._signal = f"{name}_changed"

    @overload
    def __get__(self, instance: None, owner: type[QObject]) -> Self: ...
    @overload
    def __get__(self, instance: QObject, owner: type[QObject]) -> T: ...
    def __get__(self, instance: QObject | None, owner: type[QObject]) -> Self | T:
        if instance is None:
            return self
        value: T = getattr(instance, self._stored, self._default)
        return value

    def __set__(self, instance: QObject, value: T) -> None:
        current = getattr(instance, self._stored, self._default)
        if current is value or current == value:
            return
        setattr(instance, self._stored, value)
        getattr(instance, self._signal).emit(value)


class Bind(Enum):
    """Which side of a tie hears the other."""

    BOTH_WAYS = auto()
    ONE_WAY = auto()


class Binding:
    """A tie between two attributes; `release` unties it."""

    def __init__(self) -> None:
        self._ties: list[tuple[SignalInstance, Callable[[Any], None]]] = []

    def tie(self, signal: SignalInstance, slot: Callable[[Any], None]) -> None:
        signal.connect(slot)
        self._ties.append((signal, slot))

    def release(self) -> None:
        for signal, slot in self._ties:
            signal.disconnect(slot)
        self._ties.clear()


def bind(
    model: QObject, attribute: str, control: QObject, value: str = "value", mode: Bind = Bind.BOTH_WAYS
) -> Binding:
    """Give the control the model's value now and at every change; and back, unless one way."""
    binding = Binding()
    setattr(control, value, getattr(model, attribute))
    binding.tie(getattr(model, f"{attribute}_changed"), lambda new: setattr(control, value, new))
    if mode is Bind.BOTH_WAYS:
        binding.tie(getattr(control, f"{value}_changed"), lambda new: setattr(model, attribute, new))
    return binding
