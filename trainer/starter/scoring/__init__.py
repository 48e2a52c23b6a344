"""Measures how well the starter follows instructions: scores, tables, contact sheets, curves."""
