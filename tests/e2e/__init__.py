"""Architectures deployed on LocalStack, where events really flow through them."""
