"""The sandbox: made-up people whom developers sign in as, and faults for their applications to meet."""
