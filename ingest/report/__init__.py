"""What the gate says, in every form: for programs, for terminals, for planners, on paper."""
