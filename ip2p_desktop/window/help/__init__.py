"""What a user can find out inside the program: the command palette, help, licences and the log."""
