"""Optional apps: a project that wants one adds it to INSTALLED_APPS."""
