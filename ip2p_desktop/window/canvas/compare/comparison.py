"""What the canvas compares, and where each of the two images is painted."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QTransform

from engine.images.comparing import shared_part
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.widgets.display_images import DisplayImage

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class ComparedImage:
    """One of two images that are compared: a photo, or a result over its photo."""

    image: DisplayImage
    label: str = ""
    detail: str = ""
    """Text after the label, where there is space."""
    photo: DisplayImage | None = None
    """The photo below a result; needed if its opacity is below 1."""
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class DifferenceImage:
    """The difference of two images, coloured."""

    image: DisplayImage
    scale: int
    """The difference in levels that has the brightest colour; 0 if there is no difference."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Layer:
    """An image, or a part of it, over all of the frame."""

    image: DisplayImage
    part: QRect
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Pane:
    """An area of the view in which layers are painted."""

    area: QRectF
    """In points of the view."""
    layers: tuple[Layer, ...]
    label: str = ""
    detail: str = ""
    label_side: Qt.AlignmentFlag = LEFT
    shift: QPointF = field(default_factory=QPointF)
    """Where this view begins, in points; the photo lies by this further right and down than in the first."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class ImageComparison:
    """The opened photo alone, or a result beside its photo or beside another image.

    Beside its photo, a result is shown with the part of the photo that it shares. Beside another image, both
    have the shape of that one.
    """

    photo: DisplayImage | None = None
    """The opened photo."""
    photo_label: str = ""
    after: ComparedImage | None = None
    """The result."""
    other: ComparedImage | None = None
    """What the result is compared with instead of its photo."""
    difference: DifferenceImage | None = None
    """Of the two images; None as long as it is not known."""

    @property
    def before(self) -> ComparedImage | None:
        """The left image."""
        if self.other is not None and self.after is not None:
            return self.other
        return ComparedImage(image=self.photo, label=self.photo_label) if self.photo is not None else None

    @property
    def is_with_photo(self) -> bool:
        """Whether the left image is the photo."""
        return self.after is None or self.other is None

    @property
    def photo_part(self) -> QRect:
        """The part of the photo that fills the frame."""
        if self.photo is None:
            return QRect()
        if self.after is None:
            return self.photo.levels[0].rect()
        return _shared(self.photo, self.after.image)

    @property
    def frame(self) -> QSizeF:
        """The size of what is shown, in pixels of the left image."""
        if self.is_with_photo or self.other is None:
            return QSizeF(self.photo_part.size())
        return QSizeF(self.other.image.size)

    @property
    def from_photo(self) -> QTransform:
        """The transform from pixels of the photo to those of the frame."""
        part, frame = self.photo_part, self.frame
        if part.isEmpty():
            return QTransform()
        shifted = QTransform.fromTranslate(-part.left(), -part.top())
        return shifted * QTransform.fromScale(frame.width() / part.width(), frame.height() / part.height())

    def panes(
        self, mode: CompareMode, visible: QRectF, *, share: float, second: QPointF, holds_before: bool
    ) -> tuple[Pane, ...]:
        """Where to paint what. `visible` is the visible part of the photo, in points of the view.

        `share` is the position of the divider, 0 to 1, `second` where the second of two views begins. With
        `holds_before`, the photo is shown in place of the result.
        """
        before, after = self.before, self.after
        if before is None:
            return ()
        left = Pane(area=visible, layers=self._left_layers(before), label=before.label, detail=before.detail)
        if after is None:
            return (Pane(area=visible, layers=left.layers),)
        layers, label, detail = _layers(after), after.label, after.detail
        if holds_before and self.photo is not None:
            layers, label, detail = (Layer(image=self.photo, part=self.photo_part),), self.photo_label, ""
            if mode is not CompareMode.SIDE_BY_SIDE:
                return (Pane(area=visible, layers=layers, label=label),)
        if mode is CompareMode.SIDE_BY_SIDE:
            area = visible.translated(second)
            return (left, Pane(area=area, layers=layers, label=label, detail=detail, shift=second))
        if mode is CompareMode.DIFFERENCE and self.difference is not None:
            return (Pane(area=visible, layers=(_layer(self.difference.image),)),)
        right = QRectF(visible)
        if mode is CompareMode.DIVIDER:
            right.setLeft(visible.left() + share * visible.width())
        after_pane = Pane(area=right, layers=layers, label=label, detail=detail, label_side=RIGHT)
        if mode is not CompareMode.DIVIDER:
            return (after_pane,)
        shown = QRectF(visible.topLeft(), QPointF(right.left(), visible.bottom()))
        return (
            Pane(area=shown, layers=left.layers, label=left.label, detail=left.detail),
            after_pane,
        )

    def _left_layers(self, before: ComparedImage) -> tuple[Layer, ...]:
        if self.is_with_photo:
            return (Layer(image=before.image, part=self.photo_part),)
        return _layers(before)


def _layers(compared: ComparedImage) -> tuple[Layer, ...]:
    """A result, above its photo if that shines through."""
    result = Layer(image=compared.image, part=compared.image.levels[0].rect(), opacity=compared.opacity)
    if compared.opacity >= 1 or compared.photo is None:
        return (result,)
    return (Layer(image=compared.photo, part=_shared(compared.photo, compared.image)), result)


def _layer(image: DisplayImage) -> Layer:
    return Layer(image=image, part=image.levels[0].rect())


def _shared(photo: DisplayImage, result: DisplayImage) -> QRect:
    size, other = photo.size, result.size
    left, top, right, bottom = shared_part((size.width(), size.height()), (other.width(), other.height()))
    return QRect(left, top, right - left, bottom - top)
