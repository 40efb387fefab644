"""Applications that sign people in with Thai Nguyen ID, by its public endpoints only."""
