"""The shared language: what a planning record is, how it is stored, and how it is named."""
