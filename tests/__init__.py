"""Tests of archkit: one command, `pytest`, runs them all."""
