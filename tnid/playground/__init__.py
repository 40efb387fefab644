"""Where a developer runs a sign-in step by step, and reads what each part of it means."""
