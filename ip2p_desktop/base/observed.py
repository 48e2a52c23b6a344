"""Observable attributes, and bindings between them and controls."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Generic, Self, TypeVar, overload

from PySide6.QtCore import QObject, SignalInstance

T = TypeVar("T")


class Observed(Generic[T]):
    """An attribute that emits its owner's signal `<name>_changed` when its value changes."""

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


class BindMode(Enum):
    """The direction of a binding."""

    BOTH_WAYS = auto()
    ONE_WAY = auto()


class Binding:
    """The signal connections between two attributes."""

    def __init__(self) -> None:
        self._connections: list[tuple[SignalInstance, Callable[[Any], None]]] = []

    def connect(self, signal: SignalInstance, slot: Callable[[Any], None]) -> None:
        """Connect a signal with a slot until `release`."""
        signal.connect(slot)
        self._connections.append((signal, slot))

    def release(self) -> None:
        """Disconnect all signals of the binding."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections.clear()


def bind(
    model: QObject,
    attribute: str,
    control: QObject,
    value: str = "value",
    mode: BindMode = BindMode.BOTH_WAYS,
) -> Binding:
    """Set the control's value to the model's attribute, now and at every change.

    Unless the mode is `ONE_WAY`, changes of the control are also written to the model.
    """
    binding = Binding()
    setattr(control, value, getattr(model, attribute))
    binding.connect(getattr(model, f"{attribute}_changed"), lambda new: setattr(control, value, new))
    if mode is BindMode.BOTH_WAYS:
        binding.connect(getattr(control, f"{value}_changed"), lambda new: setattr(model, attribute, new))
    return binding
