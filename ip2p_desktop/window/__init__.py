"""The main window: layout, menus, and its connection with the other packages."""
