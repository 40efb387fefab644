"""The province's systems, each a client of its own: `python -m examples.provincial_apps`."""
