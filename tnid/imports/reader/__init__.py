"""Reads a list of workers in a program of its own, and knows nothing of the rest: rows out of a file.

A spreadsheet is a zip archive of XML that a stranger sends. Here it meets neither the server's memory nor its
secrets, and the system ends what takes too much. `tnid.imports.reading` starts it and says what comes out.
"""
