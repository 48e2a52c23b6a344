"""Identifies a file of weights by the names and shapes of its tensors, not by its file name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import ModelNotUsable, Phrase
from engine.model_options import WeightSet
from engine.models.families import find_family
from engine.models.original_layout import TensorLayout, ema_name
from engine.models.parts import CheckpointPart
from engine.models.structure import TINY_VAE_MARKER, UNetStructure, read_unet_structure
from engine.tensors.tensor_source import TensorSource

CHOOSE_ADVICE = "Choose an InstructPix2Pix model."
OUT_OF_REACH_ADVICE = "Choose an InstructPix2Pix model of Stable Diffusion 1, 2 or XL, or CosXL-Edit."
_CHOOSE, _OUT_OF_REACH = Phrase(CHOOSE_ADVICE), Phrase(OUT_OF_REACH_ADVICE)
COSXL_MARKER = "edm_vpred.sigma_max"
"""A tensor beside the UNet in CosXL files: the highest noise level."""
VELOCITY_MARKER = "v_pred"
"""A tensor beside a UNet that predicts velocity."""
_REFINER_WIDTH, _UNCLIP_WIDTH = 1280, 1024


class FileKind(StrEnum):
    """The kind of a file of weights."""

    EDITOR = "editor"
    TEXT_TO_IMAGE = "text to image"
    """A text-to-image model, which can be merged into an editor."""
    INPAINTING = "inpainting"
    LORA = "lora"
    VAE = "vae"
    OTHER = "other"
    """Recognised, but not usable."""
    UNKNOWN = "unknown"


EDITORS = frozenset({FileKind.EDITOR})
TRAINABLE = EDITORS | {FileKind.TEXT_TO_IMAGE}
"""Models from which an editor can be trained."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileIdentity:
    """The identity of a file of weights: its kind, and the parts of its networks."""

    kind: FileKind
    title: Phrase
    """Description that follows "This is", such as "a Stable Diffusion 1 model that makes pictures from
    text"."""
    advice: Phrase = _CHOOSE
    family: str | None = None
    """Name in `engine.models.families`, if there is a UNet."""
    structure: UNetStructure | None = None
    unet: CheckpointPart | None = None
    ema: CheckpointPart | None = None
    """The averaged UNet, if the file has one beside the live UNet."""
    vae: CheckpointPart | None = None
    text_encoders: tuple[CheckpointPart, ...] = ()

    @property
    def weight_sets(self) -> tuple[WeightSet, ...]:
        """The sets of UNet weights, the averaged one first."""
        return (WeightSet.EMA, WeightSet.LIVE) if self.ema else (WeightSet.EMA,)

    def unet_part(self, wanted: WeightSet, kinds: Collection[FileKind] = EDITORS) -> CheckpointPart:
        """The part with a set of UNet weights. Raises `ModelNotUsable` if the file is none of `kinds`."""
        self.require(kinds)
        assert self.unet is not None
        return self.ema if self.ema is not None and wanted is WeightSet.EMA else self.unet

    def require_editor(self) -> None:
        """Raises `ModelNotUsable`, which names the kind of file, unless it is an editor."""
        self.require(EDITORS)

    def require(self, kinds: Collection[FileKind]) -> None:
        """Raises `ModelNotUsable`, which names the kind of file, unless it is one of `kinds`."""
        if self.kind not in kinds:
            raise ModelNotUsable(
                "model.wrong-kind",
                "This is {description}.",
                "{advice}",
                description=self.title,
                advice=self.advice,
            )


def identify(source: TensorSource) -> FileIdentity:
    """Identifies a file. Raises `ModelNotUsable` only for a UNet with missing tensors."""
    names = frozenset(source.names())
    for pattern, title, advice in _OTHER_KINDS:
        if any(pattern.search(name) for name in names):
            return FileIdentity(kind=FileKind.OTHER, title=title, advice=advice)
    unet, vae, text = _find_unet(names), _find_vae(names), _find_text_encoders(names)
    if unet is not None:
        structure = read_unet_structure(source, unet)
        family = _family_of(structure, names)
        kind, title, advice = _describe(structure, family, text)
        return FileIdentity(
            kind=kind,
            title=title,
            advice=advice,
            family=family,
            structure=structure,
            unet=unet,
            ema=_find_ema(names, unet),
            vae=vae,
            text_encoders=text,
        )
    return _without_unet(source, names, vae, text)


