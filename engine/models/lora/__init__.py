"""Reads and applies LoRA files."""
