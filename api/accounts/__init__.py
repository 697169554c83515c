"""People at the gate: accounts, sessions, tokens, and what each role may do."""
