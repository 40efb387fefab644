"""Appointments at the one-stop counter, kept by an API of its own: `python -m examples.bookings`."""
