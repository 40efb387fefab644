"""How much at a time: of one network, one account, one client."""
