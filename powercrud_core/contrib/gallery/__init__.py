"""The gallery: every component in every sample state, drawn by every installed pack."""
