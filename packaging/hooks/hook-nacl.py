"""PyInstaller's recipe for PyNaCl, whose library loads that of cffi without any import in the code."""

hiddenimports = ["_cffi_backend"]
