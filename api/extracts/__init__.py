"""Extracts: the parcel answer on paper, signed and registered, and how such a paper is verified."""
