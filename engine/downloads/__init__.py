"""Files and models fetched over HTTP, so that every interruption can be taken up again."""

from __future__ import annotations

from engine.downloads.download_progress import DownloadCallback, DownloadProgress, ignore_download
from engine.downloads.file_download import FileDownload, download
from engine.downloads.model_download import download_model
from engine.downloads.retry_policy import RetryPolicy

__all__ = [
    "DownloadCallback",
    "DownloadProgress",
    "FileDownload",
    "RetryPolicy",
    "download",
    "download_model",
    "ignore_download",
]
