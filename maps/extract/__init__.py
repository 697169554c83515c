"""The extract: one parcel's answer on paper, and the page that verifies such a paper."""
