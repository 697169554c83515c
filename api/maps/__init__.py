"""Pictures over HTTP: the viewer page, vector tiles and their descriptions."""
