"""What kinds of several services have in common: no kind imports another, so it stands here."""
