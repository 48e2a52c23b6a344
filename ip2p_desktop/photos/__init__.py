"""Reading and writing photo files, and their dialogs."""
