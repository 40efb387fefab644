"""What a person agreed to share with an application."""
