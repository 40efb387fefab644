"""Job and housing listings for the industrial parks: `python -m examples.jobs_housing`."""
