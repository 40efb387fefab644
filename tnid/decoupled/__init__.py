"""What waits for a person elsewhere: a terminal that shows a code, a counter that asks by name."""
