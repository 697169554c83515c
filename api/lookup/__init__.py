"""The parcel answer: which plans say what about one place, on one day, and how surely."""
