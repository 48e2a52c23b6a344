"""Plain controls that know no feature."""
