"""Tests of what is told of nodes and edges."""
