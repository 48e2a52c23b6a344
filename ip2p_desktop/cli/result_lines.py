"""A result as `--json` prints it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.request import EditResult


def describe_result(result: EditResult, number: int, output: Path) -> dict[str, Any]:
    """One image of a result, counted from 0, as `--json` prints it."""
    request, settings = result.request, result.request.settings
    return {
        "output": str(output),
        "instruction": request.instruction,
        "negative_instruction": request.negative_instruction,
        "seed": request.seeds[number],
        "steps": settings.num_inference_steps,
        "scheduler": settings.scheduler.value,
        "guidance": {"text": settings.text_guidance_scale, "image": settings.image_guidance_scale},
        "size": list(result.edited_images[number].size),
        "turbo": settings.turbo,
        "area": settings.area.value,
        "device": result.device,
        "dtype": result.dtype,
        "model": str(request.model),
        "seconds": {"load": round(result.load_seconds, 3), "edit": round(result.edit_seconds, 3)},
        "fallbacks": list(result.fallbacks),
        "warnings": [str(warning) for warning in result.warnings],
    }
