"""Controllers: each connects one subject of the document and the services with the window."""