_OTHER_KINDS: tuple[tuple[re.Pattern[str], Phrase, Phrase], ...] = tuple(
    (re.compile(pattern), title, advice)
    for pattern, title, advice in (
        (
            r"(^|\.)joint_blocks\.0\.|(^|\.)transformer_blocks\.0\.attn\.add_k_proj\.",
            Phrase("a Stable Diffusion 3 or similar transformer model, which cannot be used here"),
            _OUT_OF_REACH,
        ),
        (
            r"(^|\.)double_blocks\.0\.|(^|\.)single_transformer_blocks\.0\.",
            Phrase("a Flux model, which cannot be used here"),
            _OUT_OF_REACH,
        ),
        (
            r"(^|\.)control_model\.|(^|\.)controlnet_cond_embedding\.|(^|\.)input_hint_block\.|^controlnet_",
            Phrase("a ControlNet, which steers another model and cannot edit by itself"),
            _CHOOSE,
        ),
        (
            r"(^|\.)ip_adapter\.|^image_proj\.|(^|\.)adapter\.body\.|^body\.\d+\.block1\.",
            Phrase("an adapter for another model, which cannot edit by itself"),
            _CHOOSE,
        ),
        (
            r"\.time_stack\.|motion_modules\.|temporal_transformer|\.temporal_",
            Phrase("a model that makes videos, which cannot be used here"),
            _CHOOSE,
        ),
        (
            r"^cc_projection\.",
            Phrase("a model that turns objects around, which cannot be used here"),
            _CHOOSE,
        ),
        (
            r"^model\.\d+\.sub\.\d+\.RDB|^RRDB_trunk\.|^body\.\d+\.rdb\d|^layers\.\d+\.residual_group\.",
            Phrase("a model that enlarges pictures; it cannot edit"),
            _CHOOSE,
        ),
    )
)
_LORA = re.compile(
    r"lora_(down|up|A|B|linear_layer)\b|[._]lora\.(down|up)\.|\.hada_w|\.lokr_w"
    r"|\.(diff|diff_b|w_norm|b_norm|dora_scale)$"
)
_LORA_ADVICE = Phrase("Choose a model first, then add this file to it as a LoRA.")


def _describe(
    structure: UNetStructure, family: str, text: tuple[CheckpointPart, ...]
) -> tuple[FileKind, Phrase, Phrase]:
    """Kind, title and advice of a UNet, by its numbers of input and output channels."""
    title = find_family(family).title
    inputs, latent = structure.in_channels, structure.out_channels
    if special := _special_title(structure, family, text):
        return FileKind.OTHER, special, _CHOOSE
    if inputs == 2 * latent:
        return FileKind.EDITOR, Phrase("a {family} model that edits pictures", family=title), _CHOOSE
    if inputs == latent:
        return (
            FileKind.TEXT_TO_IMAGE,
            Phrase("a {family} model that makes pictures from text; it cannot edit", family=title),
            Phrase("Merge it into an editor, or choose an InstructPix2Pix model."),
        )
    if inputs == 2 * latent + 1:
        return (
            FileKind.INPAINTING,
            Phrase(
                "a {family} model for inpainting, which fills in a masked part; it follows no instructions",
                family=title,
            ),
            _CHOOSE,
        )
    if inputs == latent + 3:
        return (
            FileKind.OTHER,
            Phrase("a Stable Diffusion model that enlarges pictures; it cannot edit"),
            _CHOOSE,
        )
    if inputs == latent + 1:
        return (
            FileKind.OTHER,
            Phrase("a {family} model that follows a depth map; it cannot edit", family=title),
            _CHOOSE,
        )
    return (
        FileKind.OTHER,
        Phrase("not an InstructPix2Pix model: its UNet takes {channels} channels", channels=inputs),
        _CHOOSE,
    )


def _special_title(structure: UNetStructure, family: str, text: tuple[CheckpointPart, ...]) -> Phrase | None:
    """The title of a UNet with added embeddings that is not Stable Diffusion XL."""
    if family not in ("sdxl", "cosxl"):
        return None
    alone = len(text) == 1 and text[0].layout is TensorLayout.OPEN_CLIP
    if structure.text_width == _REFINER_WIDTH or (alone and text[0].prefix.startswith("conditioner.")):
        return Phrase("the refiner of Stable Diffusion XL; it cannot edit")
    if structure.text_width == _UNCLIP_WIDTH or alone:
        return Phrase("a Stable Diffusion model that varies pictures (unCLIP); it cannot edit")
    return None


