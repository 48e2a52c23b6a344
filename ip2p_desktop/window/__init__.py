"""The main window: where everything lies, its menus, and what connects it to the rest."""
