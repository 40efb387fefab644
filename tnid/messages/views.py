"""What was sent to a person, and, where nothing can be sent, what would have been."""
