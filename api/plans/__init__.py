"""Questions about plans: which are published, in which versions, with which papers."""
