"""The catalogue: a file, or a folder, for each AWS service. Found, not listed (see `catalog.py`)."""
