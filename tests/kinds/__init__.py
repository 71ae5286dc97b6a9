"""Each kind: its options, what its edges become, and what it refuses."""
