"""PyInstaller's recipe for PyNaCl: its library asks for cffi's from within, which reading the code does not find."""

hiddenimports = ["_cffi_backend"]
