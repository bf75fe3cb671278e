"""The small app on which the kit tries a pack: add it to the INSTALLED_APPS of a pack's tests."""
