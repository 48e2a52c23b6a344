"""Schedulers as people know them."""

from __future__ import annotations

from engine.request import SchedulerName

SCHEDULER_LABELS: dict[SchedulerName, str] = {
    SchedulerName.EULER_ANCESTRAL: "Euler a",
    SchedulerName.EULER: "Euler",
    SchedulerName.DPMPP_2M: "DPM++ 2M",
    SchedulerName.DPMPP_2M_KARRAS: "DPM++ 2M Karras",
    SchedulerName.DPMPP_2M_SDE: "DPM++ 2M SDE",
    SchedulerName.UNIPC: "UniPC",
    SchedulerName.DDIM: "DDIM",
    SchedulerName.LCM: "LCM",
}
"""The names the field uses, in the order of a menu. Names, and so the same in every language."""