def _family_of(structure: UNetStructure, names: Collection[str]) -> str:
    if structure.added_width is not None:
        return "cosxl" if COSXL_MARKER in names else "sdxl"
    return "sd2" if structure.is_linear else "sd1"


def _without_unet(
    source: TensorSource, names: Collection[str], vae: CheckpointPart | None, text: tuple[CheckpointPart, ...]
) -> FileIdentity:
    if any(_LORA.search(name) for name in names):
        return FileIdentity(
            kind=FileKind.LORA,
            title=Phrase("a LoRA, which changes a model and is none by itself"),
            advice=_LORA_ADVICE,
        )
    if vae is not None:
        advice = Phrase("Choose a model first, then this file as its VAE.")
        return FileIdentity(
            kind=FileKind.VAE, title=Phrase("a VAE without the model it belongs to"), advice=advice, vae=vae
        )
    if text:
        return FileIdentity(
            kind=FileKind.OTHER, title=Phrase("a text encoder without the model it belongs to")
        )
    if _is_textual_inversion(source, names):
        return FileIdentity(
            kind=FileKind.OTHER,
            title=Phrase("an embedding (textual inversion), which teaches a model a word and cannot edit"),
        )
    return FileIdentity(
        kind=FileKind.UNKNOWN,
        title=Phrase("no model that this program knows"),
        advice=Phrase(_WHAT_FITS),
    )


_WHAT_FITS = (
    "Choose an InstructPix2Pix model. Its file ends in .safetensors, .ckpt or .nemo, or it is a folder "
    "with a model_index.json."
)


def _is_textual_inversion(source: TensorSource, names: Collection[str]) -> bool:
    if any(
        name in {"emb_params", "clip_l", "clip_g"} or name.startswith("string_to_param") for name in names
    ):
        return True
    shapes = [source.shape(name) for name in names]
    return len(shapes) == 1 and len(shapes[0]) <= 2 and shapes[0][-1:] in {(768,), (1024,), (1280,)}


def _find_unet(names: Collection[str]) -> CheckpointPart | None:
    for layout, marker, second_marker in (
        (TensorLayout.UNET, "input_blocks.0.0.weight", "time_embed.0.weight"),
        (TensorLayout.DIFFUSERS, "conv_in.weight", "time_embedding.linear_1.weight"),
    ):
        for prefix in _prefixes(names, marker):
            if prefix + second_marker in names:
                return CheckpointPart(layout, prefix)
    return None


def _find_ema(names: Collection[str], unet: CheckpointPart) -> CheckpointPart | None:
    if unet.layout is not TensorLayout.UNET:
        return None
    prefixes = _prefixes(names, ema_name("input_blocks.0.0.weight"))
    return CheckpointPart(unet.layout, unet.prefix, prefixes[0]) if prefixes else None


def _find_vae(names: Collection[str]) -> CheckpointPart | None:
    for layout, marker in (
        (TensorLayout.VAE, "encoder.down.0.block.0.norm1.weight"),
        (TensorLayout.DIFFUSERS, "encoder.down_blocks.0.resnets.0.norm1.weight"),
        (TensorLayout.DIFFUSERS, TINY_VAE_MARKER),
    ):
        if prefixes := _prefixes(names, marker):
            return CheckpointPart(layout, prefixes[0])
    return None


def _find_text_encoders(names: Collection[str]) -> tuple[CheckpointPart, ...]:
    clip = [
        CheckpointPart(TensorLayout.DIFFUSERS, prefix)
        for prefix in _prefixes(names, "embeddings.token_embedding.weight")
    ]
    open_clip = [
        CheckpointPart(TensorLayout.OPEN_CLIP, prefix)
        for prefix in _prefixes(names, "token_embedding.weight")
        if prefix + "positional_embedding" in names
    ]
    return tuple(sorted([*clip, *open_clip], key=lambda part: part.prefix))


def _prefixes(names: Collection[str], ending: str) -> list[str]:
    """The prefixes of names that end in `ending`, sorted; only whole modules."""
    found = (name.removesuffix(ending) for name in names if name.endswith(ending))
    return sorted(prefix for prefix in found if not prefix or prefix.endswith("."))
