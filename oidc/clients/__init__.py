"""Clients: registered, authenticated, held to their policy."""
