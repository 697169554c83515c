"""Work behind error reports: photos that strangers sent."""
