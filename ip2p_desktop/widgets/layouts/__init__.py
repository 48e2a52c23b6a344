"""Layouts whose height depends on the width they are given."""
