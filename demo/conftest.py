"""The demo's tests run in the demo's own project: `python -m pytest demo --ds=demo.settings`."""

from django.conf import settings

# In another project there is no store; tests/demo starts these in a process of their own.
collect_ignore = [] if settings.SETTINGS_MODULE == "demo.settings" else ["store"]
