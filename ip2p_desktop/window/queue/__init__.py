"""The queue of edits in the window: its list, its times and its buttons."""
