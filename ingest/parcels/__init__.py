"""Parcel files of any size: streamed, checked, projected and copied into the register."""
