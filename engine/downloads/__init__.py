"""Files and models fetched over HTTP, so that every interruption can be taken up again."""

from __future__ import annotations

from engine.downloads.file_download import FileDownload, download
from engine.downloads.model_download import download_model
from engine.downloads.patience import Patience
from engine.downloads.progress import DownloadCallback, DownloadProgress, ignore_download

__all__ = [
    "DownloadCallback",
    "DownloadProgress",
    "FileDownload",
    "Patience",
    "download",
    "download_model",
    "ignore_download",
]
