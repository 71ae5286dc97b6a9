"""What holds for every kind of the catalogue."""
