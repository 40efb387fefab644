"""Going live: what a team submits, what reviewers make of it, and what was agreed."""
