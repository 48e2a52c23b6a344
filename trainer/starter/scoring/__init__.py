"""How well the starter follows its instructions: scores, tables, sheets, curves."""
