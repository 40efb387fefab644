"""The counter of a commune: officials who see people in person, and what they may do for them."""
