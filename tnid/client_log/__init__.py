"""What developers read of the sign-ins to their own application."""
