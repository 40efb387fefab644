"""A kiosk in a factory: a shared screen at which people see their day, and leave nothing behind."""
