"""Judges the result of a run: does it follow the new instruction, and which old edits still work?"""
