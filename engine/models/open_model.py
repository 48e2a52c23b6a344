"""An open file of weights, and what it contains."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from engine.models.families import Family, find_family
from engine.models.model_plan import NETWORK_STEM, plan_vae
from engine.models.nemo_names import in_original_names
from engine.models.network_loading import NetworkPlan
from engine.models.recognition import EDITORS, FileIdentity, FileKind, identify
from engine.models.structure import UNetStructure, vae_config
from engine.tensors.tensor_files import open_component, open_tensors, unwrapped
from engine.tensors.tensor_source import TensorSource


@dataclass(frozen=True, slots=True)
class OpenModel:
    """An open file of weights, and its identity."""

    path: Path
    source: TensorSource
    found: FileIdentity

    @property
    def family(self) -> Family | None:
        """The family of its UNet, if it has one."""
        return find_family(self.found.family) if self.found.family else None

    def unet_structure(self, kinds: Collection[FileKind] = EDITORS) -> tuple[Family, UNetStructure]:
        """Family and structure of the UNet. Raises `ModelNotUsable` unless the file is one of `kinds`."""
        self.found.require(kinds)
        assert self.family is not None
        assert self.found.structure is not None
        return self.family, self.found.structure


def open_model(path: Path, files: ExitStack) -> OpenModel:
    """Opens and identifies a file, or the folder of a single network. Raises `ModelNotUsable`."""
    opened = open_tensors(path) if path.is_file() else open_component(path, NETWORK_STEM)
    files.callback(opened.close)
    source = in_original_names(unwrapped(opened))
    return OpenModel(path, source, identify(source))


def plan_vae_of(model: OpenModel, family: Family) -> NetworkPlan | None:
    """The plan for the VAE in a file, if there is one."""
    part = model.found.vae
    return plan_vae(vae_config(model.source, part, family), model.source, part) if part else None
