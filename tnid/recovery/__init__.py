"""Recovery: the way back into an account, for each combination of what its person still has."""
