"""Downloads of files and models over HTTP, which can be resumed after any interruption."""

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
