"""The command line: edits and models without a window. Imports no Qt."""
