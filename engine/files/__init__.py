"""Files and folders: written atomically, locked, with room on the disk."""
