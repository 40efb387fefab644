"""A person's account: registration, profile, security, sessions, connected applications."""
