"""Tests of what stands under `examples/`: each is run as a user would."""
