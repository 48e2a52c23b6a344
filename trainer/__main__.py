"""`python -m trainer …`: fine-tunes a model; see `trainer.program`."""

from __future__ import annotations

import sys

from trainer.program import main

if __name__ == "__main__":
    sys.exit(main())
