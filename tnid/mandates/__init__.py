"""Who may act for whom: helpers by mandate, and guardians of the young."""
