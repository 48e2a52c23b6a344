"""The layouts of public datasets and of users' own folders."""
