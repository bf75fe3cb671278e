"""For people who write packs and overrides: the contract as data, and where templates come from."""
