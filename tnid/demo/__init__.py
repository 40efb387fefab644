"""Made-up people and the province's systems, to try everything out on one's own machine."""
