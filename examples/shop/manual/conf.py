"""Sphinx, with the picture of the shop."""

project = "Shop"
html_theme = "furo"
extensions = ["archkit.docs.sphinx"]
