"""Pairs that the program keeps: collected by hand, of edits, of two folders, or made for practice."""
