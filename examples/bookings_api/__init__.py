"""An API for appointments at the one-stop counter: `python -m examples.bookings_api`."""
